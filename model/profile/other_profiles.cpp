// Stacks that are not Linux, as far as their listeners and their clients' patience go (linux.md
// 2.10). Where nothing is known a segment is handled as the RFC asks.
#include "model/profile/profiles.h"

#include <array>

namespace synq::detail {
namespace {

/// Linux's own settings: these stacks have no such choice.
constexpr std::array<std::string_view, 11> kLinuxOnly{
    "net.ipv4.tcp_abort_on_overflow", "net.ipv4.tcp_fastopen",
    "net.ipv4.tcp_invalid_ratelimit", "net.ipv4.tcp_max_orphans",
    "net.ipv4.tcp_max_syn_backlog",   "net.ipv4.tcp_orphan_retries",
    "net.ipv4.tcp_rfc1337",           "net.ipv4.tcp_syn_linear_timeouts",
    "net.ipv4.tcp_syncookies",        "net.ipv4.tcp_tw_reuse",
    "net.ipv4.tcp_tw_reuse_delay",
};

/// As often as a limit in time allows.
constexpr std::int64_t kUntilLimit = 12;

/// What the stacks share: nothing of Linux.
constexpr Profile kElsewhere{
    .name = {},
    .provenance = {},
    .rules =
        [] {
            Rules out = by_the_book();
            out.listener_stays_passive = true;
            out.abort_ends_time_wait = false;
            return out;
        }(),
    .listen = {.aging = Aging::Never,
               .final_ack_fits = true,
               .keeps_reserve = false,
               .request_life = {},
               .negative_is_most = false},
    .sysctl =
        {
            .somaxconn = 128,
            .syncookies = 0,
            .syn_retries = kUntilLimit,
            .syn_linear_timeouts = 0,
            .synack_retries = kUntilLimit,
            .invalid_ratelimit_ms = 0,
            .rto_max_ms = 64'000,
        },
    .fixed = kLinuxOnly,
    .tick = milliseconds(4),
    .initial_rto = seconds(1),
    .second_rto = {},
    .connect_limit = {},
    .refused_repeats = 0,
    .refused_pause = {},
    .rto_without_sample = seconds(3),
    .orphan_count_period = {},
    .time_wait = seconds(60),
    .delayed_ack = milliseconds(100),
    .time_wait_iss_step = 65'537,
};

constexpr Rules before_rfc5961(Rules rules) {
    rules.syn_answered = false;
    rules.window_reset_challenged = false;
    return rules;
}

}  // namespace

constexpr Profile kFreebsd = [] {
    Profile out = kElsewhere;
    out.name = "freebsd";
    out.provenance = {
        .title = "FreeBSD: one syncache for all listeners",
        .alias = {},
        .confidence = Confidence::ReadInSource,
        .year = "2021",
        .sources =
            "sys/kern/uipc_socket.c (sonewconn), sys/netinet/tcp_syncache.c, tcp_timer.c; "
            "syncache(4)",
        .unsure =
            "RTO of 1 s as since FreeBSD 13, 3 s before. tcp_abort_on_overflow stands for "
            "net.inet.tcp.syncache.rst_on_sock_fail. The syncache (15360 entries) is never "
            "full here, so no cookies are sent."};
    out.listen.halves = 3;
    out.listen.bound = RequestBound::None;
    out.listen.full_queue = FullQueue::AnswersSyn;
    out.listen.final_ack_fits = false;
    out.listen.negative_is_most = true;
    out.sysctl.abort_on_overflow = 1;
    out.sysctl.syn_linear_timeouts = 4;  // tcp_syn_backoff: 1 1 1 1 1 2 4 8 ...
    out.sysctl.synack_retries = 3;       // net.inet.tcp.syncache.rexmtlimit
    out.sysctl.rto_min_us = 230'000;
    out.connect_limit = seconds(75);
    return out;
}();

constexpr Profile kMacos = [] {
    Profile out = kElsewhere;
    out.name = "macos";
    out.provenance = {
        .title = "macOS (XNU)",
        .alias = "darwin",
        .confidence = Confidence::ReadInSource,
        .year = "2020",
        .sources =
            "xnu bsd/kern/uipc_socket.c, uipc_socket2.c (sonewconn), bsd/netinet/tcp_input.c "
            "(tcp_dropdropablreq), tcp_timer.c",
        .unsure =
            "Which half-open connection is dropped is partly random there; here the oldest "
            "goes. A compatibility flag allows 3b/2."};
    out.listen.extra = 0;
    out.listen.bound = RequestBound::Shared;
    out.listen.gives_way = GivesWay::Oldest;
    out.listen.request_life = seconds(75);
    out.listen.negative_is_most = true;
    out.listen.zero_is_most = true;
    out.sysctl.syn_linear_timeouts = 4;  // tcp_syn_backoff: 1 1 1 1 1 2 4 8 ...
    out.sysctl.rto_min_us = 230'000;
    out.connect_limit = seconds(75);
    out.time_wait = seconds(30);
    return out;
}();

constexpr Profile kSolaris = [] {
    Profile out = kElsewhere;
    out.name = "solaris";
    out.provenance = {
        .title = "Solaris and illumos",
        .alias = "illumos",
        .confidence = Confidence::ReadInSource,
        .year = "2013",
        .sources =
            "illumos usr/src/uts/common/inet/tcp/tcp_input.c (tcp_input_listener, "
            "tcp_drop_q0), tcp_tunables.c",
        .unsure =
            "RTO of 1 s as in illumos; Solaris 10 and older: 3 s. Both sides give up at the "
            "first timeout after 180 s, which is at 183 s. That listen(0) means 1 is from "
            "tcp_conn_req_min."};
    out.rules = before_rfc5961(out.rules);
    out.listen.extra = 0;
    out.listen.requests_extra = 1024;  // tcp_conn_req_max_q0
    out.listen.gives_way = GivesWay::OldestRepeated;
    out.listen.least = 1;
    out.sysctl.syn_retries = 7;  // until tcp_ip_abort_cinterval, 180 s
    out.sysctl.synack_retries = 7;
    out.sysctl.rto_min_us = 400'000;
    out.sysctl.rto_max_ms = 60'000;
    return out;
}();

constexpr Profile kWindows = [] {
    Profile out = kElsewhere;
    out.name = "windows";
    out.provenance = {
        .title = "Windows NT 4.0 to Server 2003",
        .alias = {},
        .confidence = Confidence::OldDocuments,
        .year = "2000",
        .sources =
            "KB 113576 (RST at a full backlog; at most 200 on NT 4.0 Server, 5 on "
            "Workstation); KB 175523 (a refused SYN is repeated); TcpMaxConnectRetransmissions "
            "2, TcpInitialRtt 3 s of Windows 2000 and 2003",
        .unsure =
            "Not known for later versions. That half-open connections count, that listen(0) "
            "means 1, and the pause of 500 ms are assumed; NT 4.0 repeated SYNs 3 times. For a "
            "workstation set net.core.somaxconn = 5."};
    out.rules = before_rfc5961(out.rules);
    out.listen.extra = 0;
    out.listen.bound = RequestBound::Shared;
    out.listen.full_queue = FullQueue::ResetsSyn;
    out.listen.negative_is_most = true;
    out.listen.least = 1;
    out.sysctl.somaxconn = 200;
    out.sysctl.syn_retries = 2;
    out.sysctl.synack_retries = 2;
    out.sysctl.timestamps = 0;
    out.sysctl.rto_min_us = 300'000;
    out.sysctl.rto_max_ms = 120'000;
    out.initial_rto = seconds(3);
    out.refused_repeats = 2;
    out.refused_pause = milliseconds(500);
    out.time_wait = seconds(240);
    out.delayed_ack = milliseconds(200);
    return out;
}();

constexpr Profile kBsd44 = [] {
    Profile out = kElsewhere;
    out.name = "bsd-4.4";
    out.provenance = {
        .title = "4.4BSD-Lite, which many stacks come from",
        .alias = {},
        .confidence = Confidence::ReadInSource,
        .year = "1994",
        .sources =
            "sys/kern/uipc_socket2.c (sonewconn), uipc_socket.c (solisten), "
            "sys/netinet/tcp_timer.c, tcp_subr.c",
        .unsure =
            "Its timers tick every 500 ms, so that every time is up to half a second early "
            "there: the first SYN is repeated after 5.5 to 6 s."};
    out.rules = before_rfc5961(out.rules);
    out.listen.halves = 3;
    out.listen.bound = RequestBound::Shared;
    out.listen.request_life = seconds(75);
    out.sysctl.somaxconn = 5;
    out.sysctl.sack = 0;
    out.sysctl.rto_min_us = 1'000'000;
    out.initial_rto = seconds(6);  // A + 2D of RFC 793's successor, with D = 3 s
    out.second_rto = seconds(12);  // A + 4D from then on
    out.connect_limit = seconds(75);
    out.delayed_ack = milliseconds(200);
    return out;
}();

}  // namespace synq::detail
