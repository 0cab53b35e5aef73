// Kernel settings under their Linux names. Only settings that the model obeys are listed: asking
// for any other is an error, never silently ignored.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace synq {

/// net.ipv4.ip_local_port_range is a file of two numbers; as a value they are one.
struct PortRange {
    std::uint16_t first = 0;
    std::uint16_t last = 0;

    friend constexpr bool operator==(PortRange, PortRange) = default;
};
constexpr std::int64_t packed(PortRange range) {
    return std::int64_t{range.first} << 16U | range.last;
}
constexpr PortRange port_range(std::int64_t value) {
    return {static_cast<std::uint16_t>(value >> 16U), static_cast<std::uint16_t>(value)};
}

/// Values in the unit of the Linux file. Defaults are those of Linux 6.18 with 24 GiB of memory
/// (tcp_max_syn_backlog, tcp_max_tw_buckets and tcp_max_orphans scale with memory).
struct Sysctls {
    std::int64_t somaxconn = 4096;
    std::int64_t local_port_range = packed({32'768, 60'999});
    std::int64_t max_syn_backlog = 2048;
    std::int64_t syncookies = 1;
    std::int64_t abort_on_overflow = 0;
    std::int64_t syn_retries = 6;
    std::int64_t syn_linear_timeouts = 4;
    std::int64_t synack_retries = 5;
    std::int64_t retries2 = 15;
    std::int64_t orphan_retries = 0;
    std::int64_t max_orphans = 131'072;
    std::int64_t tw_reuse = 2;
    std::int64_t tw_reuse_delay_ms = 1'000;
    std::int64_t fin_timeout_s = 60;
    std::int64_t fastopen = 1;
    // (MUST-28)
    std::int64_t keepalive_time_s = 7200;
    std::int64_t keepalive_interval_s = 75;
    std::int64_t keepalive_probes = 9;
    std::int64_t max_tw_buckets = 131'072;
    std::int64_t migrate_req = 0;
    std::int64_t rfc1337 = 0;
    std::int64_t invalid_ratelimit_ms = 500;
    std::int64_t rto_min_us = 200'000;
    std::int64_t rto_max_ms = 120'000;
    std::int64_t timestamps = 1;
    std::int64_t window_scaling = 1;
    std::int64_t sack = 1;
};

struct SysctlInfo {
    std::string_view name;  // "net.ipv4.tcp_syncookies"
    std::int64_t fallback;
    std::int64_t min;
    std::int64_t max;
    std::int64_t Sysctls::* field;
    std::string_view meaning;  // one line, with the unit
    bool pair = false;         // two numbers, see PortRange; `min` and `max` bound each
};

/// The setting as its file shows it: "1", "32768 60999".
std::string setting_text(const SysctlInfo& info, std::int64_t value);
/// What such a text says; nullopt when it is none, or out of bounds.
std::optional<std::int64_t> read_setting(const SysctlInfo& info, std::string_view text);
/// Two numbers as one value; nullopt when they are no range.
std::optional<std::int64_t> pair_setting(const SysctlInfo& info, std::int64_t first,
                                         std::int64_t second);

/// Every setting, in the order of their names.
std::span<const SysctlInfo> sysctl_table();
/// nullptr when there is no such setting.
const SysctlInfo* find_sysctl(std::string_view name);

}  // namespace synq
