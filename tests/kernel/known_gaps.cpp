#include "tests/kernel/known_gaps.h"

#include "tests/csv.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace synq::test {
namespace {

constexpr std::uint16_t kUsualWindow = 64'240;
constexpr std::uint32_t kNearEdge = 50'000;  // of the receive window, counted from RCV.NXT
constexpr std::uint32_t kBeyondEdge = 1U << 20U;

constexpr std::array kGaps{
    KnownGap{"ack-of-iss",
             "the SYN of a passive opener counts as an octet acknowledged: an ACK of the ISS is "
             "challenged by Linux, ignored by the model"},
    KnownGap{"bind-after-reset",
             "Linux gives an implicit port back with the connection, and bind() "
             "is possible again"},
    KnownGap{"crossing-syn",
             "the SYN-ACK of a simultaneous open repeats the SYN's options and window; "
             "TS.Recent follows the segment that completes it; its ACK comes after a "
             "queued FIN"},
    KnownGap{"failed-shutdown", "shutdown() that says ENOTCONN still ends reading: recv() gives 0"},
    KnownGap{"fast-path",
             "Linux takes text with a far too old ACK, and its timestamp, when header "
             "prediction hits"},
    KnownGap{"listen-again", "reviving a listener meets its own living children: EADDRINUSE"},
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

std::string_view GapWatch::gap_of_call(const Step& step) const {
    if (step.call == CallKind::Shutdown && shuts_both(step)) {
        return "shut-both";
    }
    const auto shut = shut_.find(step.socket);
    if (shut != shut_.end() && step.call == CallKind::Connect) {
        return "shutdown-while-connecting";
    }
    if (shut != shut_.end() && step.call == CallKind::Listen) {
        return "listen-again";
    }
    if (shut != shut_.end() && shut->second.failed && step.call == CallKind::Recv) {
        return "failed-shutdown";
    }
    const Connection* const conn = model_.connection_of(step.socket);
    if (conn == nullptr) {
        return {};
    }
    switch (step.call) {
        case CallKind::Bind:
            return conn->state == State::Closed ? "bind-after-reset" : "";
        case CallKind::Shutdown:
            return conn->state == State::SynSent ? "shutdown-while-connecting" : "";
        case CallKind::Send:
            if (conn->state == State::SynReceived) {
                return "send-in-syn-received";
            }
            return 2 * (conn->agreed.mss - 12) <= step.value ? "push-of-bursts" : "";
        default:
            return {};
    }
}

std::string_view GapWatch::gap_of_arrival_for(const Connection& conn, const Step& step) const {
    const Numbers now = numbers(step.flow);
    const Seq seq = Player::kPeerIss + step.seq;
    const std::uint32_t length = step.len + (step.flags.fin() ? 1U : 0U);
    const bool old = before(seq, now.rcv_nxt);
    if (conn.ack.delayed) {
        return "owed-ack";
    }
    if (conn.state == State::SynReceived && (conn.agreed.timestamps || conn.fin_queued)) {
        return "crossing-syn";
    }
    if (step.flags.ack() && (step.options.timestamps || step.len != 0) &&
        before(player_.host_iss(step.flow) + step.ack, now.una)) {
        return "fast-path";
    }
    if (length != 0 && conn.snd.nxt != conn.send_end()) {
        return "text-frees-nagle";
    }
    if (step.len != 0 && old && conn.state == State::FinWait1) {
        return "old-text-for-orphan";
    }
    return length != 0 && old ? "quick-ack-mode" : "";
}

std::string_view GapWatch::gap_of_arrival(const Step& step) const {
    const Numbers now = numbers(step.flow);
    const Seq seq = Player::kPeerIss + step.seq;
    const std::uint32_t length = step.len + (step.flags.fin() ? 1U : 0U);
    const std::uint32_t ahead = distance(now.rcv_nxt, seq + length);
    const bool half_open = model_.state_of(model_.flow(step.flow)) == State::SynReceived;
    if (length != 0 && after(seq, now.rcv_nxt)) {
        return "out-of-order";
    }
    if (ahead > kNearEdge && ahead < kBeyondEdge) {
        return "window";
    }
    if (step.window != kUsualWindow) {
        return "small-window";
    }
    if (step.len != 0 && step.flags.fin()) {
        return ahead == 1 ? "old-text-new-fin" : "text-with-fin";
    }
    if (half_open && step.options.ts_ecr != 0) {
        return "request-echo";
    }
    if (step.flags.ack() && step.ack == 0) {
        return "ack-of-iss";
    }
    if (half_open && step.flags.syn() && step.flags.ack() && length != 0) {
        return "syn-ack-to-request";
    }
    const auto last = last_ts_val_.find(step.flow);
    if (step.options.timestamps && last != last_ts_val_.end() &&
        before(Seq{step.options.ts_val}, Seq{last->second})) {
        return "paws";
    }
    const Connection* const conn = model_.connection_at(model_.flow(step.flow));
    return conn == nullptr ? "" : gap_of_arrival_for(*conn, step);
}

std::string_view GapWatch::gap_of(const Step& step) const {
    return step.arrives ? gap_of_arrival(step) : gap_of_call(step);
}

}  // namespace synq::test
