#include "sim/diff/flows.h"

#include "sim/trace/sort_stably.h"

#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

namespace synq {
namespace {

using AddressKey = std::pair<std::array<std::uint8_t, 16>, std::uint16_t>;
using PathKey = std::pair<AddressKey, AddressKey>;

// A SYN leaves after its connect() starts and before that returns; clocks of different origin.
constexpr Duration kClaimSlack = milliseconds(1);

AddressKey key_of(const Endpoint& endpoint) {
    return {endpoint.address.octets(), endpoint.port};
}

/// The same for both directions.
PathKey path_of(const Packet& packet) {
    return std::minmax(key_of(packet.src), key_of(packet.dst));
}

/// A flow under construction; index 0 is the client's direction, 1 the server's.
struct Growing {
    Flow flow;
    std::array<std::optional<Seq>, 2> raw_isn{};
    std::array<std::uint32_t, 2> sent_end{};  // relative: what has been sent so far
    std::array<bool, 2> syn_seen{};
};

/// True when this segment opens another connection than the one that `growing` records.
bool begins_anew(const Growing& growing, const Packet& packet, bool from_client) {
    const Segment& segment = packet.segment;
    if (!segment.flags.syn() || segment.flags.ack()) {
        return false;
    }
    const std::size_t side = from_client ? 0 : 1;
    // The server's first SYN is its half of a simultaneous open.
    return growing.syn_seen[side] && growing.raw_isn[side] != segment.seq;
}

void append(Growing& growing, const SegmentRecord& record, std::uint32_t index) {
    const bool from_client = record.packet.src == growing.flow.client;
    const std::size_t side = from_client ? 0 : 1;
    Segment segment = record.packet.segment;
    // A SYN cookie's initial number changes with the minute, so every SYN sets it anew.
    if (segment.flags.syn() || !growing.raw_isn[side]) {
        growing.raw_isn[side] = segment.seq;
    }
    growing.syn_seen[side] = growing.syn_seen[side] || segment.flags.syn();
    segment.seq = Seq{segment.seq.raw() - growing.raw_isn[side]->raw()};
    const std::optional<Seq> other = growing.raw_isn[1 - side];
    segment.ack = segment.flags.ack() && other ? Seq{segment.ack.raw() - other->raw()} : Seq{};

    const std::uint32_t end = segment.end().raw();
    const bool repeated =
        segment.length() > 0 && !segment.flags.rst() && end <= growing.sent_end[side];
    if (!segment.flags.rst()) {
        growing.sent_end[side] = std::max(growing.sent_end[side], end);
    }
    growing.flow.segments.push_back({.t = record.t,
                                     .from_client = from_client,
                                     .repeated = repeated,
                                     .segment = segment,
                                     .index = index});
}

std::vector<Flow> split(const Trace& trace) {
    std::vector<std::uint32_t> order(trace.segments.size());
    std::iota(order.begin(), order.end(), 0U);
    sort_stably(order, [&](std::uint32_t a, std::uint32_t b) {
        return trace.segments[a].t < trace.segments[b].t;
    });
    std::vector<Growing> all;
    std::map<PathKey, std::size_t> current;
    for (const std::uint32_t index : order) {
        const Packet& packet = trace.segments[index].packet;
        const auto [found, is_new] = current.try_emplace(path_of(packet), all.size());
        if (!is_new) {
            const Growing& growing = all[found->second];
            if (begins_anew(growing, packet, packet.src == growing.flow.client)) {
                found->second = all.size();
            }
        }
        if (found->second == all.size()) {
            all.emplace_back();
            all.back().flow.client = packet.src;
            all.back().flow.server = packet.dst;
        }
        append(all[found->second], trace.segments[index], index);
    }
    std::vector<Flow> flows;
    flows.reserve(all.size());
    for (Growing& each : all) {
        flows.push_back(std::move(each.flow));
    }
    return flows;
}

bool could_have_made(const CallRecord& connect, const Flow& flow) {
    const Instant first = flow.segments.front().t;
    const bool in_time = first + kClaimSlack >= connect.start &&
                         (!connect.returned() || first <= connect.end + kClaimSlack);
    return in_time && !flow.process && flow.segments.front().segment.flags == kSyn &&
           (connect.client.port == 0 || connect.client.port == flow.client.port);
}

}  // namespace

std::vector<Flow> flows_of(const Trace& trace) {
    std::vector<Flow> flows = split(trace);
    std::vector<const CallRecord*> connects;
    std::map<const CallRecord*, std::uint32_t> ordinal;
    std::map<std::uint32_t, std::uint32_t> made;
    for (const CallRecord& call : trace.calls) {
        if (call.kind == CallKind::Connect) {
            connects.push_back(&call);
            ordinal[&call] = made[call.process]++;
        }
    }
    // Those that know their port first: what is left is then matched in the order of time.
    sort_stably(connects, [](const CallRecord* a, const CallRecord* b) {
        return a->client.port != 0 && b->client.port == 0;
    });
    for (const CallRecord* connect : connects) {
        const auto flow = std::find_if(flows.begin(), flows.end(), [&](const Flow& each) {
            return could_have_made(*connect, each);
        });
        if (flow != flows.end()) {
            flow->process = connect->process;
            flow->connect = ordinal[connect];
        }
    }
    return flows;
}

std::string signature(const FlowSegment& each) {
    const Segment& segment = each.segment;
    const Options& options = segment.options;
    std::string text = fmt::format("{} {} seq {}", each.from_client ? '>' : '<',
                                   flag_names(segment.flags), segment.seq.raw());
    if (segment.flags.ack()) {
        text += fmt::format(" ack {}", segment.ack.raw());
    }
    text += fmt::format(" len {}", segment.len);
    if (options.mss != 0) {
        text += fmt::format(" mss {}", options.mss);
    }
    text += options.sack_permitted ? " sack" : "";
    text += options.timestamps ? " ts" : "";
    text += options.window_scale != Options::kNoScale ? " ws" : "";
    if (options.fast_open.present()) {
        text += fmt::format(" tfo {}", options.fast_open.size);  // each side has a key of its own
    }
    return text;
}

}  // namespace synq
