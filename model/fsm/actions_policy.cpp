// Actions of listeners and clients that are not Linux (linux.md 2.10).
#include "model/fsm/actions.h"
#include "model/fsm/birth.h"
#include "model/fsm/segments.h"

namespace synq::action {

void reset_syn_of_full_queue::run(Step& step) {
    step.count(Mib::ListenOverflows);
    step.count(Mib::ListenDrops);
    send_reset_for(step);
    step.discard(Drop::AcceptQueueFull);
}

void replace_oldest_request::run(Step& step) {
    const bool repeated_only = step.stack.profile->listen.gives_way == GivesWay::OldestRepeated;
    const RequestId oldest = step.stack.store.oldest_request(step.listener, repeated_only);
    Step goes{.now = step.now,
              .stack = step.stack,
              .flow = step.stack.store.requests[oldest].flow,
              .listener = step.listener,
              .request = oldest};
    return_to_listen::run(goes);
    open_request::run(step);
}

void try_again_later::run(Step& step) {
    step.stack.arm(TimerKind::Retransmission, step.connection.value,
                   step.now + step.stack.profile->refused_pause);
    step.discard(Drop::None);
}

}  // namespace synq::action
