#include "tests/kernel/known_gaps.h"

#include "model/fsm/segments.h"
#include "tests/csv.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace synq::test {
namespace {

constexpr std::uint32_t kMostSackOctets = 36;
constexpr Duration kShortRoundTrip = milliseconds(1);

constexpr std::array kGaps{
    KnownGap{"burst-by-round-trip",
             "how many segments leave at once depends on the measured round trip, which the clock "
             "in a cookie's timestamp makes up"},
    KnownGap{"congestion-window",
             "near ten segments in flight, or more than five at once after acknowledgments: the "
             "congestion window, and what Linux defers because of it, are not modelled"},
    KnownGap{"bind-after-reset",
             "Linux gives an implicit port back with the connection, and bind() "
             "is possible again"},
    KnownGap{
        "cookie-by-chance",
        "an echo of what is no SYN-ACK's timestamp, where a cookie is looked for: its low bits "
        "name options by chance"},
    KnownGap{"crossing-syn",
             "the SYN-ACK of a simultaneous open repeats the SYN's options and window; "
             "TS.Recent follows the segment that completes it; its ACK comes after a "
             "queued FIN"},
    KnownGap{"fast-path",
             "in ESTABLISHED Linux takes the timestamp of an old ACK at RCV.NXT, and text with it, "
             "when header prediction hits and memory is reserved already"},
    KnownGap{"partial-read",
             "which of several segments a part of the text leaves in memory is not kept, and with "
             "it the window"},
    KnownGap{"reconnect-after-text",
             "a descriptor that connects again keeps its receive buffer, and offers a window by "
             "it"},
    KnownGap{"small-buffers",
             "where half of the peer's window holds no two segments, PSH depends on how much an "
             "earlier send() has queued"},
    KnownGap{"syn-ack-to-request",
             "a SYN-ACK with text or FIN at the peer's ISN makes a child in "
             "SYN-RECEIVED"},
    KnownGap{"unasked-timestamp",
             "a timestamp that nobody agreed on, on the ACK that completes a "
             "request, comes back in the light record's ACKs"},
};

}  // namespace

std::span<const KnownGap> known_gaps() {
    return kGaps;
}

std::set<std::string> open_gaps() {
    const char* const setting = std::getenv("SYNQ_GAPS");
    const std::string text = setting == nullptr ? "" : setting;
    const auto named = split(text, ',');
    std::set<std::string> out;
    for (const KnownGap& gap : kGaps) {
        if (text == "all" || std::find(named.begin(), named.end(), gap.name) != named.end()) {
            out.emplace(gap.name);
        }
    }
    return out;
}

Shown shown_with(const std::set<std::string>& open) {
    return {.crossing_syn = open.contains("crossing-syn")};
}

void GapWatch::note(const Step& step) {
    if (step.arrives && step.options.timestamps && step.flags.syn()) {
        offered_.insert(step.flow);
    }
    for (int flow = 0; flow < Player::kFlows; ++flow) {
        last_[flow] = numbers(flow);
        if (model_.connection_at(model_.flow(flow)) != nullptr) {
            connected_.insert(flow);
        }
    }
}

Numbers GapWatch::numbers(int flow) const {
    const auto known = last_.find(flow);
    const Seq iss = player_.host_iss(flow);
    Numbers out = known == last_.end()
                      ? Numbers{.una = iss, .nxt = iss + 1, .rcv_nxt = Player::kPeerIss + 1}
                      : known->second;
    model_.numbers(model_.flow(flow), out);
    return out;
}

GapNames GapWatch::gaps_of_call(const Step& step) const {
    GapNames out;
    const Connection* const conn = model_.connection_of(step.socket);
    if (conn == nullptr) {
        return out;
    }
    if (step.call == CallKind::Connect && conn->state == State::Closed && conn->extra.valid()) {
        out.emplace_back("reconnect-after-text");
    }
    if (step.call == CallKind::Bind && conn->state == State::Closed) {
        out.emplace_back("bind-after-reset");
    }
    const std::uint32_t unread = conn->rcv.unread;
    if (step.call == CallKind::Recv && step.value < unread) {
        out.emplace_back("partial-read");
    }
    if (step.call == CallKind::Send && step.value > 0) {
        const std::uint32_t mss = segment_payload(*conn) - kMostSackOctets;
        const auto pending = static_cast<std::uint32_t>(conn->snd.queued - conn->snd.una) +
                             static_cast<std::uint32_t>(step.value);
        const bool acknowledged = conn->snd.una - conn->snd.iss > 1;
        if (pending > 6 * mss || (acknowledged && pending > 5 * mss)) {
            out.emplace_back("congestion-window");
        }
        if (conn->snd.wnd_max < 4 * (mss + kMostSackOctets) && pending > mss) {
            out.emplace_back("small-buffers");
        }
        if (conn->rtt.srtt() > kShortRoundTrip && pending > 2 * mss) {
            out.emplace_back("burst-by-round-trip");
        }
    }
    return out;
}

GapNames GapWatch::gaps_of_arrival(const Step& step) const {
    GapNames out;
    const auto add = [&](bool met, std::string_view gap) {
        if (met) {
            out.push_back(gap);
        }
    };
    const Numbers now = numbers(step.flow);
    const FlowKey flow = model_.flow(step.flow);
    const State state = model_.state_of(flow);
    const std::uint32_t length = step.len + (step.flags.fin() ? 1U : 0U);
    const bool half_open = state == State::SynReceived;
    add(step.options.timestamps && !step.flags.syn() && !offered_.contains(step.flow),
        "unasked-timestamp");
    add(state == State::Closed && step.flags.ack() && step.options.timestamps &&
            connected_.contains(step.flow),
        "cookie-by-chance");
    add(half_open && step.flags.syn() && step.flags.ack() && length != 0, "syn-ack-to-request");
    const Connection* const conn = model_.connection_at(flow);
    if (conn == nullptr) {
        return out;
    }
    const std::uint32_t rcv_nxt = distance(Player::kPeerIss, now.rcv_nxt);
    const bool old_ack =
        step.flags.ack() && before(player_.host_iss(step.flow) + step.ack, now.una);
    add(half_open && (conn->agreed.timestamps || conn->fin_queued), "crossing-syn");
    const bool predicted = state == State::Established && step.seq == rcv_nxt &&
                           (step.flags == kAck || step.flags == (kAck | kPsh));
    add(old_ack && predicted && (step.options.timestamps || step.len != 0), "fast-path");
    return out;
}

bool GapWatch::meets_gap(const Step& step, const std::set<std::string>& open) const {
    const GapNames gaps = step.arrives ? gaps_of_arrival(step) : gaps_of_call(step);
    return std::any_of(gaps.begin(), gaps.end(),
                       [&](std::string_view gap) { return !open.contains(std::string{gap}); });
}

}  // namespace synq::test
