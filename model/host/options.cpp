// setsockopt() (linux.md 1.4).
#include "model/fsm/acks.h"
#include "model/fsm/limits.h"
#include "model/fsm/output.h"
#include "model/host/host.h"

#include <algorithm>
#include <utility>

namespace synq {
namespace {

constexpr std::int64_t kLongestIdle = 32'767;  // Linux MAX_TCP_KEEPIDLE, MAX_TCP_KEEPINTVL
constexpr std::int64_t kMostProbes = 127;      // Linux MAX_TCP_KEEPCNT, MAX_TCP_SYNCNT
constexpr std::int64_t kLongestLinger2 = 120;  // Linux TCP_FIN_TIMEOUT_MAX
constexpr std::int64_t kLongestUserTimeout = 2'147'483'647;

bool within(std::int64_t value, std::int64_t least, std::int64_t most) {
    return value >= least && value <= most;
}

/// False: a value that Linux refuses.
/// Keepalive is off by default, its times can be set (MUST-24, MUST-25, MUST-27).
bool set(SocketOptions& options, SocketOption option, std::int64_t value) {
    switch (option) {
        case SocketOption::NoDelay:
            options.nodelay = value != 0;
            return true;
        case SocketOption::QuickAck:
            return true;
        case SocketOption::KeepAlive:
            options.keepalive = value != 0;
            return true;
        case SocketOption::KeepIdle:
            options.keep_idle_s = static_cast<std::uint16_t>(value);
            return within(value, 1, kLongestIdle);
        case SocketOption::KeepInterval:
            options.keep_interval_s = static_cast<std::uint16_t>(value);
            return within(value, 1, kLongestIdle);
        case SocketOption::KeepCount:
            options.keep_count = static_cast<std::uint8_t>(value);
            return within(value, 1, kMostProbes);
        case SocketOption::UserTimeout:
            options.user_timeout_ms = static_cast<std::uint32_t>(value);
            return within(value, 0, kLongestUserTimeout);
        case SocketOption::SynCount:
            options.syn_count = static_cast<std::uint8_t>(value);
            return within(value, 1, kMostProbes);
        case SocketOption::Linger:
            options.reset_on_close = value == 0;
            return true;
        case SocketOption::Linger2:
            options.linger2_s = static_cast<std::int32_t>(
                value < 0 ? -1 : (value > kLongestLinger2 ? kLongestLinger2 : value));
            return true;
        case SocketOption::DeferAccept:
            options.defer_timeouts = timeouts_within(value);
            return true;
        case SocketOption::ReceiveErrors:
            options.receive_errors = value != 0;
            return true;
        case SocketOption::FastOpen:
            options.fast_open = static_cast<std::uint32_t>(value);
            return value >= 0;
        case SocketOption::ReuseAddress:
        case SocketOption::ReusePort:
            return true;  // of the port, not of connections
    }
    return false;
}

/// A change of SO_KEEPALIVE or TCP_KEEPIDLE moves the timer (Linux tcp_set_keepalive,
/// tcp_sock_set_keepidle).
void apply_keepalive(const Step& step, SocketOption option, bool begins) {
    if (step.conn().state == State::Closed) {
        return;
    }
    if (option == SocketOption::KeepAlive && !step.options().keepalive) {
        step.stack.cancel(TimerKind::Keepalive, step.connection.value);
    } else if (begins) {
        step.stack.arm(TimerKind::Keepalive, step.connection.value,
                       step.now + keepalive_idle(step));
    } else if (option == SocketOption::KeepIdle && step.options().keepalive) {
        const Duration left = keepalive_idle(step) - silence(step);
        step.stack.arm(TimerKind::Keepalive, step.connection.value,
                       step.now + std::max(left, Duration{.ns = 0}));
    }
}

/// What Nagle has held back leaves at once (Linux __tcp_sock_set_nodelay).
void push(const Step& step) {
    const State state = step.conn().state;
    if (state == State::Established || state == State::CloseWait) {
        transmit(step);
    }
}

}  // namespace

CallResult Host::set_option(Instant now, SocketId id, SocketOption option, std::int64_t value,
                            Outbox& out) {
    begin(out);
    Socket& socket = sockets_[id];
    SocketOptions wanted = socket.options;
    if (!set(wanted, option, value)) {
        return CallResult::fail(Errno::Einval);
    }
    if (option == SocketOption::FastOpen) {
        if (!may_set_fast_open(id)) {
            return CallResult::fail(Errno::Einval);
        }
        wanted.fast_open = bounded_fast_open(value);
    }
    const bool keepalive_begins = wanted.keepalive && !socket.options.keepalive;
    socket.options = wanted;
    if (option == SocketOption::ReuseAddress || option == SocketOption::ReusePort) {
        share_port(id, option, value != 0);
    } else if (socket.kind == Socket::Kind::Listener) {
        stack_.store.listeners[socket.listener].options = wanted;
    } else if (socket.kind == Socket::Kind::Connection) {
        const Step step = step_for(now, socket.connection);
        if (option == SocketOption::QuickAck) {
            set_quick_ack(step, value != 0);
        } else {
            stack_.store.extra(socket.connection).options = wanted;
            apply_keepalive(step, option, keepalive_begins);
            if (option == SocketOption::NoDelay && wanted.nodelay) {
                push(step);
            }
        }
    }
    return CallResult::ok();
}

std::uint32_t Host::bounded_fast_open(std::int64_t wanted) const {
    return static_cast<std::uint32_t>(std::min(wanted, stack_.sysctl.somaxconn));
}

bool Host::may_set_fast_open(SocketId id) const {
    const Connection* const conn = connection_of(id);
    return conn == nullptr || conn->state == State::Closed;
}

void Host::share_port(SocketId id, SocketOption option, bool on) {
    Socket& socket = sockets_[id];
    if (option == SocketOption::ReuseAddress) {
        socket.sharing.address = on;
    } else {
        socket.sharing.port = on;
    }
    const bool listens = socket.kind == Socket::Kind::Listener;
    if (listens) {
        stack_.store.listeners[socket.listener].sharing = socket.sharing;
    } else if (socket.kind == Socket::Kind::Connection) {
        stack_.store.connections[socket.connection].sharing = socket.sharing;
    }
    ports_.note(socket.local, id, socket.sharing, listens);
}

std::int64_t Host::get_option(SocketId id, SocketOption option) const {
    const Socket& socket = sockets_[id];
    const SocketOptions& options = socket.options;
    const Sysctls& sysctl = stack_.sysctl;
    switch (option) {
        case SocketOption::NoDelay:
            return options.nodelay ? 1 : 0;
        case SocketOption::KeepAlive:
            return options.keepalive ? 1 : 0;
        case SocketOption::KeepIdle:
            return options.keep_idle_s != 0 ? options.keep_idle_s : sysctl.keepalive_time_s;
        case SocketOption::KeepInterval:
            return options.keep_interval_s != 0 ? options.keep_interval_s
                                                : sysctl.keepalive_interval_s;
        case SocketOption::KeepCount:
            return options.keep_count != 0 ? options.keep_count : sysctl.keepalive_probes;
        case SocketOption::UserTimeout:
            return options.user_timeout_ms;
        case SocketOption::SynCount:
            return options.syn_count != 0 ? options.syn_count : sysctl.syn_retries;
        case SocketOption::Linger2:
            return options.linger2_s != 0 ? options.linger2_s : sysctl.fin_timeout_s;
        case SocketOption::DeferAccept:
            return seconds_of_timeouts(options.defer_timeouts);
        case SocketOption::FastOpen:
            return options.fast_open;
        case SocketOption::ReuseAddress:
            return socket.sharing.address ? 1 : 0;
        case SocketOption::ReusePort:
            return socket.sharing.port ? 1 : 0;
        case SocketOption::ReceiveErrors:
            return options.receive_errors ? 1 : 0;
        case SocketOption::QuickAck:
        case SocketOption::Linger:
            break;
    }
    return -1;
}

Errno Host::socket_error(SocketId id) {
    Socket& socket = sockets_[id];
    if (socket.kind != Socket::Kind::Connection) {
        return std::exchange(socket.error, Errno::None);
    }
    Connection& conn = stack_.store.connections[socket.connection];
    if (conn.error == Errno::None && conn.extra.valid()) {
        return std::exchange(stack_.store.extras[conn.extra].soft_error, Errno::None);
    }
    return std::exchange(conn.error, Errno::None);
}

}  // namespace synq
