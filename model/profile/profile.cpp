#include "model/profile/profile.h"

#include <array>

namespace synq {
namespace {

/// Measured on 6.18.44 and 6.18.15 (linux.md 0.3); Sysctls' defaults are this kernel's.
constexpr Profile kLinux618{
    .name = "linux-6.18",
    .rules = {},
    .sysctl = {},
    .tick = milliseconds(4),
    .initial_rto = seconds(1),
    .rto_without_sample = seconds(3),
    .time_wait = seconds(60),
    .delayed_ack = milliseconds(40),
    .time_wait_iss_step = 65'537,
};

/// RFC 9293 with RFC 5961, 6298 and 7323, by the letter: no light records, no SYN cookies, no
/// tail-loss probe; TIME-WAIT lasts two MSL of two minutes, SYNs are repeated for three minutes.
constexpr Profile kRfc9293{
    .name = "rfc9293",
    .rules =
        {
            .no_ack_dropped_first = false,
            .wide_window_test = false,
            .light_requests = false,
            .lenient_simultaneous_open = false,
            .reset_before_fin = false,
            .light_fin_wait_2 = false,
            .light_time_wait = false,
            .listener_drops_syn_fin = false,
            .unreadable_text_resets = false,
            .second_fin_counts = false,
            .window_shrinks_late = false,
            .old_ack_bounded_by_acknowledged = false,
            .old_acks_dropped = false,
            .syn_ack_interval_bounded = true,
            .bad_ack_hastens_syn = false,
            .icmp_ends_open = false,
            .linux_reset_errors = false,
            .listener_stays_passive = false,
            .tail_loss_probe = false,
            .linux_rto = false,
        },
    .sysctl =
        {
            .syncookies = 0,
            .syn_retries = 7,
            .syn_linear_timeouts = 0,
            .synack_retries = 7,
            .invalid_ratelimit_ms = 0,
            .rto_min_us = 1'000'000,
        },
    .tick = milliseconds(4),
    .initial_rto = seconds(1),
    .rto_without_sample = seconds(3),
    .time_wait = seconds(240),
    .delayed_ack = milliseconds(40),
    .time_wait_iss_step = 65'537,
};

constexpr std::array kProfiles{&kLinux618, &kRfc9293};
constexpr std::array<std::string_view, kProfiles.size()> kNames{kLinux618.name, kRfc9293.name};

}  // namespace

const Profile* find_profile(std::string_view name) {
    for (const Profile* profile : kProfiles) {
        if (profile->name == name) {
            return profile;
        }
    }
    return nullptr;
}

std::span<const std::string_view> profile_names() {
    return kNames;
}

}  // namespace synq
