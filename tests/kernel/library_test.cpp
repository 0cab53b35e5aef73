// The shipped scenarios, each case, on the model and on this machine's kernel.
#include "sim/scenario/embedded.h"
#include "tests/catch.h"
#include "tests/kernel/side_by_side.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <vector>

namespace synq::test {
namespace {

struct LeftOut {
    std::string_view name;
    std::string_view reason;
};
constexpr std::array<LeftOut, 6> kLeftOut{
    {{"lost-syn-ack", "both ends' timers run out at once: who is first is chance"},
     {"six-clients", "takes minutes: agreement_test.cpp plays it shortened"},
     {"five-regimes --case burst-cookies", "200 s: agreement_test.cpp plays it shortened"},
     {"five-regimes --case burst-cookies-abort", "200 s: agreement_test.cpp plays it shortened"},
     {"syn-flood", "the kernel runner has no floods"},
     {"fast-open", "nor this one's"}}};

bool left_out(std::string_view name) {
    return std::any_of(kLeftOut.begin(), kLeftOut.end(),
                       [&](const LeftOut& each) { return each.name == name; });
}

std::vector<Experiment> experiments_of(const EmbeddedScenario& shipped) {
    const std::string file{shipped.name};
    std::vector<Experiment> out{{.file = file, .parameters = {}, .shipped = true}};
    const auto scenario = load_scenario(file, {});
    REQUIRE(scenario.has_value());
    for (const CaseInfo& info : scenario->cases) {
        out.push_back({.file = file, .parameters = {}, .shipped = true, .case_name = info.name});
    }
    return out;
}

}  // namespace

TEST_CASE("agreement: the shipped scenarios") {
    std::vector<Experiment> all;
    for (const EmbeddedScenario& shipped : embedded_scenarios()) {
        if (!left_out(shipped.name)) {
            const auto some = experiments_of(shipped);
            std::copy_if(some.begin(), some.end(), std::back_inserter(all),
                         [](const Experiment& each) { return !left_out(each.name()); });
        }
    }
    const std::vector<Outcome> outcomes = side_by_side(all);
    for (std::size_t i = 0; i < all.size(); ++i) {
        INFO(all[i].name() << "\n" << outcomes[i].text);
        CHECK(outcomes[i].agree);
    }
}

}  // namespace synq::test
