#include "model/fsm/limits.h"

#include "model/tcb/rtt.h"

#include <algorithm>

namespace synq {
namespace {

/// Of an orphan when tcp_orphan_retries is 0 (Linux tcp_orphan_retries()).
constexpr int kDefaultOrphanRetries = 8;

/// Where tcp_rto_max_ms does not bound a SYN-ACK's back-off (linux.md 1.4).
constexpr Duration kLongestInterval = seconds(120);

Duration longest_timeout(const Step& step) {
    return milliseconds(step.sysctl().rto_max_ms);
}

/// An orphan whose timeout has grown to the limit is not alive; then a soft error ends it at once.
int orphan_retries(const Step& step, bool alive) {
    const Connection& conn = step.conn();
    const bool soft_error =
        conn.extra.valid() && step.stack.store.extras[conn.extra].soft_error != Errno::None;
    const auto wanted = static_cast<int>(step.sysctl().orphan_retries);
    if (soft_error && !alive) {
        return 0;
    }
    return wanted == 0 && alive ? kDefaultOrphanRetries : wanted;
}

/// Since the first retransmission, by a clock that counts milliseconds (Linux retrans_stamp).
Duration retransmitting_for(const Step& step) {
    constexpr std::int64_t kMillisecond = milliseconds(1).ns;
    return milliseconds(step.now.ns / kMillisecond -
                        step.conn().retransmitting_since.ns / kMillisecond);
}

/// Retransmissions have gone on for as long as TCP_USER_TIMEOUT, or else the modelled time, allows.
bool timed_out(const Step& step, int retries, Duration base) {
    const std::uint32_t user = step.options().user_timeout_ms;
    const Duration allowed =
        user != 0 ? milliseconds(user)
                  : modelled_timeout(retries, base, milliseconds(step.sysctl().rto_max_ms));
    return retransmitting_for(step) >= allowed;
}

/// Since the request's first SYN-ACK, in milliseconds.
Duration request_age(const Step& step) {
    return milliseconds(
        static_cast<std::int32_t>(step.stack.timestamp(step.now) - step.req().ts_first));
}

}  // namespace

// R2 of a SYN,ACK (MUST-23b), less in a full queue (4987-TIMER).
int synack_retries_allowed(const Step& step) {
    const Listener& listener = step.lis();
    const int asked = listener.options.syn_count;
    int allowed = asked != 0 ? asked : static_cast<int>(step.sysctl().synack_retries);
    // Aging (Linux reqsk_timer_handler): with so many requests, each doubling of the young ones
    // that still stays below the queue's length costs one retry, down to two.
    if (listener.request_queue >=
        aging_from(step.stack.profile->listen, listener.backlog, step.sysctl().max_syn_backlog)) {
        std::uint64_t young = std::uint64_t{listener.young} * 2;
        while (allowed > 2 && listener.request_queue >= young) {
            --allowed;
            young *= 2;
        }
    }
    return allowed;
}

Duration syn_ack_interval(const Step& step) {
    const Profile& profile = *step.stack.profile;
    const int timeouts = step.req().timeouts;
    const bool second = timeouts != 0 && profile.second_rto.ns != 0;
    return backed_off(
        second ? profile.second_rto : profile.initial_rto, timeouts,
        step.rules().syn_ack_interval_bounded ? longest_timeout(step) : kLongestInterval);
}

// Its age is known by the timestamp of its first SYN-ACK, in milliseconds.
Duration until_request_timeout(const Step& step) {
    const Duration life = step.stack.profile->listen.request_life;
    const Duration interval = syn_ack_interval(step);
    return life.ns == 0 ? interval : std::min(interval, life - request_age(step));
}
bool request_outlived(const Step& step) {
    const Duration life = step.stack.profile->listen.request_life;
    return life.ns != 0 && request_age(step) >= life;
}

Duration doubled_base(const Step& step) {
    const Profile& profile = *step.stack.profile;
    const Connection& conn = step.conn();
    return conn.retransmits == 1 && profile.second_rto.ns != 0 ? profile.second_rto : conn.rto;
}

// R2 of a SYN, settable (MUST-21, MUST-22, MUST-23).
bool syn_gives_up(const Step& step) {
    const Connection& conn = step.conn();
    const Duration limit = step.stack.profile->connect_limit;
    if (limit.ns != 0) {
        return retransmitting_for(step) >= limit;
    }
    const int asked = step.options().syn_count;
    const int retries = asked != 0 ? asked : static_cast<int>(step.sysctl().syn_retries);
    // Only SYN-SENT has the linear phase (Linux tcp_write_timeout).
    const auto linear =
        conn.state == State::SynSent ? static_cast<int>(step.sysctl().syn_linear_timeouts) : 0;
    if (conn.retransmits >= retries + linear) {
        return true;
    }
    return conn.retransmits > 0 && timed_out(step, retries, step.stack.profile->initial_rto);
}

// R2 of text and FIN; no user timeout unless asked for (SHLD-11, MUST-20, USERTO).
bool data_gives_up(const Step& step) {
    const Connection& conn = step.conn();
    if (conn.retransmits == 0) {
        return false;
    }
    const int retries = conn.orphan ? orphan_retries(step, conn.rto < longest_timeout(step))
                                    : static_cast<int>(step.sysctl().retries2);
    return timed_out(step, retries, microseconds(step.sysctl().rto_min_us));
}

bool orphan_given_up(const Step& step) {
    const Connection& conn = step.conn();
    const Duration most = longest_timeout(step);
    return conn.rto >= most && conn.retransmits != 0 &&
           retransmitting_for(step) >= modelled_timeout(orphan_retries(step, false),
                                                        microseconds(step.sysctl().rto_min_us),
                                                        most);
}

bool window_probed_too_long(const Step& step) {
    const Connection& conn = step.conn();
    const Extra* extra = conn.extra.valid() ? &step.stack.store.extras[conn.extra] : nullptr;
    const std::uint32_t user = step.options().user_timeout_ms;
    if (user != 0 && extra != nullptr && extra->probing_since != kNever &&
        step.now - extra->probing_since >= milliseconds(user)) {
        return true;
    }
    return conn.orphan && backed_off(step) >= longest_timeout(step) &&
           conn.back_off >= orphan_retries(step, false);
}

bool window_probes_used_up(const Step& step) {
    const Connection& conn = step.conn();
    const bool alive = backed_off(step) < longest_timeout(step);
    const int allowed =
        conn.orphan ? orphan_retries(step, alive) : static_cast<int>(step.sysctl().retries2);
    return (conn.extra.valid() ? step.stack.store.extras[conn.extra].probes : 0) >= allowed;
}

Duration backed_off(const Step& step) {
    const Connection& conn = step.conn();
    return backed_off(conn.rto, conn.back_off, longest_timeout(step));
}

Duration until_window_probe(const Step& step) {
    const Connection& conn = step.conn();
    const Duration wait = backed_off(step);
    const std::uint32_t user = step.options().user_timeout_ms;
    if (user == 0 || step.stack.store.extras[conn.extra].probing_since == kNever) {
        return wait;
    }
    const Duration tick = step.stack.profile->tick;
    const Duration since = step.now - step.stack.store.extras[conn.extra].probing_since;
    return std::min(wait, std::max(round_up(milliseconds(user), tick) - since, tick * 2));
}

Duration until_retransmission(const Step& step) {
    const Connection& conn = step.conn();
    const std::uint32_t user = step.options().user_timeout_ms;
    const bool opening = conn.state == State::SynSent || conn.state == State::SynReceived;
    if (const Duration limit = step.stack.profile->connect_limit; opening && limit.ns != 0) {
        return std::min(conn.rto, limit - retransmitting_for(step));
    }
    if (user == 0 || conn.retransmitting_since == kNever) {
        return conn.rto;
    }
    const Duration left = milliseconds(user) - retransmitting_for(step);
    const Duration tick = step.stack.profile->tick;
    return left.ns <= 0 ? tick : std::min(conn.rto, round_up(left, tick));
}

Duration least_fin_wait_2(const Step& step) {
    const Duration tick = step.stack.profile->tick;
    const std::int64_t rto = step.conn().rto.ns / tick.ns;
    return tick * (4 * rto - rto / 2);
}

// (FW2-TMO)
Duration fin_wait_2_life(const Step& step) {
    const std::int32_t asked = step.options().linger2_s;
    const Duration life = seconds(asked != 0 ? asked : step.sysctl().fin_timeout_s);
    return std::max(life, least_fin_wait_2(step));
}

Duration keepalive_idle(const Step& step) {
    const std::uint16_t asked = step.options().keep_idle_s;
    return seconds(asked != 0 ? asked : step.sysctl().keepalive_time_s);
}

Duration keepalive_interval(const Step& step) {
    const std::uint16_t asked = step.options().keep_interval_s;
    return seconds(asked != 0 ? asked : step.sysctl().keepalive_interval_s);
}

Duration silence(const Step& step) {
    const Connection& conn = step.conn();
    const Duration tick = step.stack.profile->tick;
    if (conn.state == State::SynSent) {
        return keepalive_idle(step);  // never heard
    }
    const std::uint32_t ticks =
        std::min(step.ticks() - conn.ack.last_data, step.ticks() - conn.heard_ticks);
    return tick * ticks;
}

bool keepalive_gives_up(const Step& step) {
    const int unanswered = step.stack.store.extras[step.conn().extra].probes;
    const SocketOptions& options = step.options();
    if (options.user_timeout_ms != 0) {
        return unanswered > 0 && silence(step) >= milliseconds(options.user_timeout_ms);
    }
    const int allowed = options.keep_count;
    return unanswered >=
           (allowed != 0 ? allowed : static_cast<int>(step.sysctl().keepalive_probes));
}

}  // namespace synq
