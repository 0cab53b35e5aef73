// docs/LIFE-OF-A-SYN.md is held against the sources that it quotes and against a run.
#include "sim/scenario/scenario.h"
#include "sim/world/world.h"
#include "tests/catch.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace synq {
namespace {

using Lines = std::vector<std::string>;

struct Station {
    std::string title;
    std::string file;
    std::string function;
    Lines quoted;
    Lines events;
};

Lines lines_of(const std::filesystem::path& path) {
    std::ifstream file(path);
    Lines lines;
    for (std::string line; std::getline(file, line);) {
        lines.push_back(line);
    }
    return lines;
}

std::filesystem::path docs() {
    return SYNQ_DOCS_DIR;
}

std::string trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(' ');
    return first == std::string_view::npos ? std::string() : std::string(text.substr(first));
}

/// What stands between backquotes.
Lines quoted_words(std::string_view line) {
    Lines words;
    for (std::size_t open = line.find('`'); open != std::string_view::npos;) {
        const std::size_t close = line.find('`', open + 1);
        if (close == std::string_view::npos) {
            break;
        }
        words.emplace_back(line.substr(open + 1, close - open - 1));
        open = line.find('`', close + 1);
    }
    return words;
}

/// The sections of the page; the last one, about loopback, has no file.
std::vector<Station> read_stations() {
    std::vector<Station> stations;
    bool in_trace = false;
    for (const std::string& line : lines_of(docs() / "LIFE-OF-A-SYN.md")) {
        if (line.starts_with("## ")) {
            stations.push_back({.title = line.substr(3)});
        }
        if (stations.empty()) {
            continue;
        }
        Station& station = stations.back();
        in_trace = line.starts_with("Trace: ") || (in_trace && line.starts_with("`"));
        if (line.starts_with("File `")) {
            const Lines words = quoted_words(line);
            REQUIRE(words.size() == 2);
            station.file = words[0];
            station.function = words[1];
        } else if (line.starts_with("    ")) {
            station.quoted.push_back(trimmed(line));
        } else if (in_trace) {
            const Lines words = quoted_words(line);
            station.events.insert(station.events.end(), words.begin(), words.end());
        }
    }
    return stations;
}

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// A definition begins in the first column and names the function right before its parameters.
bool defines(const std::string& line, const std::string& function) {
    const std::size_t at = line.find(function + "(");
    return at != std::string::npos && at > 0 && line.front() != ' ' && line.front() != '/' &&
           !line.ends_with(";") && !is_name_character(line[at - 1]) && line[at - 1] != ':';
}

/// The lines of the function's body, without indentation.
Lines body_of(const Lines& source, const std::string& function) {
    auto line = std::find_if(source.begin(), source.end(),
                             [&](const std::string& l) { return defines(l, function); });
    Lines body;
    for (; line != source.end() && *line != "}"; ++line) {
        body.push_back(trimmed(*line));
    }
    return body;
}

constexpr std::string_view kScenario = R"(
[clock]
mode = "exact"
[[host]]
name = "server"
[[host]]
name = "client"
[[link]]
between = ["server", "client"]
rtt = "RTT"
[[process]]
name = "server"
host = "server"
program = """
fd = socket(AF_INET, SOCK_STREAM)
bind(fd, 8000)
listen(fd, 1)
c = accept(fd)
"""
[[process]]
name = "client"
host = "client"
start = "10ms"
program = """
fd = socket(AF_INET, SOCK_STREAM)
connect(fd, server:8000)
sleep(1s)
"""
)";

Trace run_with_rtt(std::string_view rtt) {
    std::string text(kScenario);
    text.replace(text.find("RTT"), 3, rtt);
    const auto scenario = parse_scenario(text, "life-of-a-syn.toml", {});
    REQUIRE(scenario.has_value());
    const auto trace = run_scenario(*scenario, {});
    REQUIRE(trace.has_value());
    return *trace;
}

/// An entry of the trace in the words of the page; empty for what the page passes over.
std::string event_text(const Trace& trace, const Entry& entry) {
    switch (entry.kind) {
        case EntryKind::CallStart:
            return trace.calls[entry.index].kind == CallKind::Connect ? "connect() called" : "";
        case EntryKind::CallEnd: {
            const CallRecord& call = trace.calls[entry.index];
            if (call.kind == CallKind::Connect) {
                return "connect() returned " + std::to_string(call.result);
            }
            return call.kind == CallKind::Accept && call.result >= 0 ? "accept() returned" : "";
        }
        case EntryKind::SegmentSent:
        case EntryKind::SegmentArrived: {
            const Flags flags = trace.segments[entry.index].packet.segment.flags;
            const bool sent = entry.kind == EntryKind::SegmentSent;
            const char* const name = flags == kSyn            ? "SYN"
                                     : flags == (kSyn | kAck) ? "SYN+ACK"
                                     : flags == kAck          ? "ACK"
                                                              : "other segment";
            return std::string(name) + (sent ? " sent" : " arrived");
        }
        case EntryKind::Queue: {
            const QueueRecord& queue = trace.queues[entry.index];
            if (queue.accept_queue != 0) {
                return "accept queue " + std::to_string(queue.accept_queue);
            }
            return queue.request_queue != 0 ? "request queue " + std::to_string(queue.request_queue)
                                            : "";
        }
        case EntryKind::State:
            break;
    }
    return "";
}

/// From the call of connect() to the return of accept().
Lines story_of(const Trace& trace) {
    Lines story;
    for (const Entry& entry : trace.order) {
        const std::string text = event_text(trace, entry);
        if (!text.empty() && (!story.empty() || text == "connect() called")) {
            story.push_back(text);
        }
        if (text == "accept() returned") {
            break;
        }
    }
    return story;
}

}  // namespace

TEST_CASE("LIFE-OF-A-SYN has eight to ten stations and a section on loopback") {
    const auto stations = read_stations();
    REQUIRE(stations.size() >= 9);
    CHECK(stations.size() <= 11);
    CHECK(stations.back().title == "On loopback");
    for (std::size_t i = 0; i + 1 < stations.size(); ++i) {
        CHECK(stations[i].title.starts_with(std::to_string(i + 1) + ". "));
    }
}

TEST_CASE("LIFE-OF-A-SYN quotes lines that stand in the functions it names") {
    auto stations = read_stations();
    REQUIRE_FALSE(stations.empty());
    stations.pop_back();
    for (const Station& station : stations) {
        INFO(station.title << ": " << station.file << ", " << station.function);
        REQUIRE(station.quoted.size() == 1);
        const Lines body = body_of(lines_of(docs().parent_path() / station.file), station.function);
        REQUIRE_FALSE(body.empty());
        CHECK_THAT(body, Catch::Matchers::VectorContains(station.quoted.front()));
    }
}

TEST_CASE("LIFE-OF-A-SYN tells the events of a run over a link, all of them and in their order") {
    auto stations = read_stations();
    REQUIRE_FALSE(stations.empty());
    stations.pop_back();
    Lines told;
    for (const Station& station : stations) {
        told.insert(told.end(), station.events.begin(), station.events.end());
    }
    const Trace trace = run_with_rtt("50ms");
    CHECK(story_of(trace) == told);

    const auto called = [&](CallKind kind) {
        return *std::find_if(trace.calls.begin(), trace.calls.end(),
                             [&](const CallRecord& call) { return call.kind == kind; });
    };
    const Instant start = called(CallKind::Connect).start;
    CHECK(called(CallKind::Connect).end - start == milliseconds(50));
    CHECK(called(CallKind::Accept).end - start == milliseconds(75));
}

TEST_CASE("LIFE-OF-A-SYN tells the events of a run over loopback, where connect() returns late") {
    const auto stations = read_stations();
    REQUIRE_FALSE(stations.empty());
    CHECK(story_of(run_with_rtt("0ms")) == stations.back().events);
}

}  // namespace synq
