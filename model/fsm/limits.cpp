#include "model/fsm/limits.h"

#include "model/tcb/rtt.h"

#include <algorithm>

namespace synq {
namespace {

/// Of an orphan when tcp_orphan_retries is 0 (Linux tcp_orphan_retries()).
constexpr int kDefaultOrphanRetries = 8;

}  // namespace

int synack_retries_allowed(const Step& step) {
    const Listener& listener = step.lis();
    int allowed = static_cast<int>(step.sysctl().synack_retries);
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

bool syn_gives_up(const Step& step) {
    const Connection& conn = step.conn();
    const auto retries = static_cast<int>(step.sysctl().syn_retries);
    // Only SYN-SENT has the linear phase (Linux tcp_write_timeout).
    const auto linear =
        conn.state == State::SynSent ? static_cast<int>(step.sysctl().syn_linear_timeouts) : 0;
    if (conn.retransmits >= retries + linear) {
        return true;
    }
    const Duration rto_max = milliseconds(step.sysctl().rto_max_ms);
    return conn.retransmits > 0 &&
           step.now - conn.retransmitting_since >=
               modelled_timeout(retries, step.stack.profile->initial_rto, rto_max);
}

bool data_gives_up(const Step& step) {
    const Connection& conn = step.conn();
    if (conn.retransmits == 0) {
        return false;
    }
    auto boundary = static_cast<int>(step.sysctl().retries2);
    if (conn.orphan) {
        boundary = static_cast<int>(step.sysctl().orphan_retries);
        if (boundary == 0) {
            boundary = kDefaultOrphanRetries;
        }
    }
    return step.now - conn.retransmitting_since >=
           modelled_timeout(boundary, microseconds(step.sysctl().rto_min_us),
                            milliseconds(step.sysctl().rto_max_ms));
}

}  // namespace synq
