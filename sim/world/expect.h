// Whether a run kept what its scenario promises ([[expect]]).
#pragma once

#include "sim/scenario/scenario.h"
#include "sim/trace/trace.h"

#include <span>
#include <string>
#include <vector>

namespace synq {

struct ExpectationResult {
    bool passed = false;
    std::string expected;  // "ListenOverflows of server == 27"
    std::string found;     // "26"; calls: "5 of 6"
    std::string where;     // "six-clients.toml:40"
};

/// One result per expectation, in the order of the file. An expectation of calls without a number
/// is kept when there are such calls and all of them match. What a trace does not tell (a kernel's
/// request queue) counts as not kept: a promise that nobody checked is no promise.
std::vector<ExpectationResult> check_expectations(const Scenario& scenario, const Trace& trace);

/// "FAILED  ListenOverflows of server == 27: found 26 (six-clients.toml:40)".
std::string to_string(const ExpectationResult& result);

[[nodiscard]] bool all_passed(std::span<const ExpectationResult> results);

}  // namespace synq
