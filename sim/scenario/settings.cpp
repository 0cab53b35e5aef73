#include "sim/scenario/settings.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <limits>

namespace synq {
namespace {

constexpr std::array<std::string_view, 3> kClockKeys{"mode", "hz", "phase"};
constexpr std::array<std::string_view, 3> kRunKeys{"until", "wakeup", "tables"};
constexpr std::array<std::string_view, 2> kModes{"exact", "wheel"};

/// Linux's choices (CONFIG_HZ) whose tick is a whole number of nanoseconds.
constexpr std::array<std::int64_t, 3> kFrequencies{100, 250, 1000};

void load_clock(LoadContext& context, const Node& table, ClockSpec& clock) {
    Section section(context, table, "[clock]", kClockKeys);
    if (const auto mode = section.text("mode")) {
        clock.mode = parse_clock_mode(context, section.pos("mode"), *mode).value_or(clock.mode);
    }
    if (const auto hz = section.number("hz", 1, std::numeric_limits<int>::max())) {
        clock.hz = static_cast<int>(*hz);
        if (std::find(kFrequencies.begin(), kFrequencies.end(), *hz) == kFrequencies.end()) {
            context.fail(section.pos("hz"), fmt::format("hz = {} is not offered", *hz),
                         "say 100, 250 or 1000");
        }
    }
    clock.phase = section.duration("phase");
}

void load_run(LoadContext& context, const Node& table, Scenario& scenario) {
    Section section(context, table, "[run]", kRunKeys);
    scenario.until = section.duration("until");
    scenario.wakeup = section.duration("wakeup").value_or(Duration{});
    if (const Node* const tables = section.find("tables")) {
        for (const Node* const node : context.items(*tables, "tables")) {
            if (const auto time = context.duration(*node, "tables")) {
                scenario.table_times.push_back(*time);
            }
        }
        std::sort(scenario.table_times.begin(), scenario.table_times.end());
    }
}

}  // namespace

std::optional<ClockMode> parse_clock_mode(LoadContext& context, SourcePos pos,
                                          std::string_view word) {
    if (word == "exact" || word == "wheel") {
        return word == "exact" ? ClockMode::Exact : ClockMode::Wheel;
    }
    context.fail(pos, fmt::format("unknown clock mode '{}'", word), suggest(word, kModes, "modes"));
    return std::nullopt;
}

void load_settings(LoadContext& context, Section& top, Scenario& scenario) {
    scenario.title = top.text("title").value_or("");
    if (const auto seed = top.number("seed", 0, std::numeric_limits<std::int64_t>::max())) {
        scenario.seed = static_cast<std::uint64_t>(*seed);
    }
    if (const Node* const clock = table_of(context, top, "clock")) {
        load_clock(context, *clock, scenario.clock);
    }
    if (const Node* const run = table_of(context, top, "run")) {
        load_run(context, *run, scenario);
    }
}

}  // namespace synq
