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
constexpr std::uint64_t kScriptsPerNetwork = 125;
constexpr std::size_t kMostShown = 20;

/// Networks in turn have these settings.
const std::vector<Settings>& kinds_of_network() {
    static const std::vector<Settings> kinds{
        {},
        {{"net.ipv4.tcp_syncookies", 0}},
        {{"net.ipv4.tcp_syncookies", 2}},
        {{"net.ipv4.tcp_abort_on_overflow", 1}},
        {{"net.ipv4.tcp_timestamps", 0}},
        {{"net.ipv4.tcp_window_scaling", 0}},
        {{"net.ipv4.tcp_sack", 0}},
        {{"net.ipv4.tcp_syncookies", 2}, {"net.ipv4.tcp_timestamps", 0}},
        {{"net.ipv4.tcp_syncookies", 2}, {"net.ipv4.tcp_window_scaling", 0}},
        {{"net.ipv4.tcp_syncookies", 2}, {"net.ipv4.tcp_sack", 0}},
        {{"net.ipv4.tcp_migrate_req", 1}},
        {{"net.ipv4.tcp_migrate_req", 1}, {"net.ipv4.tcp_abort_on_overflow", 1}},
        {{"net.ipv4.tcp_syncookies", 0}, {"net.ipv4.tcp_max_syn_backlog", 4}},
        {{"net.ipv4.tcp_fastopen", 0x203}},
        {{"net.ipv4.tcp_fastopen", 0x603}, {"net.ipv4.tcp_migrate_req", 1}},
        {}};
    return kinds;
}

std::string text_of(const Settings& settings) {
    std::string out;
    for (const auto& [name, value] : settings) {
        out += " " + name + "=" + std::to_string(value);
    }
    return out;
}

std::string setting(const char* name) {
    const char* const text = std::getenv(name);
    return text == nullptr ? "" : text;
}

std::uint64_t number(const char* name, std::uint64_t otherwise) {
    const std::string text = setting(name);
    return text.empty() ? otherwise : std::strtoull(text.c_str(), nullptr, 10);
}

/// Both transcripts as one text; empty when they are equal.
std::string compare(KernelLab& lab, const Script& script, const Settings& settings) {
    ModelSubject subject(settings);
    const Played model = play(subject, script);
    const Played kernel = play_between_ticks(lab, script);
    return kernel.text == model.text ? "" : difference(kernel.text, model.text);
}

/// The differences among `count` scripts from `first` on, shrunk, each once.
Findings explore(KernelLab& lab, std::uint64_t first, std::uint64_t count,
                 const Settings& settings) {
    const std::uint64_t seed = number("SYNQ_EXPLORE_SEED", kSeed);
    const std::set<std::string> gaps = open_gaps();
    std::set<std::string> out;
    for (std::uint64_t i = first; i < first + count; ++i) {
        RandomStream random(seed, "exploration", i);
        const Script script = ScriptMaker(random, gaps, settings).make();
        const std::string seen = compare(lab, script, settings);
        if (seen.empty()) {
            continue;
        }
        const Script shortest = shrink(script, [&](const Script& each) {
            return ScriptMaker(random, gaps, settings).replay(each) &&
                   !compare(lab, each, settings).empty();
        });
        const std::string again = compare(lab, shortest, settings);
        out.insert("script " + std::to_string(i) + text_of(settings) +
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
        const auto& kinds = kinds_of_network();
        const Settings& settings = kinds[first / kScriptsPerNetwork % kinds.size()];
        const Findings found = in_private_network(
            [&](KernelLab& lab) { return explore(lab, first, count, settings); }, settings);
        for (const std::string& each : found) {
            FAIL_CHECK(each);
        }
    }
}

}  // namespace synq::test
