#include "sim/kernel/tun_interface.h"

#include "sim/kernel/netns.h"
#include "sim/kernel/socket_address.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>

namespace synq {
namespace {

std::string because(const std::string& what) {
    return what + ": " + std::strerror(errno);
}

ifreq request_for(const std::string& name) {
    ifreq request{};
    std::strncpy(request.ifr_name, name.c_str(), IFNAMSIZ - 1);
    return request;
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

std::optional<std::string> bring_up(const std::string& name, const TunAddress& address) {
    if (const std::string setting = "net.ipv6.conf." + name + ".disable_ipv6";
        sysctl_exists(setting)) {
        if (auto why = write_sysctl(setting, "1")) {
            return why;
        }
    }
    const UniqueFd control{socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    if (!control.valid()) {
        return because("socket for interface settings");
    }
    ifreq request = request_for(name);
    request.ifr_addr = internet_address(address.own);
    if (ioctl(control.get(), SIOCSIFADDR, &request) != 0) {
        return because("give the TUN device its address");
    }
    request.ifr_netmask = internet_address(address.netmask);
    if (ioctl(control.get(), SIOCSIFNETMASK, &request) != 0) {
        return because("give the TUN device its netmask");
    }
    if (address.peer) {
        request.ifr_dstaddr = internet_address(*address.peer);
        if (ioctl(control.get(), SIOCSIFDSTADDR, &request) != 0) {
            return because("give the TUN device its peer");
        }
    }
    request.ifr_flags = static_cast<short>(IFF_UP | IFF_RUNNING);
    if (ioctl(control.get(), SIOCSIFFLAGS, &request) != 0) {
        return because("bring the TUN device up");
    }
    return std::nullopt;
}

}  // namespace

std::expected<UniqueFd, std::string> open_tun(const std::string& name, const TunAddress& address) {
    UniqueFd device{::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC)};
    if (!device.valid()) {
        return std::unexpected(because("open /dev/net/tun"));
    }
    ifreq request = request_for(name);
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    if (ioctl(device.get(), TUNSETIFF, &request) != 0) {
        return std::unexpected(because("create a TUN device"));
    }
    if (auto why = bring_up(name, address)) {
        return std::unexpected(*why);
    }
    return device;
}

}  // namespace synq
