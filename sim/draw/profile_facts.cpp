#include "sim/draw/profile_facts.h"

#include "model/tcb/rtt.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace synq {
namespace {

std::string plus(std::string_view what, std::uint32_t extra) {
    return extra == 0 ? std::string(what) : fmt::format("{}+{}", what, extra);
}

std::string seconds_text(Duration d) {
    constexpr std::int64_t kMillisecond = 1'000'000;
    constexpr std::int64_t kSecond = 1'000 * kMillisecond;
    return d.ns % kSecond == 0 ? fmt::format("{}", d.ns / kSecond)
                               : fmt::format("{:g}", static_cast<double>(d.ns) / kSecond);
}

}  // namespace

Schedule syn_schedule(const Profile& profile) {
    const Sysctls& sysctl = profile.sysctl;
    const Duration most = milliseconds(sysctl.rto_max_ms);
    const auto retries = static_cast<int>(sysctl.syn_retries);
    const auto linear = static_cast<int>(sysctl.syn_linear_timeouts);
    const Duration patience = modelled_timeout(retries, profile.initial_rto, most);
    Schedule out{.sent = {Duration{}}, .given_up = {}};
    Duration rto = profile.initial_rto;
    for (Duration at = rto;; at = at + rto) {
        if (profile.connect_limit.ns != 0 && at >= profile.connect_limit) {
            out.given_up = profile.connect_limit;
            return out;
        }
        const auto repeated = static_cast<int>(out.sent.size()) - 1;
        const bool used_up = repeated >= retries + linear || (repeated > 0 && at >= patience);
        if (profile.connect_limit.ns == 0 && used_up) {
            out.given_up = at;
            return out;
        }
        out.sent.push_back(at);
        if (repeated == 0 && profile.second_rto.ns != 0) {
            rto = profile.second_rto;
        }
        rto = repeated + 1 > linear ? std::min(rto * 2, most) : rto;
    }
}

Schedule syn_ack_schedule(const Profile& profile) {
    const Duration life = profile.listen.request_life;
    const Duration most = profile.rules.syn_ack_interval_bounded
                              ? milliseconds(profile.sysctl.rto_max_ms)
                              : seconds(120);
    Schedule out{.sent = {Duration{}}, .given_up = {}};
    Duration at = profile.initial_rto;
    for (int timeouts = 0;; ++timeouts) {
        if (life.ns != 0 && at >= life) {
            out.given_up = life;
            return out;
        }
        if (timeouts >= profile.sysctl.synack_retries) {
            out.given_up = at;
            return out;
        }
        out.sent.push_back(at);
        const Duration base = profile.second_rto.ns != 0 ? profile.second_rto : profile.initial_rto;
        at = at + backed_off(base, timeouts + 1, most);
    }
}

std::string accept_room_text(const Profile& profile) {
    const std::string room = plus(profile.listen.halves == 3 ? "3b/2" : "b", profile.listen.extra);
    return profile.listen.bound == RequestBound::Shared ? room + " both" : room;
}

std::string request_room_text(const Profile& profile) {
    if (profile.sysctl.syncookies == 2) {
        return "none kept";
    }
    switch (profile.listen.bound) {
        case RequestBound::Backlog:
            return plus("b", profile.listen.requests_extra);
        case RequestBound::Table:
            return "2^k > 8, b";
        case RequestBound::Shared:
            return "shared";
        case RequestBound::None:
            break;
    }
    return "no limit";
}

std::string full_syn_text(const Profile& profile) {
    switch (profile.listen.full_queue) {
        case FullQueue::DropsSyn:
            return "dropped";
        case FullQueue::DropsSynUnlessYoung:
            return "few young pass";
        case FullQueue::AnswersSyn:
            return "answered";
        case FullQueue::ResetsSyn:
            break;
    }
    return "RST";
}

std::string full_ack_text(const Profile& profile) {
    if (profile.listen.final_ack_fits) {
        return "fits";
    }
    if (profile.sysctl.syncookies == 2) {
        return "dropped";
    }
    return profile.sysctl.abort_on_overflow != 0 ? "RST" : "dropped";
}

std::string full_requests_text(const Profile& profile) {
    switch (profile.listen.gives_way) {
        case GivesWay::Oldest:
            return "oldest goes";
        case GivesWay::OldestRepeated:
            return "oldest goes, once it had a timeout";
        case GivesWay::Nobody:
            break;
    }
    switch (profile.listen.bound) {
        case RequestBound::Shared:
            return "as with a full accept queue";
        case RequestBound::None:
            return "never full";
        default:
            return profile.sysctl.syncookies != 0 ? "answered by a cookie" : "dropped";
    }
}

std::string backlog_text(const Profile& profile) {
    const ListenPolicy& policy = profile.listen;
    const std::int64_t most = profile.sysctl.somaxconn;
    return fmt::format("at most {}; 0 means {}, -1 means {}", most,
                       backlog_in_force(policy, 0, most), backlog_in_force(policy, -1, most));
}

std::string text_of(const Schedule& schedule) {
    std::vector<std::string> at;
    at.reserve(schedule.sent.size());
    for (const Duration each : schedule.sent) {
        at.push_back(seconds_text(each));
    }
    return fmt::format("{} s, given up after {} s", fmt::join(at, " "),
                       seconds_text(schedule.given_up));
}

const std::vector<RuleInfo>& rule_table() {
    static const std::vector<RuleInfo> kTable{
        {&Rules::no_ack_dropped_first, "a segment without ACK, RST, SYN is dropped first (D1)"},
        {&Rules::wide_window_test, "the window's right edge counts as inside (D2, D3)"},
        {&Rules::light_requests, "half-open passive connections are light (D4 to D6)"},
        {&Rules::lenient_simultaneous_open, "lenient simultaneous open (D7, D8)"},
        {&Rules::reset_before_fin, "after a FIN an RST at RCV.NXT-1 resets (D9)"},
        {&Rules::light_fin_wait_2, "FIN-WAIT-2 after close() is light (D10)"},
        {&Rules::light_time_wait, "TIME-WAIT is light (D11)"},
        {&Rules::listener_drops_syn_fin, "a listener drops SYN+FIN (D12)"},
        {&Rules::unreadable_text_resets, "text that nobody can read is answered by RST (D13)"},
        {&Rules::old_ack_bounded_by_acknowledged, "how old an ACK may be is bounded twice"},
        {&Rules::ack_above_nxt_answered, "an ACK above SND.NXT is answered"},
        {&Rules::old_acks_dropped, "an old pure ACK with an old timestamp is not answered"},
        {&Rules::syn_answered, "a SYN in a synchronized state is answered (RFC 5961 4.2)"},
        {&Rules::window_reset_challenged, "an RST in the window is challenged (RFC 5961 3.2)"},
        {&Rules::request_reset_challenged, "the same for a half-open request"},
        {&Rules::request_echo_checked, "a half-open request checks timestamp echoes"},
        {&Rules::syn_ack_interval_bounded, "tcp_rto_max_ms bounds a SYN-ACK's interval"},
        {&Rules::bad_ack_hastens_syn, "a bad first ACK brings the next SYN forward"},
        {&Rules::icmp_ends_open, "an ICMP error about a SYN ends the attempt"},
        {&Rules::linux_reset_errors, "RST says ECONNRESET or, in CLOSE-WAIT, EPIPE"},
        {&Rules::fast_open, "a listener may take text in a SYN with a cookie (TCP_FASTOPEN)"},
        {&Rules::listener_stays_passive, "connect() on a listening socket is refused"},
        {&Rules::tail_loss_probe, "a tail-loss probe goes before the first timeout (RFC 8985)"},
        {&Rules::linux_rto, "tcp_rto_min_us bounds the RTO's variation, not the sum"},
    };
    return kTable;
}

}  // namespace synq
