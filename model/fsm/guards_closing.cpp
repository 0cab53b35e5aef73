// Of what remains after our FIN: light records (linux.md 5), and orphans.
#include "model/fsm/guards.h"
#include "model/fsm/limits.h"
#include "model/fsm/orphans.h"
#include "model/tcb/acceptability.h"

namespace synq::guard {
namespace {

bool tw_older(const Step& step) {
    return older_timestamp(step.seg().options, step.tw().timestamps, step.tw().ts_recent);
}

}  // namespace

bool assassination_forbidden::test(const Step& step) {
    return step.sysctl().rfc1337 != 0 && step.seg().flags.rst();
}
bool reset_of_time_wait::test(const Step& step) {
    return reset_at_rcv_nxt::test(step) && !tw_older(step);
}
bool ack_not_of_our_fin::test(const Step& step) {
    return step.seg().ack != step.tw().snd_nxt;
}
bool tw_older_timestamp::test(const Step& step) {
    return tw_older(step);
}
bool plain_syn_to_listener::test(const Step& step) {
    const Flags flags = step.seg().flags;
    return step.listener.valid() && flags.syn() && !flags.rst() && !flags.ack();
}
// (LX-TWMAX)
bool time_wait_full::test(const Step& step) {
    return static_cast<std::int64_t>(step.stack.store.time_waits.live()) >=
           step.sysctl().max_tw_buckets;
}
bool pure_at_rcv_nxt::test(const Step& step) {
    return !tw_older(step) && step.seg().seq == step.tw().rcv_nxt && step.seg().length() == 0;
}
bool syn_may_reuse::test(const Step& step) {
    const TimeWait& tw = step.tw();
    const Segment& seg = step.seg();
    const bool newer = tw.timestamps && seg.options.timestamps &&
                       static_cast<std::int32_t>(seg.options.ts_val - tw.ts_recent) > 0;
    return plain_syn_to_listener::test(step) && !tw_older(step) &&
           (after(seg.seq, tw.rcv_nxt) || newer);
}
bool tw_outside_window::test(const Step& step) {
    const TimeWait& tw = step.tw();
    return tw_older(step) ||
           !linux_light_acceptable(step.seg().seq, step.seg().end(), tw.rcv_nxt, tw.rcv_wnd);
}
bool syn_at_or_after_rcv_nxt::test(const Step& step) {
    return step.seg().flags.syn() && at_or_after(step.seg().seq, step.tw().rcv_nxt);
}
bool nothing_new::test(const Step& step) {
    const Segment& seg = step.seg();
    return !seg.flags.ack() || !after(seg.end(), step.tw().rcv_nxt) || seg.length() == 0;
}
bool exactly_fin::test(const Step& step) {
    return step.seg().flags.fin() && step.seg().end() == step.tw().rcv_nxt + 1;
}

bool client_may_take_over::test(const Step& step) {
    const TimeWait& tw = step.tw();
    if (!tw.timestamps || step.port_named) {
        return tw.timestamps;
    }
    const Sysctls& sysctl = step.sysctl();
    const FlowKey& flow = tw.flow;
    const bool loopback = flow.local.address.is_loopback() || flow.remote.address.is_loopback();
    const auto waited = static_cast<std::int32_t>(step.milliseconds_now() - tw.entered_ms);
    return tw.state == State::TimeWait && waited >= sysctl.tw_reuse_delay_ms &&
           (sysctl.tw_reuse == 1 || (sysctl.tw_reuse == 2 && loopback));
}

bool too_many_orphans::test(const Step& step) {
    return synq::too_many_orphans(step);
}
bool orphan_must_go::test(const Step& step) {
    return synq::orphan_must_go(step);
}
bool probing_orphan_must_go::test(const Step& step) {
    return synq::orphan_must_go(step) && !window_probed_too_long(step);
}
bool no_linger_2::test(const Step& step) {
    return step.options().linger2_s < 0;
}
bool fin_timeout_long::test(const Step& step) {
    return fin_wait_2_life(step) > step.stack.profile->time_wait;
}

}  // namespace synq::guard
