// Many experiments at once, each a scenario in both worlds: they are mostly waiting.
#pragma once

#include "sim/scenario/scenario.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace synq::test {

struct Experiment {
    std::string file;  // in tests/data/kernel, without .toml
    std::vector<std::pair<std::string, std::string>> parameters;
    bool shipped = false;  // `file` is one of sim/scenarios instead
    // NOLINTNEXTLINE(readability-redundant-member-init): so that it may be left out
    std::optional<std::string> case_name{};

    /// "full-queue rtt=100ms syncookies=0", "lost-fin --case four".
    [[nodiscard]] std::string name() const;
};

struct Outcome {
    bool agree = false;
    /// What differs, or why there is nothing to compare.
    std::string text;
    /// What the kernel did: "connect: 6 ok, 34 waiting; recv: ...", then counters that were asked
    /// for, "ListenDrops 34".
    std::string calls;
    std::vector<std::pair<std::string, std::string>> counters;

    /// Of the server, from the kernel's trace.
    [[nodiscard]] std::string counter(const std::string& name) const;
};

/// Runs all of them side by side, each in a child process, and yields their outcomes in the same
/// order. Leaves the test, with the reason, where the kernel cannot be used so (tests/skip.h). An
/// experiment whose run on the kernel was not punctual is made again; so is, alone and twice at
/// most, one that differs: a wrong rule differs each time, a process that got no processor does
/// not. What was made again is printed.
std::vector<Outcome> side_by_side(const std::vector<Experiment>& experiments);

}  // namespace synq::test
