// A private network: an empty namespace of the calling process with nothing but its own loopback.
//
// Call from a single-threaded process that exists for this purpose (a forked child): unshare of a
// user namespace is refused in a process with threads, and there is no way back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace synq {

/// Enters the namespace, verifies that it is a new one whose only interface is a loopback that is
/// still down, and brings that up. Works for ordinary users where user namespaces are allowed.
/// Returns why not, having touched nothing outside.
std::optional<std::string> enter_private_network();

/// Writes one setting by its Linux name ("net.ipv4.tcp_syncookies") and reads it back; returns why
/// it could not.
std::optional<std::string> write_sysctl(const std::string& name, const std::string& value);

/// False where this kernel has no such setting.
[[nodiscard]] bool sysctl_exists(const std::string& name);

}  // namespace synq
