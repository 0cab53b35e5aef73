#include "sim/kernel/wire.h"

#include "model/wire/codec.h"
#include "sim/kernel/cpu.h"
#include "sim/kernel/real_clock.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <span>
#include <sys/eventfd.h>
#include <unistd.h>

namespace synq {
namespace {

constexpr std::size_t kLargestPacket = 65'536;
// What one bucket of a host's timer wheel sends arrives at one instant in the simulator: no process
// runs between two of its segments. Reading them in two portions must not part them.
constexpr Duration kOneGo = microseconds(200);

std::string because(const std::string& what) {
    return what + ": " + std::strerror(errno);
}

Instant now() {
    return Instant{monotonic_ns()};
}

}  // namespace

Wire::Wire(const std::vector<WireEnds>& directions, int cpu)
    : buffer_(kLargestPacket), stop_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    for (const WireEnds& ends : directions) {
        directions_.push_back(
            {.ends = ends, .link = Link{0, ends.delay, ends.drops}, .octets = {}, .carried = {}});
    }
    thread_ = std::thread{[this, cpu] { run(cpu); }};
}

Wire::~Wire() {
    finish();
}

void Wire::finish() {
    if (thread_.joinable()) {
        stopping_ = true;
        eventfd_write(stop_.get(), 1);
        thread_.join();
        take_all(now());
    }
}

void Wire::run(int cpu) {
    settle_thread(cpu);
    while (!stopping_) {
        take_all(now());
        hand_over_due(now());
        wait();
    }
}

void Wire::take_all(Instant now) {
    for (Direction& direction : directions_) {
        for (;;) {
            const ssize_t size = read(direction.ends.from, buffer_.data(), buffer_.size());
            if (size <= 0) {
                break;
            }
            take(direction, static_cast<std::size_t>(size), now);
        }
    }
}

void Wire::take(Direction& direction, std::size_t size, Instant now) {
    const std::span octets{buffer_.data(), size};
    const auto decoded = decode(octets, Checksums::Ignore);
    if (!decoded) {
        if (decoded.error() != DecodeError::NotTcp) {
            problem_ = "a packet on the wire is unreadable: ";
            problem_ += describe(decoded.error());
        }
        return;
    }
    const auto record = static_cast<std::uint32_t>(direction.carried.size());
    const bool passes = direction.link.send(now, decoded->packet, record);
    direction.carried.push_back({.packet = decoded->packet, .dropped = !passes});
    if (passes) {
        direction.octets.emplace_back(octets.begin(), octets.end());
    }
}

Wire::Direction* Wire::next_due() {
    Direction* first = nullptr;
    for (Direction& direction : directions_) {
        if (!direction.link.empty() &&
            (first == nullptr || direction.link.next_arrival() < first->link.next_arrival())) {
            first = &direction;
        }
    }
    return first;
}

void Wire::hand_over_due(Instant now) {
    Direction* first = next_due();
    if (first == nullptr || first->link.next_arrival() > now) {
        return;
    }
    for (; first != nullptr && first->link.next_arrival() <= now + kOneGo; first = next_due()) {
        hand_over(*first, now);
    }
}

void Wire::hand_over(Direction& direction, Instant now) {
    const InFlight arrived = direction.link.pop();
    const std::vector<std::byte> octets = std::move(direction.octets.front());
    direction.octets.pop_front();
    direction.carried[arrived.record].handed_over_ns = now.ns;
    if (write(direction.ends.to, octets.data(), octets.size()) !=
        static_cast<ssize_t>(octets.size())) {
        problem_ = because("write to a TUN device");
    }
}

/// Until something can be read, or is due.
void Wire::wait() {
    std::vector<pollfd> wait{{.fd = stop_.get(), .events = POLLIN, .revents = 0}};
    for (const Direction& direction : directions_) {
        wait.push_back({.fd = direction.ends.from, .events = POLLIN, .revents = 0});
    }
    constexpr std::int64_t second = 1'000'000'000;
    timespec timeout{};
    const Direction* const first = next_due();
    if (first != nullptr) {
        const std::int64_t left =
            std::max((first->link.next_arrival() - now()).ns, std::int64_t{0});
        timeout = {.tv_sec = static_cast<time_t>(left / second),
                   .tv_nsec = static_cast<long>(left % second)};
    }
    ppoll(wait.data(), wait.size(), first == nullptr ? nullptr : &timeout, nullptr);
}

}  // namespace synq
