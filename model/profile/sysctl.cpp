#include "model/profile/sysctl.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace synq {
namespace {

constexpr Sysctls kDefault;
constexpr std::int64_t kMaxInt = 2'147'483'647;

// Ranges are those that the kernel enforces (6.18, net/ipv4/sysctl_net_ipv4.c), except where the
// kernel accepts any int: there the range is what makes sense to simulate.
constexpr std::array kTable{
    SysctlInfo{"net.core.somaxconn", kDefault.somaxconn, 0, kMaxInt, &Sysctls::somaxconn,
               "upper bound of every listen() backlog"},
    SysctlInfo{"net.ipv4.ip_local_port_range", kDefault.local_port_range, 1, 65'535,
               &Sysctls::local_port_range, "first and last port that connect() and bind(0) choose",
               true},
    SysctlInfo{"net.ipv4.tcp_abort_on_overflow", kDefault.abort_on_overflow, 0, 1,
               &Sysctls::abort_on_overflow, "1: answer a final ACK that finds no room by RST"},
    SysctlInfo{"net.ipv4.tcp_fastopen", kDefault.fastopen, 0, kMaxInt, &Sysctls::fastopen,
               "bits: 2 listeners may, 512 without a cookie, 1024 all that listen"},
    SysctlInfo{"net.ipv4.tcp_fin_timeout", kDefault.fin_timeout_s, 0, 86'400,
               &Sysctls::fin_timeout_s,
               "seconds an orphan may stay in FIN-WAIT-2; F above 60 lasts 2(F-60)"},
    SysctlInfo{"net.ipv4.tcp_invalid_ratelimit", kDefault.invalid_ratelimit_ms, 0, kMaxInt,
               &Sysctls::invalid_ratelimit_ms,
               "milliseconds between two replies to invalid segments of one connection"},
    SysctlInfo{"net.ipv4.tcp_keepalive_intvl", kDefault.keepalive_interval_s, 1, 32'767,
               &Sysctls::keepalive_interval_s, "seconds between keepalive probes"},
    SysctlInfo{"net.ipv4.tcp_keepalive_probes", kDefault.keepalive_probes, 0, 255,
               &Sysctls::keepalive_probes, "unanswered keepalive probes before ETIMEDOUT"},
    SysctlInfo{"net.ipv4.tcp_keepalive_time", kDefault.keepalive_time_s, 1, 32'767,
               &Sysctls::keepalive_time_s, "seconds of silence before the first keepalive probe"},
    SysctlInfo{"net.ipv4.tcp_max_orphans", kDefault.max_orphans, 0, kMaxInt, &Sysctls::max_orphans,
               "connections without a descriptor, beyond which they are reset"},
    SysctlInfo{"net.ipv4.tcp_max_syn_backlog", kDefault.max_syn_backlog, 0, kMaxInt,
               &Sysctls::max_syn_backlog,
               "with syncookies=0: requests beyond 3/4 of it are refused to unknown peers"},
    SysctlInfo{"net.ipv4.tcp_max_tw_buckets", kDefault.max_tw_buckets, 0, kMaxInt,
               &Sysctls::max_tw_buckets, "connections in TIME-WAIT, beyond which they just close"},
    SysctlInfo{"net.ipv4.tcp_migrate_req", kDefault.migrate_req, 0, 1, &Sysctls::migrate_req,
               "1: what a closed listener leaves goes to another one of its SO_REUSEPORT group"},
    SysctlInfo{"net.ipv4.tcp_orphan_retries", kDefault.orphan_retries, 0, 255,
               &Sysctls::orphan_retries, "retransmissions of an orphan; 0 means 8"},
    SysctlInfo{"net.ipv4.tcp_retries2", kDefault.retries2, 0, 255, &Sysctls::retries2,
               "retransmissions of data before ETIMEDOUT"},
    SysctlInfo{"net.ipv4.tcp_rfc1337", kDefault.rfc1337, 0, 1, &Sysctls::rfc1337,
               "1: RSTs do not end TIME-WAIT (RFC 1337)"},
    SysctlInfo{"net.ipv4.tcp_rto_max_ms", kDefault.rto_max_ms, 1'000, 120'000, &Sysctls::rto_max_ms,
               "upper bound of the retransmission timeout, milliseconds"},
    SysctlInfo{"net.ipv4.tcp_rto_min_us", kDefault.rto_min_us, 1, 1'000'000, &Sysctls::rto_min_us,
               "lower bound of the RTT variation term, microseconds"},
    SysctlInfo{"net.ipv4.tcp_sack", kDefault.sack, 0, 1, &Sysctls::sack,
               "1: offer SACK (which also allows tail-loss probes)"},
    SysctlInfo{"net.ipv4.tcp_syn_linear_timeouts", kDefault.syn_linear_timeouts, 0, 127,
               &Sysctls::syn_linear_timeouts, "SYN timeouts before the interval starts doubling"},
    SysctlInfo{"net.ipv4.tcp_syn_retries", kDefault.syn_retries, 1, 127, &Sysctls::syn_retries,
               "SYN retransmissions beyond the linear ones before ETIMEDOUT"},
    SysctlInfo{"net.ipv4.tcp_synack_retries", kDefault.synack_retries, 0, 255,
               &Sysctls::synack_retries, "SYN-ACK retransmissions before a request is removed"},
    SysctlInfo{"net.ipv4.tcp_syncookies", kDefault.syncookies, 0, 2, &Sysctls::syncookies,
               "0: never, 1: when the request queue is full, 2: always"},
    SysctlInfo{"net.ipv4.tcp_timestamps", kDefault.timestamps, 0, 1, &Sysctls::timestamps,
               "1: offer timestamps (RFC 7323)"},
    SysctlInfo{"net.ipv4.tcp_tw_reuse", kDefault.tw_reuse, 0, 2, &Sysctls::tw_reuse,
               "connect() may take a port in TIME-WAIT; 0: no, 1: yes, 2: on loopback"},
    SysctlInfo{"net.ipv4.tcp_tw_reuse_delay", kDefault.tw_reuse_delay_ms, 1, 60'000,
               &Sysctls::tw_reuse_delay_ms, "milliseconds before it may"},
    SysctlInfo{"net.ipv4.tcp_window_scaling", kDefault.window_scaling, 0, 1,
               &Sysctls::window_scaling, "1: offer window scaling (RFC 7323)"},
};

}  // namespace

std::span<const SysctlInfo> sysctl_table() {
    return kTable;
}

std::string setting_text(const SysctlInfo& info, std::int64_t value) {
    if (!info.pair) {
        return std::to_string(value);
    }
    const PortRange range = port_range(value);
    return std::to_string(range.first) + " " + std::to_string(range.last);
}

std::optional<std::int64_t> pair_setting(const SysctlInfo& info, std::int64_t first,
                                         std::int64_t second) {
    if (first < info.min || second > info.max || first > second) {
        return std::nullopt;
    }
    return packed({static_cast<std::uint16_t>(first), static_cast<std::uint16_t>(second)});
}

std::optional<std::int64_t> read_setting(const SysctlInfo& info, std::string_view text) {
    const auto number = [](std::string_view word) -> std::optional<std::int64_t> {
        std::int64_t out = 0;
        const char* const begin = word.data();
        const char* const end = begin + word.size();
        const auto [stopped, error] = std::from_chars(begin, end, out);
        return error == std::errc{} && stopped == end ? std::optional(out) : std::nullopt;
    };
    if (info.pair) {
        const std::size_t space = text.find(' ');
        const auto first = number(text.substr(0, space));
        const auto second =
            space == std::string_view::npos ? std::nullopt : number(text.substr(space + 1));
        return first && second ? pair_setting(info, *first, *second) : std::nullopt;
    }
    const auto out = number(text);
    return out && *out >= info.min && *out <= info.max ? out : std::nullopt;
}

const SysctlInfo* find_sysctl(std::string_view name) {
    const auto* const found = std::find_if(kTable.begin(), kTable.end(),
                                           [&](const SysctlInfo& s) { return s.name == name; });
    return found == kTable.end() ? nullptr : found;
}

}  // namespace synq
