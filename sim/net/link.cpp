#include "sim/net/link.h"

#include <algorithm>

namespace synq {
bool DropFilter::takes(const Segment& segment) {
    if (segment.flags != rule_.flags) {
        return false;
    }
    ++seen_;
    return seen_ >= rule_.first && seen_ <= rule_.last;
}

Link::Link(std::uint32_t to_host, Duration delay, const std::vector<DropRule>& rules,
           const std::optional<RandomLoss>& loss)
    : to_host_(to_host), delay_(delay), filters_(rules.begin(), rules.end()), loss_(loss) {}

bool Link::send(Instant now, const Packet& packet, std::uint32_t record) {
    bool taken = (loss_ && loss_->takes());
    for (DropFilter& filter : filters_) {
        taken = filter.takes(packet.segment) || taken;  // every rule counts every segment
    }
    if (!taken) {
        last_arrival_ = std::max(last_arrival_, arrival_of(now, packet.segment));
        queue_.push_back({packet, last_arrival_, record});
    }
    return !taken;
}

void Link::follow(const std::vector<ReplayedPassage>& passages) {
    recorded_.assign(passages.begin(), passages.end());
}

Instant Link::arrival_of(Instant now, const Segment& segment) {
    return recorded_arrival(now, segment).value_or(now + delay_);
}

std::optional<Instant> Link::recorded_arrival(Instant now, const Segment& segment) {
    while (!recorded_.empty() && recorded_.front().sent + kSameMoment < now) {
        recorded_.pop_front();
    }
    for (auto at = recorded_.begin(); at != recorded_.end() && at->sent <= now + kSameMoment;
         ++at) {
        if (at->flags == segment.flags && at->len == segment.len && at->arrived >= now) {
            const Instant arrival = at->arrived;
            recorded_.erase(at);
            return arrival;
        }
    }
    return std::nullopt;
}

InFlight Link::pop() {
    const InFlight out = queue_.front();
    queue_.pop_front();
    return out;
}

}  // namespace synq
