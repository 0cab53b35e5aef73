#include "sim/peer/peer_host.h"

namespace synq {
namespace {

constexpr std::int64_t kReceiveOctets = 1'048'576;  // more than a window: all that there are

HostConfig config(const Profile& profile, const Sysctls& sysctl) {
    // Any fixed key: answers must not depend on the run.
    return {.profile = &profile,
            .sysctl = sysctl,
            .secret = {.k0 = 0x7379'6e71'2d70'6565, .k1 = 0x7220'6b65'7920'3031},
            .address = PeerHost::kLocal.address};
}

}  // namespace

PeerHost::PeerHost(const Profile& profile, const Sysctls& sysctl)
    : fresh_(config(profile, sysctl)), host_(fresh_) {
    Outbox nothing;
    fresh_own_ = fresh_.call({}, {.kind = CallKind::Socket}, nothing).socket;
    fresh_.call({}, {.kind = CallKind::Bind, .socket = fresh_own_, .endpoint = kLocal}, nothing);
    reset();
}

void PeerHost::reset() {
    host_ = fresh_;
    timers_ = {};
    now_ = {};
    own_ = fresh_own_;
    accepted_ = {};
    blocked_.reset();
    woken_ = false;
    sent_.clear();
}

Call PeerHost::as_call(PeerCall call) const {
    const SocketId connected = accepted_.valid() ? accepted_ : own_;
    switch (call) {
        case PeerCall::Connect:
            return {.kind = CallKind::Connect, .socket = own_, .endpoint = kRemote};
        case PeerCall::Listen:
            return {.kind = CallKind::Listen, .socket = own_, .value = kBacklog};
        case PeerCall::Accept:
            return {.kind = CallKind::Accept, .socket = own_};
        case PeerCall::Receive:
            return {.kind = CallKind::Recv, .socket = connected, .value = kReceiveOctets};
        case PeerCall::Send:
            return {.kind = CallKind::Send, .socket = connected, .value = kSendOctets};
        case PeerCall::Close:
            return {.kind = CallKind::Close, .socket = own_};
        case PeerCall::CloseConnection:
            break;
    }
    return {.kind = CallKind::Close, .socket = accepted_};
}

void PeerHost::call(PeerCall call) {
    sent_.clear();
    switch (call) {
        case PeerCall::Close:
            close(own_);
            break;
        case PeerCall::CloseConnection:
            close(accepted_);
            break;
        case PeerCall::Connect:
        case PeerCall::Accept:
            // The program keeps one connection, and one thread for the calls that may wait.
            if (!blocked_ && !accepted_.valid()) {
                begin(as_call(call));
            }
            break;
        case PeerCall::Receive:
            if (!blocked_) {
                begin(as_call(call));
            }
            break;
        case PeerCall::Listen:
        case PeerCall::Send:
            begin(as_call(call));
            break;
    }
    run_woken();
}

void PeerHost::close(SocketId& socket) {
    blocked_.reset();
    woken_ = false;
    if (socket.valid()) {
        make({.kind = CallKind::Close, .socket = socket});
        socket = {};
    }
}

void PeerHost::begin(const Call& call) {
    if (!call.socket.valid()) {
        return;  // EBADF
    }
    const CallResult result = make(call);
    if (result.blocked) {
        // send() before the handshake is over waits, too, unless another call does already.
        blocked_ = blocked_ ? blocked_ : std::optional(call);
    } else if (call.kind == CallKind::Accept && result.error == Errno::None) {
        accepted(result.socket);
    }
}

CallResult PeerHost::make(const Call& call) {
    const CallResult result = host_.call(now_, call, outbox_);
    apply();
    return result;
}

void PeerHost::accepted(SocketId socket) {
    accepted_ = socket;
    for (const SocketOption option : {SocketOption::NoDelay, SocketOption::QuickAck}) {
        host_.set_option(now_, socket, option, 1, outbox_);
        apply();
    }
}

void PeerHost::run_woken() {
    while (woken_) {
        woken_ = false;
        const Call call = *blocked_;
        blocked_.reset();
        begin(call);
    }
}

void PeerHost::arrive(const Segment& segment) {
    sent_.clear();
    host_.on_segment(now_, {.src = kRemote, .dst = kLocal, .segment = segment}, outbox_);
    apply();
    run_woken();
}

bool PeerHost::pass(Duration span) {
    const Instant end = now_ + span;
    if (end > kEnd) {
        return false;
    }
    sent_.clear();
    Nodes nodes{host_};
    while (true) {
        if (const TimerRef timer = timers_.pop_due(nodes, now_); timer.valid()) {
            host_.on_timer(now_, timer, outbox_);
            apply();
        } else if (woken_) {
            run_woken();
        } else if (now_ < end) {
            now_ = timers_.advance(nodes, end);
        } else {
            return true;
        }
    }
}

void PeerHost::apply() {
    Nodes nodes{host_};
    for (const Effect& effect : outbox_) {
        if (const auto* const sending = std::get_if<SendPacket>(&effect)) {
            sent_.push_back(sending->packet.segment);
        } else if (const auto* const arming = std::get_if<ArmTimer>(&effect)) {
            timers_.arm(nodes, arming->timer, arming->deadline);
        } else if (const auto* const cancelling = std::get_if<CancelTimer>(&effect)) {
            timers_.cancel(nodes, cancelling->timer);
        } else if (const auto* const waking = std::get_if<WakeSocket>(&effect)) {
            woken_ = woken_ || (blocked_ && blocked_->socket == waking->socket);
        }
    }
    outbox_.clear();
}

State PeerHost::state() const {
    const State flow = host_.store().state_of({.local = kLocal, .remote = kRemote});
    const bool listens = own_.valid() && host_.listener_of(own_).valid();
    return flow == State::Closed && listens ? State::Listen : flow;
}

}  // namespace synq
