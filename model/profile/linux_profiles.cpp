// Linux, each version as the next newer one and what was different (linux.md 2.9).
#include "model/profile/profiles.h"

#include <array>

namespace synq::detail {
namespace {

constexpr std::array<std::string_view, 1> kAbortFixed{"net.ipv4.tcp_abort_on_overflow"};
constexpr std::array<std::string_view, 1> kCookiesFixed{"net.ipv4.tcp_syncookies"};
// Settings that the version has no file for.
constexpr std::array<std::string_view, 2> kNotIn612{"net.ipv4.tcp_rto_max_ms",
                                                    "net.ipv4.tcp_tw_reuse_delay"};
constexpr std::array<std::string_view, 4> kNotIn61{
    "net.ipv4.tcp_rto_max_ms", "net.ipv4.tcp_rto_min_us", "net.ipv4.tcp_syn_linear_timeouts",
    "net.ipv4.tcp_tw_reuse_delay"};
constexpr std::array<std::string_view, 5> kNotIn313{
    "net.ipv4.tcp_rto_max_ms", "net.ipv4.tcp_rto_min_us", "net.ipv4.tcp_syn_linear_timeouts",
    "net.ipv4.tcp_tw_reuse_delay", "net.ipv4.tcp_invalid_ratelimit"};
constexpr std::array<std::string_view, 6> kNotIn26{
    "net.ipv4.tcp_rto_max_ms",          "net.ipv4.tcp_rto_min_us",
    "net.ipv4.tcp_syn_linear_timeouts", "net.ipv4.tcp_tw_reuse_delay",
    "net.ipv4.tcp_invalid_ratelimit",   "net.ipv4.tcp_fastopen"};

}  // namespace

/// Measured on 6.18.44 and 6.18.15 (linux.md 0.3); Sysctls' defaults are this kernel's.
constexpr Profile kLinux618{
    .name = "linux-6.18",
    .provenance = {.title = "Linux 6.18, the default",
                   .alias = "linux",
                   .confidence = Confidence::Measured,
                   .year = "2025",
                   .sources = "6.18.44 on hardware, 6.18.15 in virtual time: docs/notes; "
                              "docs/reference/linux.md",
                   .unsure = {}},
    .rules = {},
    .listen = {},
    .sysctl = {},
    .fixed = {},
    .tick = milliseconds(4),
    .initial_rto = seconds(1),
    .second_rto = {},
    .connect_limit = {},
    .refused_repeats = 0,
    .refused_pause = {},
    .rto_without_sample = seconds(3),
    .orphan_count_period = milliseconds(100),
    .time_wait = seconds(60),
    .delayed_ack = milliseconds(40),
    .time_wait_iss_step = 65'537,
};

constexpr Profile kLinux618Abort = [] {
    Profile out = kLinux618;
    out.name = "linux-6.18-abort";
    out.provenance.title = "Linux 6.18 with tcp_abort_on_overflow=1";
    out.provenance.alias = "linux-abort";
    out.sysctl.abort_on_overflow = 1;
    out.fixed = kAbortFixed;
    return out;
}();

constexpr Profile kLinux618Cookies = [] {
    Profile out = kLinux618;
    out.name = "linux-6.18-cookies";
    out.provenance.title = "Linux 6.18 with tcp_syncookies=2: every SYN is answered by a cookie";
    out.provenance.alias = "linux-cookie";
    out.sysctl.syncookies = 2;
    out.fixed = kCookiesFixed;
    return out;
}();

constexpr Profile kLinux612 = [] {
    Profile out = kLinux618;
    out.name = "linux-6.12";
    out.provenance = {.title = "Linux 6.12",
                      .alias = {},
                      .confidence = Confidence::Measured,
                      .year = "2024",
                      .sources =
                          "6.12.117 in virtual time: "
                          "docs/notes/2026-11-profiles.md",
                      .unsure = {}};
    out.rules.old_acks_dropped = false;        // 6.15
    out.rules.ack_above_nxt_answered = false;  // 6.18.35
    out.rules.request_echo_checked = false;    // after 6.12
    out.fixed = kNotIn612;
    return out;
}();

constexpr Profile kLinux61 = [] {
    Profile out = kLinux612;
    out.name = "linux-6.1";
    out.provenance.title = "Linux 6.1 (Debian 12)";
    out.provenance.year = "2022";
    out.provenance.sources = "6.1.192 in virtual time: docs/notes/2026-11-profiles.md";
    out.sysctl.syn_linear_timeouts = 0;  // 6.5
    out.fixed = kNotIn61;
    return out;
}();

constexpr Profile kLinux49 = [] {
    Profile out = kLinux61;
    out.name = "linux-4.9";
    out.provenance = {.title = "Linux 4.9, late stable releases",
                      .alias = {},
                      .confidence = Confidence::ReadInSource,
                      .year = "2016",
                      .sources =
                          "linux.md 2.9: commits 5ea8ea2cb7f1 (4.10, back-ported to 4.9), "
                          "3479c7549fb1 (2025), somaxconn (5.4)",
                      .unsure =
                          "That a bad ACK does not hasten the SYN is assumed. The host-wide "
                          "limit of challenge ACKs, 1000 a second, is not modelled."};
    out.rules.bad_ack_hastens_syn = false;
    out.rules.request_reset_challenged = false;  // not yet back-ported
    out.listen.requests_extra = 0;               // full at rq >= b until January 2025
    out.sysctl.somaxconn = 128;                  // 4096 since 5.4
    out.sysctl.tw_reuse = 0;                     // 2 since 4.19
    out.orphan_count_period = {};                // since 5.16
    return out;
}();

constexpr Profile kLinux44 = [] {
    Profile out = kLinux49;
    out.name = "linux-4.4";
    out.provenance.title = "Linux 4.4";
    out.provenance.year = "2016";
    out.provenance.sources = "linux.md 2.9: net/ipv4/tcp_input.c and inet_connection_sock.h of 4.4";
    out.listen.full_queue = FullQueue::DropsSynUnlessYoung;
    return out;
}();

constexpr Profile kLinux313 = [] {
    Profile out = kLinux44;
    out.name = "linux-3.13";
    out.provenance.title = "Linux 3.13, as in textbook posts of 2014 and 2015";
    out.provenance.year = "2014";
    out.provenance.sources = "linux.md 2.9: net/ipv4 and net/core/request_sock.c of 3.13";
    out.provenance.unsure =
        "Requests are looked at every 200 ms there, so a SYN-ACK may be repeated up to half a "
        "second later than here. Round trips were counted in jiffies. The host-wide limit of "
        "challenge ACKs, 100 a second, is not modelled.";
    out.listen.bound = RequestBound::Table;
    out.listen.aging = Aging::HalfOfTable;
    out.sysctl.invalid_ratelimit_ms = 0;  // 4.0
    out.fixed = kNotIn313;
    return out;
}();

constexpr Profile kLinux26 = [] {
    Profile out = kLinux313;
    out.name = "linux-2.6";
    out.provenance.title = "Linux 2.6.24";
    out.provenance.year = "2008";
    out.provenance.sources = "linux.md 2.9: net/ipv4 of 2.6.24";
    out.provenance.unsure =
        "Requests are looked at every 200 ms there, so a SYN-ACK may be repeated up to half a "
        "second later than here. Round trips were counted in jiffies. Counters of a full accept "
        "queue came later.";
    out.rules.no_ack_dropped_first = false;     // 3.8
    out.rules.listener_drops_syn_fin = false;   // 3.2
    out.rules.syn_answered = false;             // 3.6
    out.rules.window_reset_challenged = false;  // 3.6
    out.rules.tail_loss_probe = false;          // 3.10
    out.rules.fast_open = false;                // 3.7
    out.fixed = kNotIn26;
    out.sysctl.syn_retries = 5;
    out.initial_rto = seconds(3);  // 1 s since 3.1 (RFC 6298)
    return out;
}();

}  // namespace synq::detail
