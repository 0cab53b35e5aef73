// listen(), accept() and the end of a listener (linux.md 1.1, 2.7).
#include "model/fsm/machine.h"
#include "model/host/host.h"

namespace synq {

CallResult Host::listen(Instant now, SocketId id, std::int64_t backlog, Outbox& /*out*/) {
    Socket& socket = sockets_[id];
    if (socket.kind == Socket::Kind::Connection) {
        return CallResult::fail(Errno::Einval);
    }
    // A listener that shutdown() had stopped starts anew, beside the children that it left.
    const bool fresh = socket.kind == Socket::Kind::Fresh;
    if (socket.bound && fresh && Ports::held_by_connections(socket.local, stack_.store)) {
        return CallResult::fail(Errno::Eaddrinuse);
    }
    if (!socket.bound && !bind_ephemeral(socket)) {
        return CallResult::fail(Errno::Eaddrinuse);
    }
    Step step{.now = now, .stack = stack_};
    step.octets = backlog_in_force(stack_.profile->listen, backlog, stack_.sysctl.somaxconn);
    if (socket.kind == Socket::Kind::Listener) {
        step.listener = socket.listener;
        dispatch_listener(State::Listen, Event::PassiveOpen, step);
        return CallResult::ok();
    }
    socket.kind = Socket::Kind::Listener;
    socket.listener = stack_.store.listeners.acquire();
    step.listener = socket.listener;
    step.lis().local = socket.local;
    step.lis().socket = id;
    step.lis().options = socket.options;
    listening_.push_back(socket.listener);
    dispatch_listener(State::Closed, Event::PassiveOpen, step);
    return CallResult::ok();
}

CallResult Host::accept(SocketId id) {
    if (sockets_[id].kind != Socket::Kind::Listener) {
        return CallResult::fail(Errno::Einval);
    }
    const ListenerId listener = sockets_[id].listener;
    const ConnectionId child = stack_.store.pop_accept_queue(listener);
    if (!child.valid()) {
        return CallResult::block();
    }
    stack_.report_queues(listener);
    CallResult result = CallResult::ok();
    result.socket = sockets_.acquire();
    Socket& accepted = sockets_[result.socket];
    Connection& conn = stack_.store.connections[child];
    accepted.kind = Socket::Kind::Connection;
    accepted.connection = child;
    accepted.local = conn.flow.local;
    if (conn.extra.valid()) {
        accepted.options = stack_.store.extras[conn.extra].options;
    }
    conn.socket = result.socket;
    result.peer = conn.flow.remote;
    return result;
}

void Host::stop_listening(Instant now, SocketId id, Outbox& /*out*/) {
    const Socket& socket = sockets_[id];
    Step step{.now = now, .stack = stack_, .listener = socket.listener};
    dispatch_listener(State::Listen, Event::CloseCall, step);
}

void Host::forget_listener(Socket& socket) {
    std::erase(listening_, socket.listener);
    socket.kind = Socket::Kind::Fresh;  // still bound: listen() may revive it
    socket.listener = {};
}

}  // namespace synq
