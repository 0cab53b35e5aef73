#include "tests/kernel/known_gaps.h"

#include "tests/csv.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace synq::test {
namespace {

constexpr std::uint16_t kUsualWindow = 64'240;
constexpr std::uint32_t kTimestampOctets = 12;
constexpr std::uint32_t kNearEdge = 50'000;  // of the receive window, counted from RCV.NXT
constexpr std::uint32_t kBeyondEdge = 1U << 20U;

constexpr std::array kGaps{
    KnownGap{"fast-path",
             "Linux takes text with a far too old ACK, and its timestamp, when header "
             "prediction hits"},
    KnownGap{"push-of-bursts", "Linux sets PSH on the last whole segment of a burst"},
    KnownGap{"second-fin",
             "after the peer's FIN, old text with one more FIN at RCV.NXT: Linux counts that FIN, "
             "too"},
    KnownGap{"small-window", "zero windows and their probes are not modelled"},
    KnownGap{"text-with-fin",
             "a FIN's octet on top of a whole segment does not by itself force an ACK: "
             "the window must be ready to move"},
    KnownGap{"window",
             "the window that Linux offers after text or FIN, and with it its right edge"},
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
    return {.later_windows = open.contains("window")};
}

void GapWatch::note() {
    for (int flow = 0; flow < Player::kFlows; ++flow) {
        last_[flow] = numbers(flow);
    }
}

Numbers GapWatch::numbers(int flow) const {
    const auto known = last_.find(flow);
    const Seq iss = player_.host_iss(flow);
    const Numbers last =
        known == last_.end()
            ? Numbers{.una = iss, .nxt = iss + 1, .rcv_nxt = Player::kPeerIss + 1}
            : known->second;
    return model_.numbers(model_.flow(flow)).value_or(last);
}

GapNames GapWatch::gaps_of_call(const Step& step) const {
    GapNames out;
    const Connection* const conn = model_.connection_of(step.socket);
    if (conn == nullptr) {
        return out;
    }
    if (step.call == CallKind::Send &&
        step.value >= 2 * (std::int64_t{conn->agreed.mss} - kTimestampOctets)) {
        out.emplace_back("push-of-bursts");
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
    const Seq seq = Player::kPeerIss + step.seq;
    const std::uint32_t length = step.len + (step.flags.fin() ? 1U : 0U);
    const std::uint32_t ahead = distance(now.rcv_nxt, seq + length);
    add(ahead > kNearEdge && ahead < kBeyondEdge, "window");
    add(step.window != kUsualWindow, "small-window");
    add(step.len != 0 && step.flags.fin() && ahead != 1, "text-with-fin");
    const Connection* const conn = model_.connection_at(flow);
    if (conn == nullptr) {
        return out;
    }
    add(conn->fin_received && step.flags.fin() && step.len != 0 && ahead == 1, "second-fin");
    const bool old_ack =
        step.flags.ack() && before(player_.host_iss(step.flow) + step.ack, now.una);
    add(old_ack && (step.options.timestamps || step.len != 0), "fast-path");
    return out;
}

bool GapWatch::meets_gap(const Step& step, const std::set<std::string>& open) const {
    const GapNames gaps = step.arrives ? gaps_of_arrival(step) : gaps_of_call(step);
    return std::any_of(gaps.begin(), gaps.end(),
                       [&](std::string_view gap) { return !open.contains(std::string{gap}); });
}

}  // namespace synq::test
