#include "model/listen/store.h"

#include <algorithm>

namespace synq {

RecordRef Store::find(const FlowKey& flow) const {
    return flows_.find(flow_hash(flow), [&](RecordRef ref) {
        switch (ref.kind()) {
            case RecordKind::Connection:
                return connections[ConnectionId{ref.index()}].flow == flow;
            case RecordKind::Request:
                return requests[RequestId{ref.index()}].flow == flow;
            case RecordKind::TimeWait:
                return time_waits[TimeWaitId{ref.index()}].flow == flow;
            case RecordKind::None:
                break;
        }
        return false;
    });
}

State Store::state_of(const FlowKey& flow) const {
    const RecordRef ref = find(flow);
    switch (ref.kind()) {
        case RecordKind::Connection:
            return connections[ConnectionId{ref.index()}].state;
        case RecordKind::Request:
            return State::HalfOpen;
        case RecordKind::TimeWait:
            return time_waits[TimeWaitId{ref.index()}].state;
        case RecordKind::None:
            break;
    }
    return State::Closed;
}

void Store::recycle() {
    connections.recycle();
    requests.recycle();
    time_waits.recycle();
    listeners.recycle();
    extras.recycle();
    held.recycle();
    queued.recycle();
}

Extra& Store::extra(ConnectionId id) {
    if (!connections[id].extra.valid()) {
        connections[id].extra = extras.acquire();
    }
    return extras[connections[id].extra];
}

void Store::remove_connection(ConnectionId id) {
    if (connections[id].extra.valid()) {
        drop_held(id);
        Extra& extra = extras[connections[id].extra];
        drop_packets(extra.received);
        drop_packets(extra.sent);
        extras.release(connections[id].extra);
    }
    connections.release(id);
}

ConnectionId Store::add_connection(const FlowKey& flow) {
    const ConnectionId id = connections.acquire();
    connections[id].flow = flow;
    flows_.insert(flow_hash(flow), {RecordKind::Connection, id.value});
    return id;
}

RequestId Store::add_request(const FlowKey& flow, ListenerId listener) {
    const RequestId id = requests.acquire();
    requests[id].flow = flow;
    requests[id].listener = listener;
    flows_.insert(flow_hash(flow), {RecordKind::Request, id.value});
    join_listener(requests[id]);
    return id;
}

void Store::join_listener(const Request& request) {
    Listener& owner = listeners[request.listener];
    ++owner.request_queue;
    owner.young += request.timeouts == 0 ? 1U : 0U;
    owner.request_queue_max = std::max(owner.request_queue_max, owner.request_queue);
}

TimeWaitId Store::turn_into_time_wait(ConnectionId id) {
    const TimeWaitId fresh = time_waits.acquire();
    const FlowKey& flow = connections[id].flow;
    time_waits[fresh].flow = flow;
    time_waits[fresh].sharing = connections[id].sharing;
    flows_.replace(flow_hash(flow), {RecordKind::Connection, id.value},
                   {RecordKind::TimeWait, fresh.value});
    return fresh;
}

ConnectionId Store::turn_into_connection(RequestId id) {
    const ConnectionId fresh = connections.acquire();
    Request& request = requests[id];
    connections[fresh].flow = request.flow;
    flows_.replace(flow_hash(request.flow), {RecordKind::Request, id.value},
                   {RecordKind::Connection, fresh.value});
    leave_listener(request);
    requests.release(id);
    return fresh;
}

RequestId Store::oldest_request(ListenerId listener, bool repeated) const {
    RequestId oldest;
    flows_.for_each([&](RecordRef ref) {
        if (ref.kind() != RecordKind::Request) {
            return;
        }
        const RequestId id{ref.index()};
        const Request& request = requests[id];
        if (request.listener != listener || (repeated && request.timeouts == 0)) {
            return;
        }
        // By age, then by place in the arena: the table's own order means nothing.
        const auto younger =
            oldest.valid() ? static_cast<std::int32_t>(request.ts_first - requests[oldest].ts_first)
                           : -1;
        if (younger < 0 || (younger == 0 && id.value < oldest.value)) {
            oldest = id;
        }
    });
    return oldest;
}

void Store::remove_request(RequestId id) {
    Request& request = requests[id];
    flows_.erase(flow_hash(request.flow), {RecordKind::Request, id.value});
    leave_listener(request);
    requests.release(id);
}

void Store::leave_listener(const Request& request) {
    Listener& owner = listeners[request.listener];
    --owner.request_queue;
    if (request.timeouts == 0) {
        --owner.young;
    }
    release_unused(request.listener);
}

void Store::stop_listening(ListenerId id) {
    std::erase(listening, id);
}

void Store::close_listener(ListenerId id) {
    stop_listening(id);
    listeners[id].closed = true;
}

void Store::disown_listener(ListenerId id) {
    listeners[id].socket = {};
    release_unused(id);
}

void Store::release_unused(ListenerId id) {
    const Listener& listener = listeners[id];
    if (listener.closed && !listener.socket.valid() && listener.request_queue == 0 &&
        listener.fast_open_records == 0) {
        listeners.release(id);
    }
}

void Store::move_request(RequestId id, ListenerId to) {
    Request& request = requests[id];
    leave_listener(request);
    request.listener = to;
    join_listener(request);
}

void Store::age_request(RequestId id) {
    --listeners[requests[id].listener].young;
}

void Store::remove_time_wait(TimeWaitId id) {
    flows_.erase(flow_hash(time_waits[id].flow), {RecordKind::TimeWait, id.value});
    time_waits.release(id);
}

void Store::detach(ConnectionId id) {
    flows_.erase(flow_hash(connections[id].flow), {RecordKind::Connection, id.value});
}

void Store::push_accept_queue(ListenerId listener, ConnectionId connection) {
    Listener& owner = listeners[listener];
    if (owner.last.valid()) {
        connections[owner.last].next_accepted = connection;
    } else {
        owner.first = connection;
    }
    owner.last = connection;
    ++owner.accept_queue;
    owner.accept_queue_max = std::max(owner.accept_queue_max, owner.accept_queue);
}

ConnectionId Store::pop_accept_queue(ListenerId listener) {
    Listener& owner = listeners[listener];
    const ConnectionId id = owner.first;
    if (!id.valid()) {
        return id;
    }
    Connection& connection = connections[id];
    owner.first = connection.next_accepted;
    if (!owner.first.valid()) {
        owner.last = {};
    }
    connection.next_accepted = {};
    --owner.accept_queue;
    return id;
}

}  // namespace synq
