#include "model/profile/profile.h"
#include "sim/cli/commands.h"
#include "sim/cli/print.h"
#include "sim/cli/report.h"
#include "sim/draw/profile_pages.h"

#include <fmt/format.h>

namespace synq {
namespace {

std::string side_by_side(ProfilesCommand::Form form) {
    switch (form) {
        case ProfilesCommand::Form::Markdown:
            return profiles_markdown();
        case ProfilesCommand::Form::Csv:
            return profiles_csv();
        case ProfilesCommand::Form::Text:
            break;
    }
    return profiles_text();
}

std::string page(ProfilesCommand::Form form, const Profile& profile) {
    switch (form) {
        case ProfilesCommand::Form::Markdown:
            return profile_markdown(profile);
        case ProfilesCommand::Form::Csv:
            return profile_csv(profile);
        case ProfilesCommand::Form::Text:
            break;
    }
    return profile_text(profile);
}

}  // namespace

int profiles(const ProfilesCommand& command) {
    if (command.profile.empty()) {
        return print(side_by_side(command.form), command.out);
    }
    const Profile* profile = find_profile(command.profile);
    if (profile == nullptr) {
        return report_error(
            Diagnostic{.file = {},
                       .pos = {},
                       .problem = fmt::format("unknown profile '{}'", command.profile),
                       .remedy = suggest(command.profile, profile_names(), "profiles")});
    }
    return print(page(command.form, *profile), command.out);
}

}  // namespace synq
