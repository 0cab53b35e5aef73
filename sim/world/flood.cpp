#include "sim/world/flood.h"

namespace synq {
namespace {

// Ports that programs get or ask for, and the window of a host at an Ethernet.
constexpr std::uint64_t kFirstPort = 1024;
constexpr std::uint64_t kPorts = 65'536 - kFirstPort;
constexpr std::uint16_t kWindow = 64'240;

}  // namespace

Flood::Flood(const FloodSpec& spec, std::uint64_t seed, const Endpoint& target)
    : spec_(&spec),
      target_(target),
      arrivals_(spec.arrivals, RandomStream(seed, "arrivals", spec.name)),
      draws_(seed, "spoofed SYN", spec.name),
      next_(arrivals_.next()) {}

std::optional<Instant> Flood::next() const {
    const Instant due = Instant{} + spec_->start + next_;
    const bool over = (spec_->count && sent_ >= *spec_->count) ||
                      (spec_->stop && due >= Instant{} + *spec_->stop);
    return over ? std::nullopt : std::optional(due);
}

Packet Flood::take() {
    ++sent_;
    next_ = arrivals_.next();
    const std::uint64_t high = draws_.next();
    const std::uint64_t low = draws_.next();
    Packet syn;
    syn.src.address = spec_->sources.at(high, low);
    syn.src.port = static_cast<std::uint16_t>(kFirstPort + draws_.uniform(kPorts));
    syn.dst = target_;
    const std::uint64_t numbers = draws_.next();
    syn.segment.seq = Seq{static_cast<std::uint32_t>(numbers)};
    syn.segment.flags = kSyn;
    syn.segment.window = kWindow;
    syn.segment.len = spec_->text;
    syn.segment.options = spec_->options;
    if (syn.segment.options.timestamps) {
        syn.segment.options.ts_val = static_cast<std::uint32_t>(numbers >> 32U);
    }
    return syn;
}

std::optional<Packet> Flood::answer(const Packet& packet) const {
    const Segment& segment = packet.segment;
    if (spec_->reply == FloodSpec::Reply::Silent || segment.flags.rst() || !segment.flags.ack()) {
        return std::nullopt;
    }
    Packet reset{.src = packet.dst, .dst = packet.src, .segment = {}};
    reset.segment.seq = segment.ack;
    reset.segment.flags = kRst;
    return reset;
}

}  // namespace synq
