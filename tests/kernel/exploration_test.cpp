// Random scripts on this machine's kernel and on the model: no difference, no tolerance.
//
//   SYNQ_EXPLORE=100000       how many scripts (2000)
//   SYNQ_EXPLORE_SEED=7       which (1)
//   SYNQ_EXPLORE_GAPS=all     known gaps to open: names, comma separated, or all (none)
#include "tests/kernel/exploration.h"

#include "tests/catch.h"
#include "tests/csv.h"
#include "tests/kernel/private_network.h"

#include <cstdlib>

namespace synq::test {
namespace {

constexpr std::uint64_t kScripts = 2'000;
constexpr std::uint64_t kSeed = 1;
constexpr std::uint64_t kScriptsPerNetwork = 500;
constexpr std::size_t kMostShown = 20;

std::string setting(const char* name) {
    const char* const text = std::getenv(name);
    return text == nullptr ? "" : text;
}

std::uint64_t number(const char* name, std::uint64_t otherwise) {
    const std::string text = setting(name);
    return text.empty() ? otherwise : std::strtoull(text.c_str(), nullptr, 10);
}

std::set<std::string> open_gaps() {
    std::set<std::string> out;
    const std::string text = setting("SYNQ_EXPLORE_GAPS");
    for (const KnownGap& gap : known_gaps()) {
        const auto named = split(text, ',');
        if (text == "all" || std::find(named.begin(), named.end(), gap.name) != named.end()) {
            out.emplace(gap.name);
        }
    }
    return out;
}

/// Both transcripts as one text; empty when they are equal.
std::string compare(KernelLab& lab, const Script& script) {
    ModelSubject subject;
    const Played model = play(subject, script);
    const Played kernel = play_between_ticks(lab, script);
    return kernel.text == model.text ? "" : difference(kernel.text, model.text);
}

/// The differences among `count` scripts from `first` on, shrunk, each once.
Findings explore(KernelLab& lab, std::uint64_t first, std::uint64_t count) {
    const std::uint64_t seed = number("SYNQ_EXPLORE_SEED", kSeed);
    const std::set<std::string> gaps = open_gaps();
    std::set<std::string> out;
    for (std::uint64_t i = first; i < first + count; ++i) {
        RandomStream random(seed, "exploration", i);
        const Script script = ScriptMaker(random, gaps).make();
        if (compare(lab, script).empty()) {
            continue;
        }
        const Script shortest =
            shrink(script, [&](const Script& each) { return !compare(lab, each).empty(); });
        out.insert("script " + std::to_string(i) + "\n" + compare(lab, shortest));
        if (out.size() == kMostShown) {
            break;
        }
    }
    return {out.begin(), out.end()};
}

}  // namespace

TEST_CASE("kernel and model play random scripts alike") {
    const std::uint64_t scripts = number("SYNQ_EXPLORE", kScripts);
    for (std::uint64_t first = 0; first < scripts; first += kScriptsPerNetwork) {
        const std::uint64_t count = std::min(kScriptsPerNetwork, scripts - first);
        for (const std::string& each :
             in_private_network([&](KernelLab& lab) { return explore(lab, first, count); })) {
            FAIL_CHECK(each);
        }
    }
}

}  // namespace synq::test
