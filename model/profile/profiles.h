// Every profile, each a constant of its own; the rest of the program asks find_profile().
#pragma once

#include "model/profile/profile.h"

namespace synq::detail {

// linux_profiles.cpp
extern const Profile kLinux618;
extern const Profile kLinux618Abort;
extern const Profile kLinux618Cookies;
extern const Profile kLinux612;
extern const Profile kLinux61;
extern const Profile kLinux49;
extern const Profile kLinux44;
extern const Profile kLinux313;
extern const Profile kLinux26;
// profile.cpp
extern const Profile kRfc9293;
// other_profiles.cpp
extern const Profile kFreebsd;
extern const Profile kMacos;
extern const Profile kSolaris;
extern const Profile kWindows;
extern const Profile kBsd44;

/// Neither light records nor any other way of Linux.
constexpr Rules by_the_book() {
    return {
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
        .header_prediction = false,
        .window_shrinks_late = false,
        .old_ack_bounded_by_acknowledged = false,
        .old_acks_dropped = false,
        .syn_ack_interval_bounded = true,
        .bad_ack_hastens_syn = false,
        .icmp_ends_open = false,
        .linux_reset_errors = false,
        .fast_open = false,
        .listener_stays_passive = false,
        .clients_reuse_time_wait = false,
        .abort_ends_time_wait = true,
        .tail_loss_probe = false,
        .linux_rto = false,
    };
}

}  // namespace synq::detail
