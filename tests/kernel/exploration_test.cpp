// Random scripts on this machine's kernel and on the model: no difference, no tolerance.
//
//   SYNQ_EXPLORE=100000       how many scripts (2000)
//   SYNQ_EXPLORE_SEED=7       which (1)
//   SYNQ_GAPS=window          known gaps to open (tests/kernel/known_gaps.h); all: every one
#include "tests/kernel/exploration.h"

#include "tests/catch.h"
#include "tests/kernel/private_network.h"
#include "tests/kernel/shrink.h"

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

/// Both transcripts as one text; empty when they are equal.
std::string compare(KernelLab& lab, const Script& script, const Shown& shown) {
    ModelSubject subject;
    const Played model = play(subject, script, shown);
    const Played kernel = play_between_ticks(lab, script, shown);
    return kernel.text == model.text ? "" : difference(kernel.text, model.text);
}

/// The differences among `count` scripts from `first` on, shrunk, each once.
Findings explore(KernelLab& lab, std::uint64_t first, std::uint64_t count) {
    const std::uint64_t seed = number("SYNQ_EXPLORE_SEED", kSeed);
    const std::set<std::string> gaps = open_gaps();
    const Shown shown = shown_with(gaps);
    std::set<std::string> out;
    for (std::uint64_t i = first; i < first + count; ++i) {
        RandomStream random(seed, "exploration", i);
        const Script script = ScriptMaker(random, gaps).make();
        const std::string seen = compare(lab, script, shown);
        if (seen.empty()) {
            continue;
        }
        const Script shortest = shrink(script, [&](const Script& each) {
            return ScriptMaker(random, gaps).replay(each) && !compare(lab, each, shown).empty();
        });
        const std::string again = compare(lab, shortest, shown);
        out.insert("script " + std::to_string(i) +
                   (again.empty() ? ", not seen again\n" + seen : "\n" + again));
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
