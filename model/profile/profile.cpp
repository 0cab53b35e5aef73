#include "model/profile/profile.h"

#include <array>

namespace synq {
namespace {

/// Measured on 6.18.44 and 6.18.15 (linux.md 0.3); Sysctls' defaults are this kernel's.
constexpr Profile kLinux618{
    .name = "linux-6.18",
    .sysctl = {},
    .tick = milliseconds(4),
    .initial_rto = seconds(1),
    .rto_without_sample = seconds(3),
    .time_wait = seconds(60),
    .delayed_ack = milliseconds(40),
    .time_wait_iss_step = 65'537,
};

constexpr std::array kProfiles{&kLinux618};
constexpr std::array<std::string_view, kProfiles.size()> kNames{kLinux618.name};

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
