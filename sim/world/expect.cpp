#include "sim/world/expect.h"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <optional>
#include <string_view>

namespace synq {
namespace {

// A value, or why there is none.
struct Found {
    std::optional<std::int64_t> value;
    std::string instead;
    std::optional<std::int64_t> of;  // calls: out of so many
};

std::optional<std::size_t> host_named(const Trace& trace, std::string_view name) {
    const auto found = std::find(trace.hosts.begin(), trace.hosts.end(), name);
    if (found == trace.hosts.end()) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(found - trace.hosts.begin());
}

// "client" means "client" itself and client.0, client.1, ...
bool is_instance(std::string_view process, std::string_view group) {
    if (!process.starts_with(group)) {
        return false;
    }
    process.remove_prefix(group.size());
    return process.empty() ||
           (process.size() > 1 && process.front() == '.' &&
            process.find_first_not_of("0123456789", 1) == std::string_view::npos);
}

Found counter(const Expectation& expectation, const Trace& trace) {
    const auto host = host_named(trace, expectation.host);
    if (!host) {
        return {.instead = fmt::format("there is no host {}", expectation.host)};
    }
    const auto& counters = trace.counters[*host];
    const auto found = counters.find(expectation.counter);
    return {.value = found == counters.end() ? 0 : static_cast<std::int64_t>(found->second)};
}

bool matches(const Expectation& expectation, const CallRecord& call) {
    const bool about_its_end =
        expectation.result || expectation.error || expectation.ends_min || expectation.ends_max;
    if (about_its_end && !call.returned()) {
        return false;
    }
    const Duration end = call.end - Instant{};
    return (!expectation.result || call.result == *expectation.result) &&
           (!expectation.error || call.error == *expectation.error) &&
           (!expectation.ends_min || end >= *expectation.ends_min) &&
           (!expectation.ends_max || end <= *expectation.ends_max);
}

Found calls(const Expectation& expectation, const Trace& trace) {
    Found found{.value = 0, .instead = {}, .of = 0};
    for (const CallRecord& call : trace.calls) {
        if (call.kind == expectation.call &&
            is_instance(trace.processes[call.process].name, expectation.process)) {
            ++*found.of;
            *found.value += matches(expectation, call) ? 1 : 0;
        }
    }
    return found;
}

Found longest_queue(const Expectation& expectation, const Trace& trace, bool accept_queue) {
    const auto host = host_named(trace, expectation.host);
    Found longest{.instead = fmt::format("no listener on port {}", expectation.port)};
    for (const ListenerRecord& listener : trace.listeners) {
        if (!host || listener.host != *host || listener.local.port != expectation.port) {
            continue;
        }
        if (!accept_queue && !listener.request_queue_max) {
            longest.instead = "not known";
            continue;
        }
        const std::int64_t length =
            accept_queue ? listener.accept_queue_max : *listener.request_queue_max;
        longest.value = std::max(longest.value.value_or(0), length);
    }
    return longest;
}

Found segments(const Expectation& expectation, const Scenario& scenario, const Trace& trace) {
    const auto host = host_named(trace, expectation.host);
    if (!host) {
        return {.instead = fmt::format("there is no host {}", expectation.host)};
    }
    const auto count = std::count_if(
        trace.segments.begin(), trace.segments.end(), [&](const SegmentRecord& record) {
            // A single host sends everything, and its loopback address says nothing; between
            // hosts, loopback is not looked at.
            const bool by_host = trace.hosts.size() == 1 ||
                                 record.packet.src.address == scenario.hosts[*host].address;
            return by_host && record.packet.segment.flags == expectation.flags;
        });
    return {.value = static_cast<std::int64_t>(count)};
}

Found admitted(const Expectation& expectation, const Trace& trace) {
    for (const FloodRecord& flood : trace.floods) {
        if (flood.name == expectation.flood) {
            return {.value = static_cast<std::int64_t>(flood.admitted)};
        }
    }
    return {.instead = fmt::format("there is no flood {}", expectation.flood)};
}

Found sockets(const Expectation& expectation, const Trace& trace) {
    const auto host = host_named(trace, expectation.host);
    for (const SocketTable& table : trace.socket_tables) {
        if (host && table.host == *host && table.t - Instant{} == expectation.at) {
            const auto count =
                std::count_if(table.rows.begin(), table.rows.end(), [&](const SocketRow& row) {
                    return ss_name(row.state) == ss_name(expectation.state);
                });
            return {.value = static_cast<std::int64_t>(count)};
        }
    }
    return {.instead = "not looked at"};
}

Found find(const Expectation& expectation, const Scenario& scenario, const Trace& trace) {
    switch (expectation.subject) {
        case Expectation::Subject::Counter:
            return counter(expectation, trace);
        case Expectation::Subject::CallsOf:
            return calls(expectation, trace);
        case Expectation::Subject::AcceptQueue:
            return longest_queue(expectation, trace, true);
        case Expectation::Subject::RequestQueue:
            return longest_queue(expectation, trace, false);
        case Expectation::Subject::Segments:
            return segments(expectation, scenario, trace);
        case Expectation::Subject::Admitted:
            return admitted(expectation, trace);
        case Expectation::Subject::Sockets:
            return sockets(expectation, trace);
    }
    return {};
}

bool kept(const Expectation& expectation, const Found& found) {
    if (!found.value) {
        return false;
    }
    if (!expectation.equals && !expectation.min && !expectation.max) {
        return *found.value > 0 && found.value == found.of;  // all calls
    }
    return (!expectation.equals || *found.value == *expectation.equals) &&
           (!expectation.min || *found.value >= *expectation.min) &&
           (!expectation.max || *found.value <= *expectation.max);
}

std::string text(const Found& found) {
    if (!found.value) {
        return found.instead;
    }
    return found.of ? fmt::format("{} of {}", *found.value, *found.of)
                    : fmt::format("{}", *found.value);
}

}  // namespace

std::vector<ExpectationResult> check_expectations(const Scenario& scenario, const Trace& trace) {
    std::vector<ExpectationResult> results;
    results.reserve(scenario.expectations.size());
    for (const Expectation& expectation : scenario.expectations) {
        const Found found = find(expectation, scenario, trace);
        results.push_back({.passed = kept(expectation, found),
                           .expected = expectation.text,
                           .found = text(found),
                           .where = fmt::format("{}:{}", scenario.file, expectation.pos.line)});
    }
    return results;
}

std::string to_string(const ExpectationResult& result) {
    return fmt::format("{}  {}: found {} ({})", result.passed ? "ok    " : "FAILED",
                       result.expected, result.found, result.where);
}

bool all_passed(std::span<const ExpectationResult> results) {
    return std::all_of(results.begin(), results.end(),
                       [](const ExpectationResult& result) { return result.passed; });
}

}  // namespace synq
