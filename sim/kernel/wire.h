// The wires between the hosts of a run: one thread that takes what a host sends from its TUN device
// and hands it to the device at the other end, as late and with the same losses as the simulator's
// link (sim/net/link.h) would. Only TCP travels.
//
// It need not be punctual, because it says what it did: a replay uses the recorded times.
#pragma once

#include "model/wire/segment.h"
#include "sim/kernel/unique_fd.h"
#include "sim/net/link.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <thread>
#include <vector>

namespace synq {

/// One direction of a wire.
struct WireEnds {
    int from = -1;  // the sender's TUN device
    int to = -1;    // the receiver's
    Duration delay;
    std::vector<DropRule> drops;
};

/// A segment that a wire took from its sender.
struct Carried {
    Packet packet;
    /// When it was handed to the receiver, CLOCK_MONOTONIC; the same for all that were handed over
    /// in one go. 0: not, it was taken by a rule or is still under way.
    std::int64_t handed_over_ns = 0;
    bool dropped = false;
};

class Wire {
  public:
    /// Works from now on; the descriptors must outlive it. `cpu`: as in RunContext.
    Wire(const std::vector<WireEnds>& directions, int cpu);
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;
    Wire(Wire&&) = delete;
    Wire& operator=(Wire&&) = delete;
    ~Wire();

    /// Reads what has been sent until now, and stops.
    void finish();

    // After finish():
    /// In the order in which the direction's sender sent them.
    [[nodiscard]] const std::vector<Carried>& carried(std::size_t direction) const {
        return directions_[direction].carried;
    }
    /// Why the run is worth nothing; empty when it is fine.
    [[nodiscard]] const std::string& problem() const { return problem_; }

  private:
    struct Direction {
        WireEnds ends;
        Link link;
        std::deque<std::vector<std::byte>> octets;  // of what is on the link
        std::vector<Carried> carried;
    };

    void run(int cpu);
    /// Everything that waits to be read left at `now`.
    void take_all(Instant now);
    void take(Direction& direction, std::size_t size, Instant now);
    /// What is due, or is so soon that it belongs to the same go.
    void hand_over_due(Instant now);
    void hand_over(Direction& direction, Instant now);
    [[nodiscard]] Direction* next_due();
    void wait();

    std::vector<Direction> directions_;
    std::vector<std::byte> buffer_;
    std::string problem_;
    UniqueFd stop_;  // an eventfd
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

}  // namespace synq
