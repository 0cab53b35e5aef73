// Of calls, timers and ICMP errors.
#include "model/fsm/guards.h"
#include "model/fsm/limits.h"
#include "model/fsm/segments.h"

namespace synq::guard {
namespace {

/// ICMP makes no path narrower (Linux net.ipv4.route.min_pmtu).
constexpr std::uint16_t kLeastPathMtu = 552;

}  // namespace

bool unread_data::test(const Step& step) {
    return step.conn().rcv.unread != 0;
}
bool unsent::test(const Step& step) {
    return step.conn().snd.nxt != step.conn().send_end();
}
bool probe_outstanding::test(const Step& step) {
    return step.conn().probe_sent;
}
bool icmp_number_stale::test(const Step& step) {
    if (step.request.valid()) {
        return step.icmp->seq != step.req().iss;
    }
    const SendSequence& snd = step.conn().snd;
    const Seq oldest = step.conn().fast_open ? snd.iss : snd.una;
    return before(step.icmp->seq, oldest) || after(step.icmp->seq, snd.nxt);
}
bool icmp_ignored::test(const Step& step) {
    return icmp_errno(*step.icmp) == Errno::None;
}
bool icmp_narrows_path::test(const Step& step) {
    const IcmpError& icmp = *step.icmp;
    return icmp.type == kIcmpUnreachable && icmp.code == kIcmpFragmentationNeeded &&
           icmp.mtu >= kLeastPathMtu &&
           step.stack.mss_towards(step.flow.remote.address, icmp.mtu) < own_mss(step);
}
bool icmp_hard::test(const Step& step) {
    return step.icmp->type == kIcmpUnreachable && (step.icmp->code == 2 || step.icmp->code == 3);
}
bool errors_wanted::test(const Step& step) {
    return step.options().receive_errors;
}
bool icmp_spares_request::test(const Step& step) {
    const IcmpError& icmp = *step.icmp;
    const bool unreachable = icmp.type == kIcmpUnreachable && icmp.code <= 1;
    const bool expired = icmp.type == kIcmpTimeExceeded && icmp.code == 0;
    return !unreachable && !expired && icmp.type != kIcmpParameterProblem;
}

bool keepalive_not_due::test(const Step& step) {
    const Connection& conn = step.conn();
    return conn.unacknowledged() || conn.snd.nxt != conn.send_end() ||
           silence(step) < keepalive_idle(step);
}
bool keepalive_used_up::test(const Step& step) {
    return keepalive_gives_up(step);
}
bool syn_retries_used_up::test(const Step& step) {
    return syn_gives_up(step);
}
bool window_probes_exhausted::test(const Step& step) {
    return window_probed_too_long(step) || window_probes_used_up(step);
}
bool data_retries_used_up::test(const Step& step) {
    return data_gives_up(step);
}

}  // namespace synq::guard
