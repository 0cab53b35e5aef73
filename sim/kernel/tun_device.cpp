#include "sim/kernel/tun_device.h"

#include "model/wire/codec.h"
#include "sim/kernel/tun_interface.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <utility>

namespace synq {
namespace {

constexpr std::size_t kLargestPacket = 65'536;
constexpr int kFenceMs = 5'000;  // an echo reply that takes longer will not come

// IPv4 (RFC 791) and ICMP (RFC 792).
constexpr std::size_t kIpOctets = 20;
constexpr std::size_t kEchoOctets = 8;
constexpr std::uint8_t kIcmp = 1;
constexpr std::uint8_t kEchoRequest = 8;
constexpr std::uint8_t kEchoReply = 0;
constexpr std::uint16_t kEchoId = 0x5359;

std::string because(const std::string& what) {
    return what + ": " + std::strerror(errno);
}

void put_16(std::span<std::byte> at, unsigned value) {
    at[0] = static_cast<std::byte>(value >> 8U);
    at[1] = static_cast<std::byte>(value);
}

unsigned get_16(std::span<const std::byte> at) {
    return std::to_integer<unsigned>(at[0]) << 8U | std::to_integer<unsigned>(at[1]);
}

/// RFC 1071.
unsigned checksum(std::span<const std::byte> octets) {
    unsigned sum = 0;
    for (std::size_t i = 0; i + 1 < octets.size(); i += 2) {
        sum += get_16(octets.subspan(i, 2));
    }
    sum = (sum & 0xffffU) + (sum >> 16U);
    sum = (sum & 0xffffU) + (sum >> 16U);
    return ~sum & 0xffffU;
}

using Echo = std::array<std::byte, kIpOctets + kEchoOctets>;

Echo echo_request(std::uint16_t number) {
    Echo out{};
    const std::span ip = std::span{out}.first(kIpOctets);
    ip[0] = std::byte{0x45};
    put_16(ip.subspan(2), out.size());
    ip[8] = std::byte{64};
    ip[9] = std::byte{kIcmp};
    std::memcpy(&ip[12], &TunDevice::kPeer.octets()[12], 4);
    std::memcpy(&ip[16], &TunDevice::kOwn.octets()[12], 4);
    put_16(ip.subspan(10), checksum(ip));
    const std::span icmp = std::span{out}.subspan(kIpOctets);
    icmp[0] = std::byte{kEchoRequest};
    put_16(icmp.subspan(4), kEchoId);
    put_16(icmp.subspan(6), number);
    put_16(icmp.subspan(2), checksum(icmp));
    return out;
}

bool is_echo_reply(std::span<const std::byte> packet, std::uint16_t number) {
    if (packet.size() != kIpOctets + kEchoOctets || packet[9] != std::byte{kIcmp}) {
        return false;
    }
    const std::span icmp = packet.subspan(kIpOctets);
    return icmp[0] == std::byte{kEchoReply} && get_16(icmp.subspan(4)) == kEchoId &&
           get_16(icmp.subspan(6)) == number;
}

}  // namespace

std::expected<TunDevice, std::string> TunDevice::open() {
    auto device =
        open_tun("synq0", {.own = kOwn, .netmask = IpAddress::v4(255, 255, 255, 0), .peer = {}});
    if (!device) {
        return std::unexpected(std::move(device.error()));
    }
    return TunDevice{std::move(*device)};
}

TunDevice::TunDevice(UniqueFd device) : device_(std::move(device)), buffer_(kLargestPacket) {}

bool TunDevice::write_octets(std::span<const std::byte> octets) {
    return ::write(device_.get(), octets.data(), octets.size()) ==
           static_cast<ssize_t>(octets.size());
}

std::optional<std::string> TunDevice::write(const Packet& packet) {
    const auto size = encode(packet, {}, buffer_);
    if (!size) {
        return "a segment cannot be written: " + std::string{describe(size.error())};
    }
    if (!write_octets(std::span{buffer_}.first(*size))) {
        return because("write to the TUN device");
    }
    return std::nullopt;
}

std::span<const std::byte> TunDevice::read_packet(int wait_ms) {
    for (;;) {
        const ssize_t size = read(device_.get(), buffer_.data(), buffer_.size());
        if (size > 0) {
            return std::span{buffer_}.first(static_cast<std::size_t>(size));
        }
        pollfd wait{.fd = device_.get(), .events = POLLIN, .revents = 0};
        if (wait_ms == 0 || poll(&wait, 1, wait_ms) <= 0) {
            return {};
        }
    }
}

std::expected<std::vector<Packet>, std::string> TunDevice::read_answers() {
    ++fence_;
    if (!write_octets(echo_request(fence_))) {
        return std::unexpected(because("write an echo request"));
    }
    std::vector<Packet> out;
    for (;;) {
        const auto octets = read_packet(kFenceMs);
        if (octets.empty()) {
            return std::unexpected("the kernel does not answer an echo request");
        }
        if (is_echo_reply(octets, fence_)) {
            return out;
        }
        if (const auto decoded = decode(octets)) {
            out.push_back(decoded->packet);
        } else if (decoded.error() != DecodeError::NotTcp) {
            return std::unexpected("the kernel sent an unreadable segment: " +
                                   std::string{describe(decoded.error())});
        }
    }
}

std::expected<std::vector<Packet>, std::string> TunDevice::wait_for_answers(int milliseconds) {
    pollfd wait{.fd = device_.get(), .events = POLLIN, .revents = 0};
    poll(&wait, 1, milliseconds);
    return read_answers();
}

}  // namespace synq
