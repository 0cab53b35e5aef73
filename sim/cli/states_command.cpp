#include "model/fsm/describe.h"
#include "model/profile/profile.h"
#include "sim/cli/commands.h"
#include "sim/cli/print.h"
#include "sim/cli/report.h"
#include "sim/draw/state_diagram.h"

#include <expected>
#include <fmt/format.h>
#include <optional>
#include <span>

namespace synq {
namespace {

std::string text_of(StatesCommand::Form form, const Selection& selection) {
    switch (form) {
        case StatesCommand::Form::Markdown:
            return states_markdown(selection);
        case StatesCommand::Form::Csv:
            return states_csv(selection);
        case StatesCommand::Form::Matrix:
            return states_matrix_markdown(selection);
        case StatesCommand::Form::Dot:
            return states_dot(selection);
        case StatesCommand::Form::Mermaid:
            return states_mermaid_markdown(selection);
        case StatesCommand::Form::Svg:
            return states_svg(selection);
    }
    return {};
}

Diagnostic unknown(std::string_view what, std::string_view word,
                   std::span<const std::string_view> known) {
    const std::string near = nearest(word, known);
    return {.file = {},
            .pos = {},
            .problem = fmt::format("unknown {} '{}'", what, word),
            .remedy = near.empty() ? suggest(word, known, fmt::format("{}s", what))
                                   : fmt::format("did you mean '{}'?", near)};
}

/// Adds what the words mean.
template <class Kind>
std::optional<Diagnostic> select(const std::vector<std::string>& words, std::set<Kind>& into,
                                 std::set<Kind> (*meaning)(std::string_view), std::string_view what,
                                 const std::vector<std::string_view>& known) {
    for (const std::string& word : words) {
        const std::set<Kind> found = meaning(word);
        if (found.empty()) {
            return unknown(what, word, known);
        }
        into.insert(found.begin(), found.end());
    }
    return std::nullopt;
}

std::expected<Selection, Diagnostic> selection_of(const StatesCommand& command) {
    Selection out;
    if (command.profile != "all") {
        out.profile =
            find_profile(command.profile.empty() ? profile_names().front() : command.profile);
        if (out.profile == nullptr) {
            std::vector<std::string_view> known(profile_names().begin(), profile_names().end());
            known.emplace_back("all");
            return std::unexpected(unknown("profile", command.profile, known));
        }
    }
    if (const auto problem =
            select(command.states, out.states, states_named, "state", state_spellings())) {
        return std::unexpected(*problem);
    }
    if (const auto problem =
            select(command.events, out.events, events_named, "event", event_spellings())) {
        return std::unexpected(*problem);
    }
    return out;
}

}  // namespace

int states(const StatesCommand& command) {
    const auto selection = selection_of(command);
    if (!selection) {
        return report_error(selection.error());
    }
    return print(text_of(command.form, *selection), command.out);
}

}  // namespace synq
