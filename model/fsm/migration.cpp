#include "model/fsm/migration.h"

#include "model/fsm/machine.h"
#include "model/listen/group.h"

namespace synq {

ListenerId find_heir(const Step& step) {
    const ListenerId gone = step.request.valid() ? step.req().listener : step.listener;
    if (step.sysctl().migrate_req == 0 || step.stack.store.listeners[gone].group == 0) {
        return {};
    }
    const ListenerId heir = find_sibling(step.stack.store, step.stack.secret, gone, step.flow);
    if (!heir.valid()) {
        step.count(Mib::TCPMigrateReqFailure);
    }
    return heir;
}

void move_child(const Step& child, ListenerId heir) {
    Store& store = child.stack.store;
    store.push_accept_queue(heir, child.connection);
    if (child.conn().fast_open) {
        store.move_fast_open(child.connection, heir);
    }
    child.count(Mib::TCPMigrateReqSuccess);
    child.stack.report_queues(heir);
    child.stack.out->emplace_back(WakeSocket{store.listeners[heir].socket});
}

ListenerId listener_for(const Step& step) {
    const ListenerId own = step.req().listener;
    return step.stack.store.listeners[own].closed ? find_heir(step) : own;
}

void request_timeout(Step& step) {
    step.listener = step.req().listener;
    bool moved = false;
    if (step.lis().closed) {
        if (const ListenerId heir = find_heir(step); heir.valid()) {
            step.stack.store.move_request(step.request, heir);
            step.listener = heir;
            moved = true;
        }
    }
    dispatch_connection(State::HalfOpen, Event::RequestTimeout, step);
    if (moved) {
        // A request that was at its end is not worth moving.
        step.count(step.request.valid() ? Mib::TCPMigrateReqSuccess : Mib::TCPMigrateReqFailure);
        step.stack.report_queues(step.listener);
    }
}

void count_failed_migration(const Step& step) {
    if (step.req().listener != step.listener) {
        step.count(Mib::TCPMigrateReqFailure);
    }
}

}  // namespace synq
