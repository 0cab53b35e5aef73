#include "sim/net/link.h"

namespace synq {

bool DropFilter::takes(const Segment& segment) {
    if (segment.flags != rule_.flags) {
        return false;
    }
    ++seen_;
    return seen_ >= rule_.first && seen_ <= rule_.last;
}

Link::Link(std::uint32_t to_host, Duration delay, const std::vector<DropRule>& rules,
           const RandomLoss& loss)
    : to_host_(to_host), delay_(delay), filters_(rules.begin(), rules.end()), loss_(loss) {}

bool Link::send(Instant now, const Packet& packet, std::uint32_t record) {
    bool taken = loss_.takes();
    for (DropFilter& filter : filters_) {
        taken = filter.takes(packet.segment) || taken;  // every rule counts every segment
    }
    if (!taken) {
        queue_.push_back({packet, now + delay_, record});
    }
    return !taken;
}

InFlight Link::pop() {
    const InFlight out = queue_.front();
    queue_.pop_front();
    return out;
}

}  // namespace synq
