// A private network: an empty namespace of the calling process with nothing but its own loopback.
//
// Call from a single-threaded process that exists for this purpose (a forked child): unshare of a
// user namespace is refused in a process with threads, and there is no way back.
#pragma once

#include "sim/kernel/unique_fd.h"

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

namespace synq {

/// Enters the namespace, verifies that it is a new one whose only interface is a loopback that is
/// still down, and brings that up. Works for ordinary users where user namespaces are allowed.
/// Returns why not, having touched nothing outside.
std::optional<std::string> enter_private_network();

/// The same for one network more, after enter_private_network() and in the same user namespace: the
/// calling thread leaves its network for a new one.
std::optional<std::string> enter_another_network();

/// The calling thread's network, as something that can be kept and entered again.
std::expected<UniqueFd, std::string> current_network();
/// The calling thread enters that network; the other threads stay where they are.
std::optional<std::string> join_network(const UniqueFd& network);

/// Writes one setting by its Linux name ("net.ipv4.tcp_syncookies") and reads it back; returns why
/// it could not.
std::optional<std::string> write_sysctl(const std::string& name, const std::string& value);

/// False where this kernel has no such setting.
[[nodiscard]] bool sysctl_exists(const std::string& name);

}  // namespace synq
