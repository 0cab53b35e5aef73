// One direction of a wire: constant delay, first in first out, rules that take segments, and
// chance. A link that follows a recorded one lets segments arrive when that one did.
#pragma once

#include "model/base/time.h"
#include "model/base/timer_node.h"
#include "model/wire/segment.h"
#include "sim/des/random.h"
#include "sim/scenario/scenario.h"
#include "sim/trace/replay.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace synq {

/// A packet on its way, and where its record stands in the trace.
struct InFlight {
    Packet packet;
    Instant arrival;
    std::uint32_t record = 0;
};

/// Counts matching segments and takes those in [first, last].
class DropFilter {
  public:
    explicit DropFilter(const DropRule& rule) : rule_(rule) {}
    /// True when the rule takes this segment; every matching segment is counted.
    bool takes(const Segment& segment);

  private:
    DropRule rule_;
    std::uint32_t seen_ = 0;
};

/// Takes so many packets of a million. One draw for each packet, so what one of them does shifts
/// nothing for the others.
struct RandomLoss {
    std::uint32_t ppm = 0;
    RandomStream random;

    bool takes() { return ppm != 0 && random.chance(ppm, 1'000'000); }
};

/// Deliveries of a constant delay are in order already, so the wire is a plain queue and only its
/// head has a timer.
class Link {
  public:
    Link(std::uint32_t to_host, Duration delay, const std::vector<DropRule>& rules,
         const std::optional<RandomLoss>& loss = std::nullopt);

    /// Segments that were also sent in the recorded run, at about the same time, arrive as they did
    /// there.
    void follow(const std::vector<ReplayedPassage>& passages);

    /// False when a rule or chance took the packet. Otherwise it arrives after the delay, or as
    /// recorded.
    bool send(Instant now, const Packet& packet, std::uint32_t record);

    [[nodiscard]] bool empty() const { return queue_.empty(); }
    [[nodiscard]] Instant next_arrival() const { return queue_.front().arrival; }
    InFlight pop();
    [[nodiscard]] std::uint32_t to_host() const { return to_host_; }

    TimerNode timer;  // of the head

  private:
    [[nodiscard]] Instant arrival_of(Instant now, const Segment& segment);
    [[nodiscard]] std::optional<Instant> recorded_arrival(Instant now, const Segment& segment);

    std::uint32_t to_host_;
    Duration delay_;
    std::deque<ReplayedPassage> recorded_;  // those that have not been followed
    Instant last_arrival_;
    std::vector<DropFilter> filters_;
    std::optional<RandomLoss> loss_;
    std::deque<InFlight> queue_;
};

}  // namespace synq
