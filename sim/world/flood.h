// A flood while it runs: which SYN it sends next, and when.
#pragma once

#include "model/base/timer_node.h"
#include "sim/scenario/scenario.h"

#include <cstdint>
#include <optional>

namespace synq {

class Flood {
  public:
    Flood(const FloodSpec& spec, std::uint64_t seed, const Endpoint& target);

    /// When the next SYN is due; nullopt when there are no more.
    [[nodiscard]] std::optional<Instant> next() const;
    /// The SYN that is due, from an address, a port and a number drawn for it.
    Packet take();
    /// What a host that knows of no connection sends in answer (RFC 9293 3.10.7.1); nullopt:
    /// nothing, because there is no such host or `packet` asks for no answer.
    [[nodiscard]] std::optional<Packet> answer(const Packet& packet) const;

    [[nodiscard]] const FloodSpec& spec() const { return *spec_; }
    [[nodiscard]] bool owns(const IpAddress& address) const {
        return spec_->sources.contains(address);
    }

    TimerNode timer;  // of the next SYN

  private:
    const FloodSpec* spec_;
    Endpoint target_;
    Arrivals arrivals_;
    RandomStream draws_;
    Duration next_;
    std::uint64_t sent_ = 0;
};

}  // namespace synq
