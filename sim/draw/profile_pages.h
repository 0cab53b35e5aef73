// The profiles side by side, and one profile's page.
#pragma once

#include "model/profile/profile.h"

#include <string>

namespace synq {

/// Rows of profiles, at most 100 columns, and what to ask next.
std::string profiles_text();
/// docs/tables/profiles.md: the table, then a section for each profile.
std::string profiles_markdown();
/// One line for each profile, all facts.
std::string profiles_csv();

/// Rules, settings, sources of one profile.
std::string profile_text(const Profile& profile);
std::string profile_markdown(const Profile& profile);
std::string profile_csv(const Profile& profile);

}  // namespace synq
