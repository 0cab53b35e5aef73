#include "model/fsm/orphans.h"

#include "model/fsm/limits.h"

namespace synq {
namespace {

/// Linux TCP_TIMEWAIT_LEN, in another use of it.
constexpr Duration kLately = seconds(60);

bool over_limit(const Step& step, unsigned doublings) {
    const auto seen = std::int64_t{step.stack.orphans.seen(step.now)};
    return (seen << doublings) > step.sysctl().max_orphans;
}

/// Since text last left, first or again.
Duration textless(const Step& step) {
    const std::uint32_t ticks = step.ticks() - step.conn().text_ticks;
    return step.stack.profile->tick * ticks;
}

/// It still repeats what is outstanding; one whose window is shut has nothing to repeat.
bool persists(const Step& step) {
    return step.conn().timer_role == TimerRole::Persist || !orphan_given_up(step);
}

}  // namespace

bool too_many_orphans(const Step& step) {
    return over_limit(step, 0);
}

bool orphan_must_go(const Step& step) {
    const Connection& conn = step.conn();
    if (!conn.orphan) {
        return false;
    }
    const bool silent = textless(step) > milliseconds(step.sysctl().rto_max_ms) * 2;
    const bool doubtful =
        conn.extra.valid() && step.stack.store.extras[conn.extra].soft_error != Errno::None;
    return over_limit(step, (silent || !persists(step) ? 1U : 0U) + (doubtful ? 1U : 0U));
}

bool orphan_resets(const Step& step) {
    const Connection& conn = step.conn();
    return persists(step) || textless(step) <= kLately ||
           (conn.snd.wnd == 0 && !conn.unacknowledged());
}

}  // namespace synq
