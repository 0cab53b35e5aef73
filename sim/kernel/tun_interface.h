// A TUN interface of the current network namespace: what the kernel sends through it can be read
// from the descriptor, and what is written there has arrived.
#pragma once

#include "model/wire/address.h"
#include "sim/kernel/unique_fd.h"

#include <expected>
#include <optional>
#include <string>

namespace synq {

struct TunAddress {
    IpAddress own;
    IpAddress netmask;
    /// The only host that is reached through it; the netmask is then 255.255.255.255.
    std::optional<IpAddress> peer;
};

/// Creates the interface, gives it the IPv4 address and no IPv6, and brings it up; or why not.
/// Reads and writes do not block. The namespace must be a private one (sim/kernel/netns.h).
std::expected<UniqueFd, std::string> open_tun(const std::string& name, const TunAddress& address);

}  // namespace synq
