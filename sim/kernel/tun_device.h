// The kernel as a function: a TUN device whose far side is this process.
//
// A segment that is written is processed before write() returns, and what the kernel has to say
// lies ready to be read. That nothing more comes is proven, not waited for: an echo request
// follows, and whatever the kernel sent before its echo reply was an answer.
#pragma once

#include "model/wire/segment.h"
#include "sim/kernel/unique_fd.h"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace synq {

class TunDevice {
  public:
    static constexpr IpAddress kOwn = IpAddress::v4(10, 0, 0, 1);   // the kernel's
    static constexpr IpAddress kPeer = IpAddress::v4(10, 0, 0, 2);  // played by this process

    /// Creates the device in the current network namespace, which must be private
    /// (sim/kernel/netns.h), gives it an address without IPv6, and brings it up; or why not.
    static std::expected<TunDevice, std::string> open();

    /// Hands one IPv4 segment to the kernel; or why it could not.
    std::optional<std::string> write(const Packet& packet);
    /// Every TCP segment that the kernel has sent since the last time; or what went wrong.
    std::expected<std::vector<Packet>, std::string> read_answers();
    /// Waits until the kernel sends something of its own accord, at most this long, then as
    /// read_answers().
    std::expected<std::vector<Packet>, std::string> wait_for_answers(int milliseconds);

  private:
    explicit TunDevice(UniqueFd device);

    bool write_octets(std::span<const std::byte> octets);
    /// Reads one packet into buffer_; empty when there is none within this time.
    std::span<const std::byte> read_packet(int wait_ms);

    UniqueFd device_;
    std::vector<std::byte> buffer_;
    std::uint16_t fence_ = 0;  // number of the last echo request
};

}  // namespace synq
