#include "tests/kernel/kernel_subject.h"

#include "sim/kernel/errno_map.h"
#include "sim/kernel/mib_files.h"
#include "sim/kernel/netns.h"
#include "sim/kernel/socket_address.h"
#include "sim/kernel/socket_options.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdexcept>
#include <utility>

namespace synq::test {
namespace {

constexpr std::uint16_t kFirstPort = 10'000;
constexpr std::uint16_t kMostScripts = 50'000;
constexpr int kMostAttempts = 1'000;
constexpr std::size_t kLargestTransfer = 65'536;

/// What the model assumes and a machine may have otherwise.
constexpr std::array kSettings{
    std::pair{"net.ipv4.tcp_invalid_ratelimit", "0"},
    std::pair{"net.ipv4.tcp_no_metrics_save", "1"},
    std::pair{"net.ipv4.conf.all.rp_filter", "0"},
    std::pair{"net.ipv4.conf.default.rp_filter", "0"},
    std::pair{"net.ipv4.tcp_congestion_control", "reno"},
    std::pair{"net.ipv4.tcp_rmem", "4096 131072 33554432"},
    std::pair{"net.ipv4.tcp_wmem", "4096 16384 4194304"},
};

void stay_on_one_processor() {
    const int here = sched_getcpu();
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<std::size_t>(std::max(here, 0)), &set);
    sched_setaffinity(0, sizeof set, &set);
}

std::int64_t tick_clock_ns() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

sockaddr_in socket_address(const Endpoint& endpoint, bool any) {
    sockaddr_in out{};
    out.sin_family = AF_INET;
    out.sin_port = htons(endpoint.port);
    if (!any) {
        const auto& octets = endpoint.address.octets();
        std::copy_n(octets.begin() + 12, 4, reinterpret_cast<std::uint8_t*>(&out.sin_addr));
    }
    return out;
}

int how_number(std::int64_t how) {
    switch (static_cast<ShutdownHow>(how)) {
        case ShutdownHow::Read:
            return SHUT_RD;
        case ShutdownHow::Write:
            return SHUT_WR;
        case ShutdownHow::Both:
            break;
    }
    return SHUT_RDWR;
}

}  // namespace

std::expected<KernelLab, std::string> KernelLab::open(const Settings& settings) {
    if (auto why = enter_private_network()) {
        return std::unexpected(*why);
    }
    for (const auto& [name, value] : kSettings) {
        if (auto why = write_sysctl(name, value)) {
            return std::unexpected(*why);
        }
    }
    for (const auto& [name, value] : settings) {
        if (auto why = write_sysctl(name, std::to_string(value))) {
            return std::unexpected(*why);
        }
    }
    stay_on_one_processor();
    auto device = TunDevice::open();
    if (!device) {
        return std::unexpected(device.error());
    }
    auto states = SocketStates::open();
    if (!states) {
        return std::unexpected(states.error());
    }
    // A kernel without inet_diag says so now.
    if (auto none = states->find({{TunDevice::kOwn, 1}, {TunDevice::kPeer, 1}}); !none) {
        return std::unexpected(none.error());
    }
    return KernelLab{.device = std::move(*device), .states = std::move(*states)};
}

NoTick::NoTick() : began_(tick_clock_ns()) {}

bool NoTick::so_far() const {
    return tick_clock_ns() == began_;
}

KernelSubject::KernelSubject(KernelLab& lab)
    : lab_(lab),
      ports_{.own = static_cast<std::uint16_t>(kFirstPort + lab.scripts), .first_peer = 4000} {
    if (lab.scripts++ > kMostScripts) {
        throw std::runtime_error("a private network has no ports left for another script");
    }
    take_sent();  // what earlier scripts left behind
}

KernelSubject::~KernelSubject() {
    for (UniqueFd& each : sockets_) {
        const linger reset{.l_onoff = 1, .l_linger = 0};
        setsockopt(each.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    }
}

int KernelSubject::make_call(const Step& step, int fd) {
    static std::array<std::byte, kLargestTransfer> octets{};
    const auto size = static_cast<std::size_t>(
        std::clamp<std::int64_t>(step.value, 0, static_cast<std::int64_t>(kLargestTransfer)));
    switch (step.call) {
        case CallKind::Bind: {
            const sockaddr_in local = socket_address(flow(0).local, true);
            return bind(fd, generic(local), sizeof local);
        }
        case CallKind::Connect: {
            const sockaddr_in remote = socket_address(flow(step.flow).remote, false);
            return connect(fd, generic(remote), sizeof remote);
        }
        case CallKind::Listen:
            return listen(fd, static_cast<int>(step.value));
        case CallKind::Send:
            return static_cast<int>(::send(fd, octets.data(), size, MSG_NOSIGNAL));
        case CallKind::Recv:
            return static_cast<int>(recv(fd, octets.data(), size, 0));
        case CallKind::Shutdown:
            return ::shutdown(fd, how_number(step.value));
        case CallKind::SetOption:
            return set_socket_option(fd, step.option, step.value);
        case CallKind::GetOption:
            return static_cast<int>(get_socket_option(fd, step.option));
        case CallKind::Disconnect: {
            const sockaddr nobody{.sa_family = AF_UNSPEC, .sa_data = {}};
            return connect(fd, &nobody, sizeof nobody);
        }
        default:
            throw std::runtime_error("a call that the subject does not know");
    }
}

std::string KernelSubject::accept(int listener) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    const int fd = accept4(listener, generic(peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        return std::string{name(errno_from_number(errno))};
    }
    sockets_.emplace_back(fd);
    return "ok peer " + std::to_string(ntohs(peer.sin_port) - ports_.first_peer);
}

std::string KernelSubject::call(const Step& step) {
    if (step.call == CallKind::Socket) {
        sockets_.emplace_back(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        return sockets_.back().valid() ? "ok" : std::string{name(errno_from_number(errno))};
    }
    const auto index = static_cast<std::size_t>(step.socket);
    if (index >= sockets_.size() || !sockets_[index].valid()) {
        return "no such socket";
    }
    if (step.call == CallKind::Close) {
        sockets_[index].reset();
        return "ok";
    }
    const int fd = sockets_[index].get();
    if (step.call == CallKind::Accept) {
        return accept(fd);
    }
    const int result = make_call(step, fd);
    if (result < 0) {
        return std::string{name(errno_from_number(errno))};
    }
    return step.call == CallKind::Send || step.call == CallKind::Recv ||
                   step.call == CallKind::GetOption
               ? "ok " + std::to_string(result)
               : "ok";
}

void KernelSubject::arrive(const Packet& packet) {
    if (const auto why = lab_.device.write(packet)) {
        throw std::runtime_error(*why);
    }
}

std::vector<Packet> KernelSubject::ours(
    std::expected<std::vector<Packet>, std::string> packets) const {
    if (!packets) {
        throw std::runtime_error(packets.error());
    }
    std::erase_if(*packets,
                  [this](const Packet& packet) { return !(packet.src == flow(0).local); });
    return std::move(*packets);
}

std::vector<Packet> KernelSubject::take_sent() {
    return ours(lab_.device.read_answers());
}

std::vector<Packet> KernelSubject::wait_for_sent(int milliseconds) {
    return ours(lab_.device.wait_for_answers(milliseconds));
}

State KernelSubject::state(const FlowKey& flow) {
    const auto found = lab_.states.find(flow);
    if (!found) {
        throw std::runtime_error(found.error());
    }
    return *found;
}

Errno KernelSubject::so_error(int socket) {
    const auto index = static_cast<std::size_t>(socket);
    if (index >= sockets_.size() || !sockets_[index].valid()) {
        return Errno::None;
    }
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(sockets_[index].get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) {
        throw std::runtime_error("SO_ERROR cannot be read");
    }
    return errno_from_number(error);
}

std::optional<MemoryAccount> KernelSubject::memory(int socket) {
    const auto index = static_cast<std::size_t>(socket);
    if (index >= sockets_.size() || !sockets_[index].valid()) {
        return std::nullopt;
    }
    tcp_info info{};
    socklen_t size = sizeof info;
    std::array<std::uint32_t, SK_MEMINFO_VARS> numbers{};
    socklen_t octets = sizeof numbers;
    const int fd = sockets_[index].get();
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 ||
        getsockopt(fd, SOL_SOCKET, SO_MEMINFO, numbers.data(), &octets) != 0) {
        throw std::runtime_error("the memory of a socket cannot be read");
    }
    if (info.tcpi_state != TCP_ESTABLISHED) {
        return std::nullopt;
    }
    return MemoryAccount{.received = numbers[SK_MEMINFO_RMEM_ALLOC],
                         .buffer = numbers[SK_MEMINFO_RCVBUF],
                         .sent = numbers[SK_MEMINFO_WMEM_QUEUED],
                         .reserved = static_cast<std::int32_t>(numbers[SK_MEMINFO_FWD_ALLOC])};
}

std::map<std::string, std::uint64_t> KernelSubject::counters() const {
    auto out = read_counters();
    if (!out) {
        throw std::runtime_error(out.error());
    }
    return std::move(*out);
}

Played play_between_ticks(KernelLab& lab, const Script& script) {
    for (int i = 0; i < kMostAttempts; ++i) {
        KernelSubject subject(lab);
        const NoTick tick;
        Played out = play(subject, script);
        if (tick.so_far()) {
            return out;
        }
    }
    throw std::runtime_error("this machine has no time for a script between two ticks");
}

}  // namespace synq::test
