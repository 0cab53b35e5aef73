#include "model/profile/profile.h"

#include "model/profile/profiles.h"

#include <algorithm>
#include <array>

namespace synq {
namespace detail {

/// RFC 9293 with RFC 5961, 6298 and 7323, by the letter: no light records, no SYN cookies, no
/// tail-loss probe; TIME-WAIT lasts two MSL of two minutes, SYNs are repeated for three minutes.
constexpr Profile kRfc9293{
    .name = "rfc9293",
    .provenance = {.title = "RFC 9293 with RFC 5961, 6298 and 7323, by the letter",
                   .alias = {},
                   .confidence = Confidence::Standard,
                   .year = "2022",
                   .sources = "RFC 9293; RFC 5961; RFC 6298; RFC 7323; docs/COMPLIANCE.md",
                   .unsure = "The RFCs say nothing about queues: they are Linux's."},
    .rules = by_the_book(),
    .listen = {},
    .sysctl =
        {
            .syncookies = 0,
            .syn_retries = 7,
            .syn_linear_timeouts = 0,
            .synack_retries = 7,
            .invalid_ratelimit_ms = 0,
            .rto_min_us = 1'000'000,
        },
    .fixed = {},
    .tick = milliseconds(4),
    .initial_rto = seconds(1),
    .second_rto = {},
    .connect_limit = {},
    .refused_repeats = 0,
    .refused_pause = {},
    .rto_without_sample = seconds(3),
    .orphan_count_period = {},
    .time_wait = seconds(240),
    .delayed_ack = milliseconds(40),
    .time_wait_iss_step = 65'537,
};

}  // namespace detail

namespace {

constexpr std::array kProfiles{
    &detail::kLinux618, &detail::kRfc9293, &detail::kLinux618Abort, &detail::kLinux618Cookies,
    &detail::kLinux612, &detail::kLinux61, &detail::kLinux49,       &detail::kLinux44,
    &detail::kLinux313, &detail::kLinux26, &detail::kFreebsd,       &detail::kMacos,
    &detail::kSolaris,  &detail::kWindows, &detail::kBsd44,
};

}  // namespace

const Profile* find_profile(std::string_view name) {
    const auto* const found = std::ranges::find_if(kProfiles, [&](const Profile* profile) {
        return profile->name == name || (!name.empty() && profile->provenance.alias == name);
    });
    return found == kProfiles.end() ? nullptr : *found;
}

std::span<const std::string_view> profile_names() {
    static const auto names = [] {
        std::array<std::string_view, kProfiles.size()> out;
        std::ranges::transform(kProfiles, out.begin(), &Profile::name);
        return out;
    }();
    return names;
}

bool is_fixed(const Profile& profile, std::string_view sysctl) {
    return std::ranges::find(profile.fixed, sysctl) != profile.fixed.end();
}

std::string_view name(Confidence confidence) {
    switch (confidence) {
        case Confidence::Measured:
            return "measured";
        case Confidence::ReadInSource:
            return "read in source";
        case Confidence::Documented:
            return "documented";
        case Confidence::OldDocuments:
            return "old documents";
        case Confidence::Standard:
            return "standard";
    }
    return "";
}

}  // namespace synq
