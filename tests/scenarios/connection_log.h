// The logs of docs/notes/2026-11-connection-timers.md, tests/data/connection/*.csv: cases, and
// segments in their notation.
#pragma once

#include "model/wire/segment.h"
#include "tests/csv.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace synq {

/// A line of a log.
struct Logged {
    std::int64_t at_us = 0;
    std::vector<std::string> words;

    [[nodiscard]] const std::string& kind() const { return words.front(); }
    /// Something that was done to the socket.
    [[nodiscard]] bool stimulus() const { return kind() == "call" || kind() == "in"; }
    [[nodiscard]] std::string text() const {
        std::string out;
        for (const std::string& word : words) {
            out += (out.empty() ? "" : " ") + word;
        }
        return out;
    }
};

struct LoggedCase {
    std::string name;
    std::vector<Logged> lines;
};

/// The cases of a topic in their order.
inline std::vector<LoggedCase> logged_cases(const std::string& topic) {
    std::vector<LoggedCase> out;
    for (const CsvRow& row : read_csv("connection/" + topic + ".csv")) {
        if (out.empty() || out.back().name != row.at("case")) {
            out.push_back({row.at("case"), {}});
        }
        out.back().lines.push_back({std::stoll(row.at("at_us")), split(row.at("event"), ' ')});
    }
    return out;
}

/// Both ends' first numbers and timestamps, which the logs leave out.
struct LogOrigin {
    Seq socket;
    Seq peer{1'000'000};
    std::uint32_t socket_timestamp = 0;
    bool timestamps = false;  // the socket's SYN had one
};

namespace detail {
struct FlagName {
    std::string_view name;
    Flags flag;
};
inline constexpr std::array<FlagName, 5> kLoggedFlags{
    {{"SYN", kSyn}, {"RST", kRst}, {"FIN", kFin}, {"PSH", kPsh}, {"ACK", kAck}}};

inline std::uint32_t number(const std::string& text) {
    return static_cast<std::uint32_t>(std::stoll(text));
}
inline std::string relative(Seq seq, Seq first) {
    return std::to_string(static_cast<std::int32_t>(seq - first));
}
}  // namespace detail

/// What an "in" line says that the peer sends.
inline Segment logged_segment(const Logged& line, const LogOrigin& origin) {
    Segment out;
    const std::vector<std::string>& words = line.words;
    for (const std::string& word : split(words.at(1), '+')) {
        for (const auto& [name, flag] : detail::kLoggedFlags) {
            out.flags = word == name ? out.flags | flag : out.flags;
        }
    }
    const auto numbers = split(words.at(2), '/');
    out.seq = origin.peer + detail::number(numbers[0]);
    if (numbers.size() > 1) {
        out.ack = origin.socket + detail::number(numbers[1]);
    }
    for (std::size_t i = 3; i < words.size(); ++i) {
        if (words[i] == "sackok") {
            out.options.sack_permitted = true;
            continue;
        }
        const std::string& value = words.at(i + 1);
        if (words[i] == "len") {
            out.len = detail::number(value);
        } else if (words[i] == "win") {
            out.window = static_cast<std::uint16_t>(detail::number(value));
        } else if (words[i] == "mss") {
            out.options.mss = static_cast<std::uint16_t>(detail::number(value));
        } else if (words[i] == "ws") {
            out.options.window_scale = static_cast<std::uint8_t>(detail::number(value));
        } else if (words[i] == "ts") {
            const auto both = split(value, '/');
            out.options.timestamps = true;
            out.options.ts_val = detail::number(both.at(0));
            out.options.ts_ecr =
                origin.timestamps ? origin.socket_timestamp + detail::number(both.at(1)) : 0;
        }
        ++i;
    }
    return out;
}

/// An "out" line.
inline std::string logged_text(const Segment& segment, const LogOrigin& origin) {
    std::string out;
    for (const auto& [name, flag] : detail::kLoggedFlags) {
        if ((segment.flags.bits() & flag.bits()) != 0) {
            out += (out.empty() ? "out " : "+") + std::string(name);
        }
    }
    const bool from_nowhere = segment.flags.rst() && segment.seq == Seq{0};
    out += " " + (from_nowhere ? "abs0" : detail::relative(segment.seq, origin.socket));
    if (segment.flags.ack()) {
        out += "/" + detail::relative(segment.ack, origin.peer);
    }
    const auto add = [&](bool present, const std::string& name, std::int64_t value) {
        out += present ? " " + name + " " + std::to_string(value) : "";
    };
    const Options& options = segment.options;
    add(segment.len != 0, "len", segment.len);
    add(!segment.flags.rst(), "win", segment.window);
    add(options.mss != 0, "mss", options.mss);
    out += options.sack_permitted ? " sackok" : "";
    if (options.timestamps) {
        const auto own = static_cast<std::int32_t>(options.ts_val - origin.socket_timestamp);
        out += " ts " + std::to_string(own) + "/" + std::to_string(options.ts_ecr);
    }
    add(options.window_scale != Options::kNoScale, "ws", options.window_scale);
    return out;
}

/// A line without SACK blocks, which the model does not send.
inline std::string without_blocks(const Logged& line) {
    std::string out;
    for (std::size_t i = 0; i < line.words.size(); ++i) {
        if (line.words[i] == "sack") {
            ++i;
        } else {
            out += (out.empty() ? "" : " ") + line.words[i];
        }
    }
    return out;
}

}  // namespace synq
