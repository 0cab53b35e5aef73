// Actions of a listening socket (linux.md 2.2, 2.6, 2.7).
#include "model/fsm/acks.h"
#include "model/fsm/actions.h"
#include "model/fsm/birth.h"
#include "model/fsm/fast_open.h"
#include "model/fsm/guards.h"
#include "model/fsm/migration.h"
#include "model/fsm/segments.h"
#include "model/listen/cookie.h"
#include "model/listen/group.h"

namespace synq {

void fill_request(const Step& step) {
    const Segment& syn = step.seg();
    Request& request = step.req();
    request.agreed = negotiate(step);
    request.iss = step.reuse_time_wait ? step.forced_iss
                                       : initial_sequence(step.stack.secret, step.flow, step.now);
    request.irs = syn.seq;
    request.ts_recent = request.agreed.timestamps ? syn.options.ts_val : 0;
}

void open_request_with(Step& step, const FastOpenCookie& cookie) {
    step.request = step.stack.store.add_request(step.flow, step.listener);
    fill_request(step);
    step.stack.arm(TimerKind::Request, step.request.value,
                   step.now + step.stack.profile->initial_rto);
    send_request_syn_ack(step, false, cookie);
    step.stack.report_queues(step.listener);
    step.done = true;
}

}  // namespace synq

namespace synq::action {

void discard_without_socket::run(Step& step) {
    step.discard(Drop::NoSocket);
}
void reset_unknown::run(Step& step) {
    send_reset_for(step);
    step.discard(Drop::NoSocket);
}
void refuse_not_connected::run(Step& step) {
    step.error = Errno::Enotconn;
}
void refuse_broken_pipe::run(Step& step) {
    step.error = Errno::Epipe;
}
void refuse_already::run(Step& step) {
    step.error = Errno::Ealready;
}
void refuse_connected::run(Step& step) {
    step.error = Errno::Eisconn;
}

void start_listening::run(Step& step) {
    step.lis().backlog = step.octets;
    step.stack.report_queues(step.listener);
}
void change_backlog::run(Step& step) {
    start_listening::run(step);
}

// (CLOSE-LISTENQ, CLOSE-SR)
void stop_listening::run(Step& step) {
    // Children nobody accepted are reset; requests vanish at their next timer (linux.md 2.7).
    // tcp_migrate_req gives both to another listener of the group instead.
    Store& store = step.stack.store;
    store.stop_listening(step.listener);
    for (ConnectionId id = store.pop_accept_queue(step.listener); id.valid();
         id = store.pop_accept_queue(step.listener)) {
        Step child{.now = step.now,
                   .stack = step.stack,
                   .flow = store.connections[id].flow,
                   .listener = step.listener,
                   .connection = id};
        if (const ListenerId heir = find_heir(child); heir.valid()) {
            move_child(child, heir);
            continue;
        }
        if (store.connections[id].state != State::Closed) {
            disconnect::run(child);
        }
        store.remove_connection(id);
    }
    store.close_listener(step.listener);
}

void discard_reset::run(Step& step) {
    step.discard(Drop::BadReset);
}
void discard_not_a_syn::run(Step& step) {
    step.discard(Drop::NotASyn);
}
void drop_request_queue_full::run(Step& step) {
    step.count(Mib::TCPReqQFullDrop);
    step.count(Mib::ListenDrops);
    step.discard(Drop::RequestQueueFull);
}
void drop_accept_queue_full::run(Step& step) {
    // The choice of cookie mode is made, and counted, before the accept queue is looked at.
    if (guard::cookie_wanted::test(step)) {
        step.count(Mib::TCPReqQFullDoCookies);
    }
    step.count(Mib::ListenOverflows);
    step.count(Mib::ListenDrops);
    step.discard(Drop::AcceptQueueFull);
}
void drop_reserved::run(Step& step) {
    step.count(Mib::ListenDrops);
    step.discard(Drop::ReservedForKnownPeers);
}

void send_cookie::run(Step& step) {
    const Segment& syn = step.seg();
    const Negotiated agreed = negotiate(step);
    Segment out{.ack = syn.seq + 1, .flags = kSyn | kAck};
    out.seq = make_cookie(step.stack.secret, step.flow, syn.seq, agreed.mss, step.now);
    out.options.mss = step.stack.mss_towards(step.flow.remote.address);
    // Without timestamps a cookie can hold neither SACK nor scaling.
    if (agreed.timestamps) {
        out.options.timestamps = true;
        out.options.ts_ecr = syn.options.ts_val;
        out.options.ts_val = timestamp_with_options(
            step.stack.timestamp(step.now), agreed.scaling ? agreed.send_scale : Options::kNoScale,
            agreed.sack);
        out.options.sack_permitted = agreed.sack;
        if (agreed.scaling) {
            out.options.window_scale = step.stack.window_scale;
        }
    }
    out.window = initial_window(out.options.mss, agreed.timestamps);
    step.count(Mib::TCPReqQFullDoCookies);
    step.count(Mib::SyncookiesSent);
    note_cookie_sent(step.stack.store, step.listener, step.now);
    step.stack.send(step.flow, out);
    step.done = true;
}

void open_request::run(Step& step) {
    note_fast_open_syn(step);
    open_request_with(step, {});
}

void drop_cookie_ack::run(Step& step) {
    step.count(Mib::SyncookiesRecv);
    step.count(Mib::ListenOverflows);
    step.count(Mib::ListenDrops);
    step.discard(Drop::CookieAcceptQueueFull);
}

void accept_cookie::run(Step& step) {
    const Segment& ack = step.seg();
    Negotiated agreed;
    agreed.mss = *cookie_mss(step);
    if (ack.options.timestamps && step.sysctl().timestamps != 0) {
        const CookieOptions stored = options_of_timestamp(ack.options.ts_ecr);
        agreed.timestamps = true;
        agreed.sack = stored.sack;
        if (stored.window_scale != Options::kNoScale) {
            agreed.scaling = true;
            agreed.send_scale = stored.window_scale;
            agreed.receive_scale = step.stack.window_scale;
        }
    }
    step.count(Mib::SyncookiesRecv);
    step.connection = step.stack.store.add_connection(step.flow);
    be_born_from_handshake(step, agreed, ack.ack - 1, ack.seq - 1, ack.options.ts_val);
    step.conn().rcv.wnd = initial_window(agreed.mss, false);
    // The echoed timestamp is the only memory of when the SYN-ACK left.
    if (agreed.timestamps) {
        sample_timestamp_echo(step);
    }
}

void reset_refused_cookie::run(Step& step) {
    step.count(Mib::SyncookiesRecv);
    reset_unknown::run(step);
}
void reset_bad_cookie::run(Step& step) {
    step.count(Mib::SyncookiesFailed);
    reset_unknown::run(step);
}

}  // namespace synq::action
