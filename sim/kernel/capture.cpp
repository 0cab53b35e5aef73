#include "sim/kernel/capture.h"

#include "model/wire/codec.h"
#include "sim/kernel/real_clock.h"
#include "sim/kernel/socket_address.h"
#include "sim/trace/sort_stably.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <span>
#include <sys/socket.h>
#include <utility>

namespace synq {
namespace {

constexpr int kBufferOctets = 32 * 1024 * 1024;
constexpr std::size_t kLargestPacket = 65'536;
constexpr int kPollMs = 20;

std::string because(const std::string& what) {
    return what + ": " + std::strerror(errno);
}

template <class T>
bool set_option(int fd, int level, int option, const T& value) {
    return setsockopt(fd, level, option, &value, sizeof value) == 0;
}

/// Loopback shows every packet twice, leaving and arriving; keep the first. IPv4 only.
bool keep_outgoing_only(int fd) {
    constexpr auto packet_type = static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_PKTTYPE);
    constexpr auto protocol = static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_PROTOCOL);
    std::array<sock_filter, 6> code{{
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, packet_type),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OUTGOING, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, protocol),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0xffff'ffff),
        BPF_STMT(BPF_RET | BPF_K, 0),
    }};
    const sock_fprog program{.len = code.size(), .filter = code.data()};
    return set_option(fd, SOL_SOCKET, SO_ATTACH_FILTER, program);
}

bool bind_to_all_interfaces(int fd) {
    sockaddr_ll where{};
    where.sll_family = AF_PACKET;
    where.sll_protocol = htons(ETH_P_ALL);  // only such sockets see what is sent
    return bind(fd, generic(where), sizeof where) == 0;
}

/// The kernel's stamp in CLOCK_REALTIME nanoseconds.
std::optional<std::int64_t> stamp_of(msghdr& message) {
    for (cmsghdr* each = CMSG_FIRSTHDR(&message); each != nullptr;
         each = CMSG_NXTHDR(&message, each)) {
        if (each->cmsg_level == SOL_SOCKET && each->cmsg_type == SCM_TIMESTAMPNS) {
            timespec stamp{};
            std::memcpy(&stamp, CMSG_DATA(each), sizeof stamp);
            return static_cast<std::int64_t>(stamp.tv_sec) * 1'000'000'000 + stamp.tv_nsec;
        }
    }
    return std::nullopt;
}

}  // namespace

std::expected<std::unique_ptr<Capture>, std::string> Capture::open() {
    // Protocol 0: nothing is captured before the filter stands and the socket is bound.
    UniqueFd fd{socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (!fd.valid()) {
        return std::unexpected(because("open a capture socket"));
    }
    if (!set_option(fd.get(), SOL_SOCKET, SO_TIMESTAMPNS, 1)) {
        return std::unexpected(because("ask for packet time stamps"));
    }
    if (!keep_outgoing_only(fd.get())) {
        return std::unexpected(because("attach the capture filter"));
    }
    // The first is for real root only; the second is bounded by rmem_max, and losses are noticed.
    if (!set_option(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, kBufferOctets)) {
        set_option(fd.get(), SOL_SOCKET, SO_RCVBUF, kBufferOctets);
    }
    if (!bind_to_all_interfaces(fd.get())) {
        return std::unexpected(because("bind the capture"));
    }
    return std::unique_ptr<Capture>{new Capture{std::move(fd)}};
}

Capture::Capture(UniqueFd socket) : socket_(std::move(socket)), thread_([this] { run(); }) {}

Capture::~Capture() {
    stop();
}

void Capture::stop() {
    stopping_ = true;
    if (thread_.joinable()) {
        thread_.join();
    }
}

void Capture::run() {
    std::vector<std::byte> buffer(kLargestPacket);
    bool last_round = false;
    while (!last_round) {
        // Read once more after being told to stop: what was sent before that belongs to the run.
        last_round = stopping_;
        pollfd wait{.fd = socket_.get(), .events = POLLIN, .revents = 0};
        if (last_round || poll(&wait, 1, kPollMs) > 0) {
            read_all(buffer);
        }
    }
}

void Capture::read_all(std::vector<std::byte>& buffer) {
    const std::int64_t offset = realtime_offset_ns();
    for (;;) {
        iovec data{.iov_base = buffer.data(), .iov_len = buffer.size()};
        alignas(cmsghdr) std::array<std::byte, 128> control{};
        sockaddr_ll from{};
        msghdr message{};
        message.msg_name = &from;
        message.msg_namelen = sizeof from;
        message.msg_iov = &data;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        const ssize_t size = recvmsg(socket_.get(), &message, 0);
        if (size < 0) {
            return;
        }
        const std::span octets{buffer.data(), static_cast<std::size_t>(size)};
        const auto decoded = decode(octets, Checksums::Ignore);
        if (!decoded) {
            if (decoded.error() != DecodeError::NotTcp) {
                problem_ = "a captured packet is unreadable: ";
                problem_ += describe(decoded.error());
            }
            continue;
        }
        if (const auto stamp = stamp_of(message)) {
            packets_.push_back(
                {*stamp - offset, static_cast<unsigned>(from.sll_ifindex), decoded->packet});
        } else {
            problem_ = "a captured packet has no time stamp";
        }
    }
}

std::expected<std::vector<CapturedPacket>, std::string> Capture::finish() {
    stop();
    tpacket_stats statistics{};
    socklen_t size = sizeof statistics;
    if (getsockopt(socket_.get(), SOL_PACKET, PACKET_STATISTICS, &statistics, &size) != 0) {
        return std::unexpected(because("read the capture's statistics"));
    }
    if (statistics.tp_drops != 0) {
        return std::unexpected("the capture lost " + std::to_string(statistics.tp_drops) +
                               " packets");
    }
    if (!problem_.empty()) {
        return std::unexpected(problem_);
    }
    sort_stably(packets_, [](const CapturedPacket& a, const CapturedPacket& b) {
        return a.monotonic_ns < b.monotonic_ns;
    });
    return std::move(packets_);
}

}  // namespace synq
