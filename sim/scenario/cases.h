// [[case]]: a named choice of parameters, with what is promised for exactly that choice.
#pragma once

#include "sim/scenario/scenario.h"
#include "sim/scenario/section.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace synq {

/// A case as it is written.
struct CaseDraft {
    const Node* table = nullptr;
    CaseInfo info;
    ParameterMap parameters;         // the file's, with the case's `set` in place
    std::optional<ClockMode> clock;  // unset: the file's
    std::optional<std::string> profile;
};

inline constexpr std::array<std::string_view, 6> kCaseKeys{"name",  "title",   "set",
                                                           "clock", "profile", "expect"};

/// Reads names and choices; the expectations inside are load_expectations()'s. To be called while
/// context.parameters still holds the file's own values.
std::vector<CaseDraft> load_cases(LoadContext& context, const Section& top);

/// What the command line says, on top of the case that it names.
Overrides choose_case(LoadContext& context, const std::vector<CaseDraft>& cases,
                      const Overrides& overrides);

}  // namespace synq
