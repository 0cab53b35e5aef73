// Of Fast Open: a SYN that asks a listener for it, and its child until the final ACK.
#include "model/fsm/guards.h"
#include "model/listen/fast_open.h"

namespace synq::guard {

bool fast_open_asked(const Step& step) {
    const Segment& seg = step.seg();
    return step.rules().fast_open && (step.sysctl().fastopen & kFastOpenServer) != 0 &&
           step.lis().options.fast_open != 0 && (seg.len != 0 || seg.options.fast_open.present());
}

bool fast_open_overflow::test(const Step& step) {
    return fast_open_asked(step) && step.lis().fast_open_full(step.now);
}
bool fast_open_granted::test(const Step& step) {
    return fast_open_asked(step) &&
           ((step.sysctl().fastopen & kFastOpenWithoutCookie) != 0 ||
            step.seg().options.fast_open == make_fast_open_cookie(step.stack.secret, step.flow));
}
bool fast_open_cookie_wrong::test(const Step& step) {
    const FastOpenCookie& cookie = step.seg().options.fast_open;
    return fast_open_asked(step) && cookie.present() && !cookie.requested();
}
bool fast_open_cookie_wanted::test(const Step& step) {
    return fast_open_asked(step) && step.seg().options.fast_open.requested();
}
bool final_ack_of_fast_open::test(const Step& step) {
    return step.conn().fast_open;
}
bool fast_open_shut::test(const Step& step) {
    return step.conn().fast_open && step.conn().fin_queued;
}
bool fast_open_accepted::test(const Step& step) {
    return step.conn().fast_open && step.conn().socket.valid();
}
bool fast_open_used_up::test(const Step& step) {
    const int asked = step.options().syn_count;
    const int allowed = asked != 0 ? asked : static_cast<int>(step.sysctl().synack_retries) + 1;
    return step.req().timeouts >= allowed;
}

}  // namespace synq::guard
