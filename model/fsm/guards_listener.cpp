// Of a listener and of its requests (linux.md 2).
#include "model/fsm/guards.h"
#include "model/fsm/limits.h"
#include "model/listen/cookie.h"
#include "model/tcb/acceptability.h"

namespace synq {

std::optional<std::uint16_t> cookie_mss(const Step& step) {
    const Segment& seg = step.seg();
    return check_cookie(step.stack.secret, step.flow, seg.ack - 1, seg.seq - 1, step.now);
}

}  // namespace synq

namespace synq::guard {
namespace {

bool in_request_window(const Step& step) {
    const Segment& seg = step.seg();
    const ReceiveEdge edge = receive_edge(step);
    return linux_light_acceptable(seg.seq, seg.end(), edge.nxt, edge.wnd);
}

}  // namespace

bool request_queue_full::test(const Step& step) {
    return step.lis().request_queue_full(step.stack.profile->listen, step.sysctl().max_syn_backlog);
}
bool request_queue_full_without_cookies::test(const Step& step) {
    return !step.reuse_time_wait && step.sysctl().syncookies == 0 && request_queue_full::test(step);
}
bool accept_queue_full::test(const Step& step) {
    return step.lis().accept_queue_full(step.stack.profile->listen);
}
bool accept_queue_full_of_young::test(const Step& step) {
    return accept_queue_full::test(step) && step.lis().young > 1;
}
bool request_could_go::test(const Step& step) {
    const ListenPolicy& policy = step.stack.profile->listen;
    const Listener& listener = step.lis();
    const bool repeated_only = policy.gives_way == GivesWay::OldestRepeated;
    const std::uint32_t candidates = listener.request_queue - (repeated_only ? listener.young : 0);
    const bool shared = policy.bound == RequestBound::Shared;
    const bool taken = listener.accept_queue >= accept_room(policy, listener.backlog);
    return candidates != 0 && !taken &&
           (shared ? accept_queue_full::test(step) : request_queue_full::test(step));
}
bool cookie_wanted::test(const Step& step) {
    return !step.reuse_time_wait &&
           (step.sysctl().syncookies == 2 ||
            (step.sysctl().syncookies == 1 && request_queue_full::test(step)));
}
bool reserved_for_known_peers::test(const Step& step) {
    const std::int64_t limit = step.sysctl().max_syn_backlog;
    return step.sysctl().syncookies == 0 && !step.reuse_time_wait &&
           limit - step.lis().request_queue < (limit >> 2);
}
bool cookie_valid::test(const Step& step) {
    return !step.seg().flags.syn() && cookies_recent(step.lis(), step.now) &&
           cookie_mss(step).has_value();
}
bool cookie_of_refused_options::test(const Step& step) {
    const Options& options = step.seg().options;
    // With tcp_timestamps = 0 Linux does not see that there is a timestamp.
    if (!options.timestamps || step.sysctl().timestamps == 0 || !cookie_valid::test(step)) {
        return false;
    }
    const CookieOptions stored = options_of_timestamp(options.ts_ecr);
    return (stored.sack && step.sysctl().sack == 0) ||
           (stored.window_scale != Options::kNoScale && step.sysctl().window_scaling == 0);
}
bool cookie_invalid_but_sent::test(const Step& step) {
    return !step.seg().flags.syn() && cookies_recent(step.lis(), step.now) &&
           !cookie_mss(step).has_value();
}

bool duplicate_syn::test(const Step& step) {
    const Flags flags = step.seg().flags;
    return flags.syn() && !flags.ack() && !flags.rst() && step.seg().seq == step.req().irs &&
           !older_timestamp_of_request::test(step);
}
bool reset_at_rcv_nxt::test(const Step& step) {
    return step.seg().flags.rst() && step.seg().seq == receive_edge(step).nxt;
}
bool reset_in_window::test(const Step& step) {
    return step.seg().flags.rst() && in_request_window(step);
}
bool ack_is_not_of_syn_ack::test(const Step& step) {
    return step.seg().flags.ack() && step.seg().ack != step.req().iss + 1;
}
bool older_timestamp_of_request::test(const Step& step) {
    const Request& request = step.req();
    return older_timestamp(step.seg().options, request.agreed.timestamps, request.ts_recent);
}
bool echo_not_of_syn_ack::test(const Step& step) {
    const Request& request = step.req();
    const Options& options = step.seg().options;
    return request.agreed.timestamps && options.timestamps && options.ts_ecr != 0 &&
           options.ts_ecr - request.ts_first > request.ts_last - request.ts_first;
}
bool outside_window::test(const Step& step) {
    return !in_request_window(step);
}
bool syn_in_window::test(const Step& step) {
    return step.seg().flags.syn() && step.seg().seq != step.req().irs;
}
bool abort_on_overflow::test(const Step& step) {
    return step.sysctl().abort_on_overflow != 0;
}
bool data_is_waited_for::test(const Step& step) {
    return step.req().timeouts < step.lis().options.defer_timeouts &&
           step.seg().end() == receive_edge(step).nxt;
}
bool request_expired::test(const Step& step) {
    if (step.lis().closed || request_outlived(step)) {
        return true;
    }
    // A client that waits for data to send gets its whole time (Linux syn_ack_recalc).
    const Request& request = step.req();
    return request.timeouts >= synack_retries_allowed(step) &&
           (!request.acked || request.timeouts >= step.lis().options.defer_timeouts);
}
bool acked_and_deferred::test(const Step& step) {
    return step.req().acked && step.req().timeouts + 1 < step.lis().options.defer_timeouts;
}

}  // namespace synq::guard
