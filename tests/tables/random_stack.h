// Random but valid records and segments: everything that a step of the machines may meet.
#pragma once

#include "model/fsm/acks.h"
#include "model/fsm/step.h"
#include "model/listen/cookie.h"
#include "model/listen/fast_open.h"
#include "sim/des/random.h"

#include <cstdint>

namespace synq {

/// What a step needs besides its stack.
struct StepIds {
    ListenerId listener;
    ConnectionId connection;
    RequestId request;
    TimeWaitId time_wait;
};

class StackMaker {
  public:
    explicit StackMaker(std::uint64_t seed) : random_(seed, "stacks", 0) {}

    [[nodiscard]] const FlowKey& flow() const { return flow_; }
    Instant now() const { return now_; }

    /// A host's settings, each away from its default now and then.
    Stack stack() {
        Stack out;
        out.profile = profile();
        out.sysctl = out.profile->sysctl;
        out.sysctl.rfc1337 = pick(0, 1);
        out.sysctl.max_tw_buckets = pick(0, 2) == 0 ? 0 : out.sysctl.max_tw_buckets;
        out.sysctl.fin_timeout_s = pick(0, 1) == 0 ? 30 : 90;
        out.sysctl.retries2 = pick(0, 15);
        out.sysctl.keepalive_time_s = pick(1, 2);
        out.sysctl.keepalive_probes = pick(0, 3);
        out.secret = {.k0 = random_.next(), .k1 = random_.next()};
        out.report = coin();
        out.sysctl.syncookies = pick(0, 2);
        out.sysctl.max_syn_backlog = pick(0, 8);
        out.sysctl.abort_on_overflow = pick(0, 1);
        out.sysctl.timestamps = pick(0, 1);
        out.sysctl.window_scaling = pick(0, 1);
        out.sysctl.sack = pick(0, 1);
        out.sysctl.synack_retries = pick(0, 5);
        out.sysctl.syn_retries = pick(1, 3);
        out.sysctl.tw_reuse = pick(0, 2);
        out.sysctl.max_orphans = pick(0, 3) == 0 ? pick(0, 4) : out.sysctl.max_orphans;
        for (std::int64_t i = pick(0, 4); i > 0; --i) {
            out.orphans.add({});
        }
        out.sysctl.fastopen = pick(0, 1) * kFastOpenServer + pick(0, 1) * kFastOpenWithoutCookie;
        now_ = Instant{} + seconds(100) + milliseconds(pick(0, 400'000));
        return out;
    }

    /// Linux, the RFC, or an older Linux, so that every rule is there and absent now and then.
    const Profile* profile() {
        static const Profile older = [] {
            Profile out = *find_profile("linux-6.18");
            out.rules.ack_above_nxt_answered = false;
            out.rules.syn_answered = false;
            out.rules.request_reset_challenged = false;
            out.rules.request_echo_checked = false;
            out.rules.window_reset_challenged = false;
            out.refused_repeats = 1;
            out.refused_pause = milliseconds(500);
            out.listen.request_life = seconds(75);
            out.rules.bad_ack_hastens_syn = false;
            out.rules.old_acks_dropped = false;
            return out;
        }();
        // Its requests fill their room now and then.
        static const Profile tight = [] {
            Profile out = *find_profile("solaris");
            out.listen.requests_extra = 0;
            return out;
        }();
        switch (pick(0, 5)) {
            case 0:
                return find_profile("rfc9293");
            case 1:
                return &older;
            case 2: {  // whatever a listener may do
                const auto names = profile_names();
                return find_profile(names[static_cast<std::size_t>(
                    pick(0, static_cast<std::int64_t>(names.size()) - 1))]);
            }
            case 3:
                if (coin()) {
                    return &tight;
                }
                return find_profile(coin() ? "linux-4.4" : coin() ? "macos" : "windows");
            default:
                return find_profile("linux-6.18");
        }
    }

    /// A listener with some connections waiting and some requests counted.
    ListenerId listener(Stack& stack, bool with_children) {
        const ListenerId id = stack.store.listeners.acquire();
        Listener& listener = stack.store.listeners[id];
        listener.local = flow_.local;
        listener.socket = SocketId{7};
        listener.backlog = static_cast<std::uint32_t>(pick(0, 3));
        listener.options.defer_timeouts = static_cast<std::uint8_t>(pick(0, 5));
        listener.read_shut = coin();
        listener.write_shut = coin();
        if (coin()) {
            listener.last_cookie = now_ - seconds(pick(0, 200));
        }
        listener.options.fast_open = static_cast<std::uint32_t>(pick(0, 3));
        listener.fast_open_queue = static_cast<std::int32_t>(pick(-1, 3));
        if (coin()) {
            listener.fast_open_resets = {now_ + seconds(pick(-30, 30))};
        }
        for (std::int64_t i = pick(0, 4); with_children && i > 0; --i) {
            FlowKey other = flow_;
            other.remote.port = static_cast<std::uint16_t>(10'000 + i);
            if (coin()) {
                const ConnectionId child = stack.store.add_connection(other);
                fill(stack.store.connections[child], State::Established);
                stack.store.push_accept_queue(id, child);
            } else {
                request(stack, other, id);
            }
        }
        return id;
    }

    /// `fast_open`: a child that waits for its final ACK; the state must be one of theirs.
    StepIds records(Stack& stack, State state, bool fast_open = false) {
        StepIds out;
        if (state == State::HalfOpen || state == State::Listen ||
            (state == State::TimeWait && coin())) {
            out.listener = listener(stack, true);
        }
        if (state == State::HalfOpen) {
            out.request = request(stack, flow_, out.listener);
        } else if (state == State::TimeWait || state == State::FinWait2Orphan) {
            out.connection = stack.store.add_connection(flow_);
            out.time_wait = stack.store.turn_into_time_wait(out.connection);
            out.connection = {};
            fill(stack.store.time_waits[out.time_wait], state);
        } else if (state != State::Listen) {
            out.connection = stack.store.add_connection(flow_);
            fill(stack.store.connections[out.connection], state);
            fill_extra(stack, out.connection);
            if (fast_open) {
                out.request = fast_child(stack, out.connection);
            }
        }
        return out;
    }

    /// One that comes too rarely by chance: the SYN,ACK of a simultaneous open, or a cookie's ACK.
    Segment chosen(const Stack& stack, const StepIds& ids) {
        if (ids.connection.valid()) {
            const Connection& c = stack.store.connections[ids.connection];
            return {.seq = c.rcv.nxt - 1, .ack = c.snd.nxt, .flags = kSyn | kAck};
        }
        const Seq irs{raw()};
        const Seq cookie = make_cookie(stack.secret, flow_, irs, 1460, now_);
        return {.seq = irs + 1, .ack = cookie + 1, .flags = kAck, .options = options()};
    }

    /// Near the record's numbers, so that each guard holds now and then.
    Segment segment(const Stack& stack, const StepIds& ids) {
        Seq seq{raw()};
        Seq ack{raw()};
        if (ids.connection.valid()) {
            const Connection& c = stack.store.connections[ids.connection];
            seq = near(c.rcv.nxt, c.rcv.wnd);
            ack = near(coin() ? c.snd.nxt : c.snd.una, c.snd.wnd_max);
            if (ids.request.valid() && pick(0, 3) == 0) {
                seq = stack.store.requests[ids.request].irs;  // a Fast Open's SYN again
            }
        } else if (ids.request.valid()) {
            const Request& r = stack.store.requests[ids.request];
            seq = near(coin() ? r.irs : r.irs + 1, 65'535);
            ack = near(r.iss + 1, 3);
        } else if (ids.time_wait.valid()) {
            const TimeWait& t = stack.store.time_waits[ids.time_wait];
            seq = near(t.rcv_nxt, t.rcv_wnd);
            ack = near(t.snd_nxt, 3);
        }
        Options offered = options();
        if (!ids.connection.valid() && coin()) {
            offered.fast_open =
                coin() ? make_fast_open_cookie(stack.secret, flow_)
                       : FastOpenCookie{.size = coin() ? std::uint8_t{0} : std::uint8_t{8}};
        }
        return {.seq = seq,
                .ack = ack,
                .flags = Flags{static_cast<std::uint8_t>(raw() & 0x1fU)},
                .window = static_cast<std::uint16_t>(raw()),
                .len = coin() ? 0U : static_cast<std::uint32_t>(pick(1, 3000)),
                .options = offered};
    }

    /// About the record's numbers, more or less.
    IcmpError icmp(const Stack& stack, const StepIds& ids) {
        Seq seq{raw()};
        if (ids.connection.valid()) {
            const SendSequence& snd = stack.store.connections[ids.connection].snd;
            seq = near(coin() ? snd.una : snd.nxt, 2);
        } else if (ids.request.valid()) {
            seq = near(stack.store.requests[ids.request].iss, 2);
        }
        return {.src = flow_.local,
                .dst = flow_.remote,
                .seq = seq,
                .type = static_cast<std::uint8_t>(coin() ? 3 : pick(3, 12)),
                .code = static_cast<std::uint8_t>(pick(0, 16)),
                .mtu = static_cast<std::uint16_t>(pick(500, 1'600))};
    }

    std::int64_t pick(std::int64_t from, std::int64_t to) {
        return from + static_cast<std::int64_t>(
                          random_.uniform(static_cast<std::uint64_t>(to - from + 1)));
    }
    bool coin() { return random_.chance(1, 2); }

  private:
    std::uint32_t ticks_ago(std::int64_t most_ms) {
        return static_cast<std::uint32_t>((now_.ns / 1'000'000 - pick(0, most_ms)) / 4);
    }
    std::uint32_t raw() { return static_cast<std::uint32_t>(random_.next()); }
    Seq near(Seq seq, std::uint32_t window) {
        switch (random_.uniform(6)) {
            case 0:
                return seq + static_cast<std::uint32_t>(pick(0, 3)) - 2;
            case 1:
                return seq + window + static_cast<std::uint32_t>(pick(0, 2)) - 1;
            case 2:
                return Seq{raw()};
            default:
                return seq;
        }
    }
    Options options() {
        Options out;
        out.mss = static_cast<std::uint16_t>(coin() ? 0 : pick(100, 9000));
        out.sack_permitted = coin();
        out.window_scale = static_cast<std::uint8_t>(coin() ? Options::kNoScale : pick(0, 15));
        out.timestamps = coin();
        out.ts_val = 1000U + static_cast<std::uint32_t>(pick(0, 4));
        out.ts_ecr = raw();
        return out;
    }
    Negotiated agreed() {
        Negotiated out;
        out.mss = static_cast<std::uint16_t>(pick(536, 1460));
        out.send_scale = static_cast<std::uint8_t>(pick(0, 14));
        out.receive_scale = coin() ? kWindowScale : std::uint8_t{0};
        out.sack = coin();
        out.timestamps = coin();
        out.scaling = coin();
        return out;
    }

    void fill(Connection& c, State state) {
        const auto few = [&](std::int64_t most) {
            return static_cast<std::uint32_t>(pick(0, most));
        };
        c.state = state;
        if (state == State::Closed) {
            return;
        }
        const bool opening = state == State::SynSent || state == State::SynReceived;
        c.agreed = agreed();
        c.snd.iss = Seq{raw()};
        c.snd.una = opening ? c.snd.iss : c.snd.iss + 1 + few(5000);
        c.snd.nxt = opening ? c.snd.iss + 1 : c.snd.una + few(3000);
        c.snd.queued = opening ? c.snd.nxt : c.snd.nxt + few(3000);
        c.snd.small = coin() ? c.snd.nxt : c.snd.una;
        c.snd.wnd = few(100'000);
        c.snd.wnd_max = c.snd.wnd + few(1000);
        c.fin_queued = state == State::FinWait1 || state == State::FinWait2 ||
                       state == State::Closing || state == State::LastAck ||
                       (state == State::SynReceived && coin());
        if (state == State::SynReceived && coin()) {
            c.passive = true;  // a child, whose SYN is acknowledged
            c.snd.una = c.snd.nxt;
        }
        if (state == State::FinWait2) {
            c.snd.queued = c.snd.nxt;
            c.snd.una = c.snd.nxt = c.send_end();
        } else if (c.fin_queued && !opening && coin()) {
            c.snd.queued = c.snd.nxt;
            c.snd.nxt = c.send_end();
        }
        if ((state == State::Established || state == State::CloseWait) && coin()) {
            c.snd.una = c.snd.nxt = c.snd.queued;  // nothing outstanding
        }
        c.fin_sent = c.fin_queued && !opening && c.snd.nxt == c.send_end();
        c.fin_received =
            state == State::CloseWait || state == State::Closing || state == State::LastAck;
        c.rcv.irs = Seq{raw()};
        c.rcv.nxt = c.rcv.irs + 1 + few(5000);
        c.rcv.acked = coin() ? c.rcv.nxt : c.rcv.nxt - few(1);
        c.rcv.wnd = few(100'000);
        c.rcv.unread = coin() ? 0 : few(100);
        c.rcv.mss = static_cast<std::uint16_t>(pick(536, 1460));
        c.snd.wl1 = c.rcv.nxt - few(10);
        c.snd.wl2 = c.snd.una;
        c.ts_recent = 1000U + few(4);
        c.ack.quick = static_cast<std::uint8_t>(pick(0, 2));
        c.ack.pingpong = static_cast<std::uint8_t>(pick(0, 1));
        c.ack.scheduled = coin();
        c.ack.delayed = coin();
        c.ack.interval = milliseconds(40 * pick(0, 2));
        c.ack.last_data = static_cast<std::uint32_t>(
            (now_.ns - (coin() ? pick(0, 100) : pick(100, 5'000)) * 1'000'000) / 4'000'000);
        c.probe_sent = coin();
        c.rto = milliseconds(200) * (1 << pick(0, 5));
        c.timed_at = coin() ? kNever : now_ - milliseconds(pick(0, 500));
        c.timed_end = c.snd.nxt;
        c.retransmits = static_cast<std::uint8_t>(pick(0, 5));
        c.timeouts = c.retransmits;
        if (c.retransmits != 0 || opening) {
            c.retransmitting_since = now_ - seconds(pick(0, 2000));
        }
        c.replied = coin();
        c.replied_ticks = ticks_ago(1'000);
        c.text_ticks = ticks_ago(coin() ? 50'000 : 500'000);
        c.timer_role = c.unacknowledged() ? TimerRole::Retransmission : TimerRole::None;
        c.retransmission_timer.deadline = now_ + milliseconds(pick(0, 20'000));
        c.heard_ticks = static_cast<std::uint32_t>((now_.ns - pick(0, 3'000'000'000)) / 4'000'000);
        c.orphan = !opening && coin();
        c.read_shut = c.orphan || c.fin_received || coin();
        if (!c.orphan) {
            c.socket = SocketId{3};
        }
    }
    RequestId fast_child(Stack& stack, ConnectionId id) {
        const RequestId out = stack.store.add_fast_open(id, listener(stack, false));
        Connection& c = stack.store.connections[id];
        Request& r = stack.store.requests[out];
        c.passive = true;
        c.timer_role = TimerRole::SynAck;
        if (c.state == State::SynReceived) {
            c.snd.una = c.snd.iss + 1;
        }
        r.agreed = c.agreed;
        r.iss = c.snd.iss;
        r.irs = c.rcv.irs;
        r.ts_recent = c.ts_recent;
        r.syn_ack_at = now_ - milliseconds(pick(0, 1'000));
        r.replied = coin();
        r.replied_ticks = ticks_ago(1'000);
        r.timeouts = static_cast<std::uint8_t>(pick(0, 6));
        r.resent = coin();
        return out;
    }
    void fill_extra(Stack& stack, ConnectionId id) {
        Extra& extra = stack.store.extra(id);
        const bool set = coin();
        extra.options.linger2_s = static_cast<std::int32_t>(set ? pick(-1, 1) * 90 : 0);
        extra.options.user_timeout_ms = static_cast<std::uint32_t>(coin() ? 0 : pick(1, 3000));
        extra.options.keepalive = coin();
        extra.options.nodelay = coin();
        extra.options.receive_errors = coin();
        extra.probes = static_cast<std::uint8_t>(pick(0, 3));
        extra.write_shut = coin();
        extra.resent_at = coin() ? kNever : now_ - milliseconds(pick(0, 500));
        extra.probe_end = stack.store.connections[id].snd.nxt;
        extra.soft_error = coin() ? Errno::None : Errno::Ehostunreach;
        Connection& c = stack.store.connections[id];
        if (c.state == State::Established && coin()) {
            const Seq begin = c.rcv.nxt + 1 + static_cast<std::uint32_t>(pick(0, 20));
            stack.store.hold(id, {.begin = begin, .end = begin + 10, .fin = coin(), .next = {}});
        }
    }
    RequestId request(Stack& stack, const FlowKey& flow, ListenerId listener) {
        const RequestId id = stack.store.add_request(flow, listener);
        Request& r = stack.store.requests[id];
        r.iss = Seq{raw()};
        r.irs = Seq{raw()};
        r.agreed = agreed();
        r.ts_recent = 1000U + static_cast<std::uint32_t>(pick(0, 4));
        r.ts_first = raw();
        r.ts_last = r.ts_first + 3;
        r.syn_ack_at = now_ - milliseconds(pick(0, 5000));
        r.replied = coin();
        r.replied_ticks = ticks_ago(1'000);
        r.timeouts = static_cast<std::uint8_t>(pick(0, 5));
        r.resent = r.timeouts != 0;
        r.acked = coin();
        if (r.timeouts != 0) {
            stack.store.age_request(id);
        }
        return id;
    }
    void fill(TimeWait& t, State state) {
        t.state = state;
        t.receive_scale = coin() ? kWindowScale : std::uint8_t{0};
        t.timestamps = coin();
        t.snd_nxt = Seq{raw()};
        t.rcv_nxt = Seq{raw()};
        t.rcv_wnd = static_cast<std::uint32_t>(pick(0, 65'535));
        t.ts_recent = 1000U + static_cast<std::uint32_t>(pick(0, 4));
        t.replied = coin();
        t.replied_ticks = ticks_ago(1'000);
        t.entered_ms = static_cast<std::uint32_t>(now_.ns / 1'000'000 - pick(0, 2'000));
    }

    RandomStream random_;
    Instant now_;
    FlowKey flow_{.local = {IpAddress::v4(10, 0, 0, 1), 8000},
                  .remote = {IpAddress::v4(10, 0, 0, 2), 4000}};
};

}  // namespace synq
