// The shipped experiment against what a 6.18 kernel in virtual time answered, to the millisecond
// and to the counter. tests/data/loopback_measured.csv says where each value comes from.
#include "sim/scenario/scenario.h"
#include "sim/world/world.h"
#include "tests/catch.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace synq;

struct Row {
    std::string backlog, cookies, subject, key, value;
};

std::vector<Row> rows() {
    std::ifstream file(std::string(SYNQ_TEST_DATA_DIR) + "/loopback_measured.csv");
    REQUIRE(file);
    std::vector<Row> out;
    std::string line;
    while (std::getline(file, line)) {
        if (line.empty() || line.front() == '#' || line.starts_with("backlog,")) {
            continue;
        }
        std::istringstream cells(line);
        Row row;
        for (std::string* cell : {&row.backlog, &row.cookies, &row.subject, &row.key, &row.value}) {
            std::getline(cells, *cell, ',');
        }
        out.push_back(row);
    }
    return out;
}

/// Where the measured run began in the kernel's wheel: 375 jiffies after boot, whose counter starts
/// at 2^32 - 75000. Every granule divides 2^18 jiffies.
Duration measured_phase() {
    constexpr std::int64_t kJiffy = (std::int64_t{1} << 32) - 75'000 + 375;
    return milliseconds(4) * (kJiffy % (1 << 18));
}

Trace run(const std::string& backlog, const std::string& cookies) {
    auto scenario = load_scenario("six-clients",
                                  {.parameters = {{"backlog", backlog}, {"syncookies", cookies}}});
    REQUIRE(scenario);
    scenario->clock.phase = measured_phase();
    auto trace = run_scenario(*scenario, {});
    REQUIRE(trace);
    return std::move(*trace);
}

std::int64_t ms(Instant t) {
    return t == kNever ? -1 : t.ns / 1'000'000;
}

const CallRecord& connect_of(const Trace& trace, const std::string& client) {
    const auto found = std::find_if(trace.calls.begin(), trace.calls.end(), [&](const auto& call) {
        return call.kind == CallKind::Connect &&
               trace.processes[call.process].name == "client." + client;
    });
    REQUIRE(found != trace.calls.end());
    return *found;
}

std::string joined(const std::vector<std::int64_t>& numbers) {
    std::string out;
    for (const std::int64_t number : numbers) {
        out += (out.empty() ? "" : " ") + std::to_string(number);
    }
    return out;
}

std::vector<const CallRecord*> accepts(const Trace& trace) {
    std::vector<const CallRecord*> out;
    for (const CallRecord& call : trace.calls) {
        if (call.kind == CallKind::Accept && call.returned()) {
            out.push_back(&call);
        }
    }
    return out;
}

std::string found(const Trace& trace, const Row& row) {
    std::vector<std::int64_t> numbers;
    if (row.subject == "connect_ms") {
        numbers.push_back(ms(connect_of(trace, row.key).end));
    } else if (row.subject == "syn_ms") {
        const Endpoint client = connect_of(trace, row.key).client;
        for (const SegmentRecord& sent : trace.segments) {
            if (sent.packet.src == client && sent.packet.segment.flags == kSyn) {
                numbers.push_back(ms(sent.t));
            }
        }
    } else if (row.subject == "accept_ms") {
        for (const CallRecord* call : accepts(trace)) {
            numbers.push_back(ms(call->end));
        }
    } else if (row.subject == "served") {
        for (const CallRecord* call : accepts(trace)) {
            for (std::int64_t client = 0; client < 6; ++client) {
                if (connect_of(trace, std::to_string(client)).client == call->client) {
                    numbers.push_back(client);
                }
            }
        }
    } else if (row.subject == "counter") {
        const auto& counters = trace.counters.front();
        const auto at = counters.find(row.key);
        numbers.push_back(at == counters.end() ? 0 : static_cast<std::int64_t>(at->second));
    }
    return joined(numbers);
}

}  // namespace

TEST_CASE("the six clients live through what the kernel made of them") {
    std::map<std::pair<std::string, std::string>, Trace> runs;
    for (const Row& row : rows()) {
        const std::pair key{row.backlog, row.cookies};
        if (!runs.contains(key)) {
            runs.emplace(key, run(row.backlog, row.cookies));
        }
        INFO("backlog " << row.backlog << ", syncookies " << row.cookies << ": " << row.subject
                        << " " << row.key);
        CHECK(found(runs.at(key), row) == row.value);
    }
    CHECK(runs.size() == 5);
}

TEST_CASE("with a round trip of 50 ms the cookie clients are served when the kernel served them") {
    // Measured with 25 ms of delay on the loopback device of the same kernel: three clients by the
    // queue at 20 s, the three that hold cookies when a retransmission finds room at 33.078 s.
    auto scenario = load_scenario("six-clients", {.parameters = {{"rtt", "50ms"}}});
    REQUIRE(scenario);
    scenario->clock.phase = measured_phase();
    const auto trace = run_scenario(*scenario, {});
    REQUIRE(trace);
    std::vector<std::int64_t> ends;
    for (const CallRecord& call : trace->calls) {
        if (call.kind == CallKind::Recv && call.result == 0 && call.returned()) {
            ends.push_back(ms(call.end));
        }
    }
    std::sort(ends.begin(), ends.end());
    CHECK(joined(ends) == "20025 20025 20025 33078 33078 33078");
}

TEST_CASE("with exact timers the late clients connect after exactly 35 seconds") {
    const auto scenario = load_scenario("six-clients", {.clock = ClockMode::Exact});
    REQUIRE(scenario);
    const auto trace = run_scenario(*scenario, {});
    REQUIRE(trace);
    for (const std::string client : {"3", "4", "5"}) {
        CHECK(connect_of(*trace, client).end == Instant{} + seconds(35));
    }
}
