#include "sim/kernel/tun_device.h"

#include "model/wire/codec.h"
#include "sim/kernel/netns.h"
#include "sim/kernel/socket_address.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <utility>

namespace synq {
namespace {

constexpr const char* kName = "synq0";
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

sockaddr internet_address(const IpAddress& address) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    const auto& octets = address.octets();
    std::memcpy(&in.sin_addr, &octets[12], 4);
    sockaddr out{};
    std::memcpy(&out, &in, sizeof out);
    return out;
}

std::optional<std::string> bring_up() {
    if (const std::string name = std::string{"net.ipv6.conf."} + kName + ".disable_ipv6";
        sysctl_exists(name)) {
        if (auto why = write_sysctl(name, "1")) {
            return why;
        }
    }
    const UniqueFd control{socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    if (!control.valid()) {
        return because("socket for interface settings");
    }
    ifreq request{};
    std::strcpy(request.ifr_name, kName);
    request.ifr_addr = internet_address(TunDevice::kOwn);
    if (ioctl(control.get(), SIOCSIFADDR, &request) != 0) {
        return because("give the TUN device its address");
    }
    request.ifr_addr = internet_address(IpAddress::v4(255, 255, 255, 0));
    if (ioctl(control.get(), SIOCSIFNETMASK, &request) != 0) {
        return because("give the TUN device its netmask");
    }
    request.ifr_flags = static_cast<short>(IFF_UP | IFF_RUNNING);
    if (ioctl(control.get(), SIOCSIFFLAGS, &request) != 0) {
        return because("bring the TUN device up");
    }
    return std::nullopt;
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
    UniqueFd device{::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC)};
    if (!device.valid()) {
        return std::unexpected(because("open /dev/net/tun"));
    }
    ifreq request{};
    std::strcpy(request.ifr_name, kName);
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    if (ioctl(device.get(), TUNSETIFF, &request) != 0) {
        return std::unexpected(because("create a TUN device"));
    }
    if (auto why = bring_up()) {
        return std::unexpected(*why);
    }
    return TunDevice{std::move(device)};
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
