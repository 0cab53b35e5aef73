#include "model/fsm/limits.h"

#include "model/tcb/rtt.h"

#include <algorithm>

namespace synq {
namespace {

/// Of an orphan when tcp_orphan_retries is 0 (Linux tcp_orphan_retries()).
constexpr int kDefaultOrphanRetries = 8;

/// An orphan whose timeout has grown to the limit is not alive; then a soft error ends it at once.
int orphan_retries(const Step& step) {
    const Connection& conn = step.conn();
    const bool alive = conn.rto < milliseconds(step.sysctl().rto_max_ms);
    const bool soft_error =
        conn.extra.valid() && step.stack.store.extras[conn.extra].soft_error != Errno::None;
    const auto wanted = static_cast<int>(step.sysctl().orphan_retries);
    if (soft_error && !alive) {
        return 0;
    }
    return wanted == 0 && alive ? kDefaultOrphanRetries : wanted;
}

/// Retransmissions have gone on for as long as TCP_USER_TIMEOUT, or else the modelled time, allows.
bool timed_out(const Step& step, int retries, Duration base) {
    const std::uint32_t user = step.options().user_timeout_ms;
    const Duration allowed =
        user != 0 ? milliseconds(user)
                  : modelled_timeout(retries, base, milliseconds(step.sysctl().rto_max_ms));
    return step.now - step.conn().retransmitting_since >= allowed;
}

}  // namespace

// R2 of a SYN,ACK (MUST-23b), less in a full queue (4987-TIMER).
int synack_retries_allowed(const Step& step) {
    const Listener& listener = step.lis();
    const int asked = listener.options.syn_count;
    int allowed = asked != 0 ? asked : static_cast<int>(step.sysctl().synack_retries);
    // Aging (Linux reqsk_timer_handler): with 2*requests > max(8, backlog), each doubling of the
    // young ones that still stays below the queue's length costs one retry, down to two.
    if (listener.request_queue * 2 > std::max<std::uint32_t>(8, listener.backlog)) {
        std::uint64_t young = std::uint64_t{listener.young} * 2;
        while (allowed > 2 && listener.request_queue >= young) {
            --allowed;
            young *= 2;
        }
    }
    return allowed;
}

// R2 of a SYN, settable (MUST-21, MUST-22, MUST-23).
bool syn_gives_up(const Step& step) {
    const Connection& conn = step.conn();
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
    const int retries =
        conn.orphan ? orphan_retries(step) : static_cast<int>(step.sysctl().retries2);
    return timed_out(step, retries, microseconds(step.sysctl().rto_min_us));
}

Duration until_retransmission(const Step& step) {
    const Connection& conn = step.conn();
    const std::uint32_t user = step.options().user_timeout_ms;
    if (user == 0 || conn.retransmitting_since == kNever) {
        return conn.rto;
    }
    const Duration left = milliseconds(user) - (step.now - conn.retransmitting_since);
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
    const auto data = static_cast<std::uint32_t>(conn.ack.last_data.ns / tick.ns);
    const std::uint32_t ticks = std::min(step.ticks() - data, step.ticks() - conn.heard_ticks);
    return tick * ticks;
}

bool keepalive_gives_up(const Step& step) {
    const int unanswered = step.stack.store.extras[step.conn().extra].keepalive_probes;
    const SocketOptions& options = step.options();
    if (options.user_timeout_ms != 0) {
        return unanswered > 0 && silence(step) >= milliseconds(options.user_timeout_ms);
    }
    const int allowed = options.keep_count;
    return unanswered >=
           (allowed != 0 ? allowed : static_cast<int>(step.sysctl().keepalive_probes));
}

}  // namespace synq
