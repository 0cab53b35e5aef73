// Every shipped scenario keeps its promises, as it is and in each of its cases, wherever in the
// timer wheel's cycle it starts.
#include "sim/scenario/embedded.h"
#include "sim/scenario/scenario.h"
#include "sim/world/expect.h"
#include "sim/world/world.h"
#include "tests/catch.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace synq {
namespace {

constexpr std::uint64_t kSeeds = 6;

std::vector<ExpectationResult> results_of(const EmbeddedScenario& shipped,
                                          const Overrides& overrides) {
    const auto scenario = parse_scenario(shipped.text, shipped.name, overrides);
    INFO((scenario ? "" : to_string(scenario.error())));
    REQUIRE(scenario.has_value());
    const auto trace = run_scenario(*scenario, {});
    REQUIRE(trace.has_value());
    return check_expectations(*scenario, *trace);
}

/// No name: the scenario as it is.
std::vector<std::optional<std::string>> cases_of(const EmbeddedScenario& shipped) {
    std::vector<std::optional<std::string>> names{std::nullopt};
    const auto scenario = parse_scenario(shipped.text, shipped.name, {});
    REQUIRE(scenario.has_value());
    for (const CaseInfo& info : scenario->cases) {
        names.emplace_back(info.name);
    }
    return names;
}

}  // namespace

TEST_CASE("the shipped scenarios keep their promises") {
    for (const EmbeddedScenario& shipped : embedded_scenarios()) {
        for (const auto& name : cases_of(shipped)) {
            for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
                Overrides overrides;
                overrides.seed = seed;
                overrides.case_name = name;
                const auto results = results_of(shipped, overrides);
                INFO(shipped.name << " " << name.value_or("(no case)") << ", seed " << seed);
                CHECK((!name || !results.empty()));
                for (const ExpectationResult& result : results) {
                    INFO(to_string(result));
                    CHECK(result.passed);
                }
            }
        }
    }
}

}  // namespace synq
