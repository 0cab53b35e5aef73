#include "tests/kernel/known_gaps.h"

#include "tests/csv.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace synq::test {
namespace {

constexpr std::uint16_t kUsualWindow = 64'240;
constexpr std::uint32_t kEthernetMss = 1'460;
constexpr std::uint32_t kTimestampOctets = 12;
constexpr std::uint32_t kNearEdge = 50'000;  // of the receive window, counted from RCV.NXT
constexpr std::uint32_t kBeyondEdge = 1U << 20U;

constexpr std::array kGaps{
    KnownGap{"ack-of-iss",
             "the SYN of a passive opener counts as an octet acknowledged: an ACK of the ISS is "
             "challenged by Linux, ignored by the model"},
    KnownGap{"bind-after-reset",
             "Linux gives an implicit port back with the connection, and bind() "
             "is possible again"},
    KnownGap{"cookie-with-syn", "a SYN-ACK is never looked at as the ACK of a cookie"},
    KnownGap{"crossing-syn",
             "the SYN-ACK of a simultaneous open repeats the SYN's options and window; "
             "TS.Recent follows the segment that completes it; its ACK comes after a "
             "queued FIN"},
    KnownGap{"failed-shutdown", "shutdown() that says ENOTCONN still ends reading: recv() gives 0"},
    KnownGap{"fast-path",
             "Linux takes text with a far too old ACK, and its timestamp, when header "
             "prediction hits"},
    KnownGap{"light-timestamp",
             "TIME-WAIT and the orphan's FIN-WAIT-2 take the timestamp of an "
             "acceptable segment"},
    KnownGap{"listen-again", "reviving a listener meets its own living children: EADDRINUSE"},
    KnownGap{"mss-with-timestamps",
             "with timestamps a whole segment is twelve octets shorter: more "
             "text than that is acknowledged at once"},
    KnownGap{"old-text-for-orphan",
             "an orphan's FIN acknowledged by a segment with old text: Linux "
             "shrinks the record without an answer"},
    KnownGap{"old-text-new-fin", "a FIN behind text that is all old is new, and Linux takes it"},
    KnownGap{"out-of-order", "text and FIN behind a gap are acknowledged but not kept"},
    KnownGap{"owed-ack",
             "an owed ACK leaves with the next segment that finds its timer about to run "
             "out"},
    KnownGap{"paws",
             "Linux forgives a timestamp older by one and an old duplicate ACK, answers an ACK "
             "left of the window with nothing, and spares a request from an old RST"},
    KnownGap{"push-of-bursts", "Linux sets PSH on the last whole segment of a burst"},
    KnownGap{"quick-ack-mode",
             "old text or an old FIN makes Linux acknowledge at once for a while, "
             "and starts its delayed-ACK clock"},
    KnownGap{"request-echo", "a request refuses a timestamp echo that it has not sent"},
    KnownGap{"send-in-syn-received", "send() waits in the model, Linux takes the octets"},
    KnownGap{"shut-both", "text for a socket both of whose directions are shut is answered by RST"},
    KnownGap{"shutdown-while-connecting",
             "shutdown() ends a connect() in progress for good: the next "
             "one is new, EISCONN or EINVAL by state"},
    KnownGap{"small-window", "zero windows and their probes are not modelled"},
    KnownGap{"syn-ack-to-request",
             "a SYN-ACK with text or FIN at the peer's ISN makes a child in "
             "SYN-RECEIVED"},
    KnownGap{"text-frees-nagle",
             "what an arriving ACK lets go carries the ACK of the text that came "
             "with it"},
    KnownGap{"text-with-fin",
             "a FIN's octet on top of a whole segment does not by itself force an ACK: "
             "the window must be ready to move"},
    KnownGap{"unasked-timestamp",
             "a timestamp that nobody agreed on, on the ACK that completes a "
             "request, comes back in the light record's ACKs"},
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
    return {.later_windows = open.contains("window"),
            .crossing_syn = open.contains("crossing-syn")};
}

void GapWatch::note(const Step& step, const std::string& text) {
    if (step.arrives && step.options.timestamps) {
        if (step.flags.syn()) {
            offered_.insert(step.flow);
        }
        std::uint32_t& last = last_ts_val_[step.flow];
        last = std::max(last, step.options.ts_val);
    } else if (!step.arrives && step.call == CallKind::Shutdown) {
        const auto how = static_cast<ShutdownHow>(step.value);
        Direction& shut = shut_[step.socket];
        shut.read = shut.read || how != ShutdownHow::Write;
        shut.write = shut.write || how != ShutdownHow::Read;
        shut.failed = shut.failed || text.find("ENOTCONN") != std::string::npos;
    }
    for (int flow = 0; flow < Player::kFlows; ++flow) {
        last_[flow] = numbers(flow);
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

bool GapWatch::shuts_both(const Step& step) const {
    const auto how = static_cast<ShutdownHow>(step.value);
    const auto found = shut_.find(step.socket);
    const Direction before = found == shut_.end() ? Direction{} : found->second;
    return (before.read || how != ShutdownHow::Write) && (before.write || how != ShutdownHow::Read);
}

GapNames GapWatch::gaps_of_call(const Step& step) const {
    GapNames out;
    const auto add = [&](bool met, std::string_view gap) {
        if (met) {
            out.push_back(gap);
        }
    };
    const auto found = shut_.find(step.socket);
    const bool was_shut = found != shut_.end();
    add(step.call == CallKind::Shutdown && shuts_both(step), "shut-both");
    add(was_shut && step.call == CallKind::Connect, "shutdown-while-connecting");
    add(was_shut && step.call == CallKind::Listen, "listen-again");
    add(was_shut && found->second.failed && step.call == CallKind::Recv, "failed-shutdown");
    const Connection* const conn = model_.connection_of(step.socket);
    if (conn == nullptr) {
        return out;
    }
    add(step.call == CallKind::Bind && conn->state == State::Closed, "bind-after-reset");
    add(step.call == CallKind::Shutdown && conn->state == State::SynSent,
        "shutdown-while-connecting");
    if (step.call == CallKind::Send) {
        add(conn->state == State::SynReceived, "send-in-syn-received");
        add(step.value >= 2 * (std::int64_t{conn->agreed.mss} - kTimestampOctets),
            "push-of-bursts");
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
    const Seq seq = Player::kPeerIss + step.seq;
    const std::uint32_t length = step.len + (step.flags.fin() ? 1U : 0U);
    const std::uint32_t ahead = distance(now.rcv_nxt, seq + length);
    const auto last = last_ts_val_.find(step.flow);
    const bool half_open = state == State::SynReceived;
    add(length != 0 && after(seq, now.rcv_nxt), "out-of-order");
    add(ahead > kNearEdge && ahead < kBeyondEdge, "window");
    add(step.window != kUsualWindow, "small-window");
    add(step.len != 0 && step.flags.fin(), ahead == 1 ? "old-text-new-fin" : "text-with-fin");
    add(half_open && step.options.ts_ecr != 0, "request-echo");
    add(step.options.timestamps && !step.flags.syn() && !offered_.contains(step.flow),
        "unasked-timestamp");
    add(step.flags.ack() && step.ack == 0, "ack-of-iss");
    add(state == State::Closed && step.flags.syn() && step.flags.ack(), "cookie-with-syn");
    add(half_open && step.flags.syn() && step.flags.ack() && length != 0, "syn-ack-to-request");
    add(step.options.timestamps && last != last_ts_val_.end() &&
            before(Seq{step.options.ts_val}, Seq{last->second}),
        "paws");
    const Connection* const conn = model_.connection_at(flow);
    if (conn == nullptr) {
        add(!half_open && state != State::Closed && step.options.timestamps, "light-timestamp");
        return out;
    }
    const bool old = length != 0 && before(seq, now.rcv_nxt);
    const bool old_ack =
        step.flags.ack() && before(player_.host_iss(step.flow) + step.ack, now.una);
    add(step.flags.ack() && player_.host_iss(step.flow) + step.ack == conn->snd.iss, "ack-of-iss");
    add(conn->ack.delayed, "owed-ack");
    add(half_open && (conn->agreed.timestamps || conn->fin_queued), "crossing-syn");
    add(old_ack && (step.options.timestamps || step.len != 0), "fast-path");
    add(length != 0 && conn->snd.nxt != conn->send_end(), "text-frees-nagle");
    add(old && conn->state == State::FinWait1, "old-text-for-orphan");
    add(old, "quick-ack-mode");
    add(conn->agreed.timestamps && step.len > kEthernetMss - kTimestampOctets,
        "mss-with-timestamps");
    return out;
}

bool GapWatch::meets_gap(const Step& step, const std::set<std::string>& open) const {
    const GapNames gaps = step.arrives ? gaps_of_arrival(step) : gaps_of_call(step);
    return std::any_of(gaps.begin(), gaps.end(),
                       [&](std::string_view gap) { return !open.contains(std::string{gap}); });
}

}  // namespace synq::test
