#include "sim/kernel/netns.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace synq {
namespace {

constexpr const char* kOwnNetwork = "/proc/thread-self/ns/net";

std::string because(const std::string& what) {
    return what + ": " + std::strerror(errno);
}

std::optional<std::string> write_file(const std::string& path, const std::string& text) {
    const UniqueFd file{open(path.c_str(), O_WRONLY | O_CLOEXEC)};
    if (!file.valid()) {
        return because("open " + path);
    }
    if (write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
        return because("write \"" + text + "\" to " + path);
    }
    return std::nullopt;
}

/// "net:[4026531840]", or empty.
std::string current_namespace() {
    std::array<char, 64> target{};
    const ssize_t size = readlink(kOwnNetwork, target.data(), target.size());
    return size <= 0 ? std::string{} : std::string{target.data(), static_cast<std::size_t>(size)};
}

/// The user who asked becomes root of the new user namespace, and nobody else exists there.
std::optional<std::string> map_ids(uid_t user, gid_t group) {
    if (auto why = write_file("/proc/self/setgroups", "deny")) {
        return why;
    }
    if (auto why = write_file("/proc/self/uid_map", "0 " + std::to_string(user) + " 1")) {
        return why;
    }
    return write_file("/proc/self/gid_map", "0 " + std::to_string(group) + " 1");
}

std::optional<std::string> unshare_network() {
    const uid_t user = geteuid();
    const gid_t group = getegid();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0) {
        return map_ids(user, group);
    }
    std::string why = because("unshare(CLONE_NEWUSER|CLONE_NEWNET)");
    if (user == 0 && unshare(CLONE_NEWNET) == 0) {
        return std::nullopt;
    }
    return why;
}

/// Anything but one loopback that is down means that this network belongs to somebody.
std::optional<std::string> why_not_empty() {
    struct if_nameindex* const interfaces = ::if_nameindex();
    if (interfaces == nullptr) {
        return because("list interfaces");
    }
    std::string names;
    for (const struct if_nameindex* each = interfaces; each->if_index != 0; ++each) {
        names += names.empty() ? "" : ", ";
        names += each->if_name;
    }
    ::if_freenameindex(interfaces);
    if (names != "lo") {
        return "the new network namespace has interfaces other than lo: " + names;
    }
    return std::nullopt;
}

std::optional<std::string> loopback_up() {
    const UniqueFd control{socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    if (!control.valid()) {
        return because("socket for interface settings");
    }
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    if (ioctl(control.get(), SIOCGIFFLAGS, &request) != 0) {
        return because("read the flags of lo");
    }
    if ((request.ifr_flags & IFF_UP) != 0) {
        return "lo is already up, so this is not a new network namespace";
    }
    request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
    if (ioctl(control.get(), SIOCSIFFLAGS, &request) != 0) {
        return because("bring lo up");
    }
    return std::nullopt;
}

template <class Unshare>
std::optional<std::string> enter_new_network(const Unshare& unshare_it) {
    const std::string outside = current_namespace();
    if (outside.empty()) {
        return because(std::string{"read "} + kOwnNetwork);
    }
    if (auto why = unshare_it()) {
        return why;
    }
    if (const std::string inside = current_namespace(); inside.empty() || inside == outside) {
        return "unshare did not change the network namespace";
    }
    if (auto why = why_not_empty()) {
        return why;
    }
    return loopback_up();
}

/// A setting of several values has tabs between them: "4096 131072 6291456".
std::string words_of(const std::string& path) {
    std::ifstream file{path};
    std::string out;
    for (std::string word; file >> word;) {
        out += (out.empty() ? "" : " ") + word;
    }
    return out;
}

std::string sysctl_path(const std::string& name) {
    std::string path = name;
    std::replace(path.begin(), path.end(), '.', '/');
    return "/proc/sys/" + path;
}

}  // namespace

std::optional<std::string> enter_private_network() {
    return enter_new_network(unshare_network);
}

std::optional<std::string> enter_another_network() {
    return enter_new_network([]() -> std::optional<std::string> {
        if (unshare(CLONE_NEWNET) != 0) {
            return because("unshare(CLONE_NEWNET)");
        }
        return std::nullopt;
    });
}

std::expected<UniqueFd, std::string> current_network() {
    UniqueFd network{open(kOwnNetwork, O_RDONLY | O_CLOEXEC)};
    if (!network.valid()) {
        return std::unexpected(because(std::string{"open "} + kOwnNetwork));
    }
    return network;
}

std::optional<std::string> join_network(const UniqueFd& network) {
    if (setns(network.get(), CLONE_NEWNET) != 0) {
        return because("setns to a network namespace");
    }
    return std::nullopt;
}

bool sysctl_exists(const std::string& name) {
    return access(sysctl_path(name).c_str(), F_OK) == 0;
}

std::optional<std::string> write_sysctl(const std::string& name, const std::string& value) {
    if (!name.starts_with("net.")) {
        return name + " does not belong to a network namespace";
    }
    const std::string path = sysctl_path(name);
    if (auto why = write_file(path, value)) {
        return why;
    }
    if (const std::string now = words_of(path); now != value) {
        return name + " was set to " + value + " but reads " + (now.empty() ? "nothing" : now);
    }
    return std::nullopt;
}

}  // namespace synq
