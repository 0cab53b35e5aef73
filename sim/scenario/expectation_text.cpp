#include "sim/scenario/expectation_text.h"

#include "sim/proc/value.h"

#include <fmt/format.h>

namespace synq {
namespace {

std::string limits(const Expectation& expectation) {
    if (expectation.equals) {
        return fmt::format("== {}", *expectation.equals);
    }
    if (expectation.min && expectation.max) {
        return fmt::format("in {}..{}", *expectation.min, *expectation.max);
    }
    if (expectation.min) {
        return fmt::format(">= {}", *expectation.min);
    }
    return expectation.max ? fmt::format("<= {}", *expectation.max) : "";
}

std::string times(const Expectation& expectation) {
    const auto text = [](const std::optional<Duration>& time) {
        return to_string(Value::duration(time.value_or(Duration{})));
    };
    if (!expectation.ends_max) {
        return fmt::format("ends at {} or later", text(expectation.ends_min));
    }
    if (!expectation.ends_min) {
        return fmt::format("ends by {}", text(expectation.ends_max));
    }
    return fmt::format("ends {} to {}", text(expectation.ends_min), text(expectation.ends_max));
}

std::string calls_text(const Expectation& expectation) {
    std::string out = fmt::format("{} of {}", name(expectation.call), expectation.process);
    if (expectation.result) {
        out += fmt::format(", result {}", *expectation.result);
    }
    if (expectation.error) {
        out += expectation.error == Errno::None ? ", no error"
                                                : fmt::format(", {}", name(*expectation.error));
    }
    if (expectation.ends_min || expectation.ends_max) {
        out += ", " + times(expectation);
    }
    const std::string how_many = limits(expectation);
    return out + (how_many.empty() ? ": all calls" : fmt::format(": {} calls", how_many));
}

}  // namespace

std::string expectation_text(const Expectation& expectation) {
    switch (expectation.subject) {
        case Expectation::Subject::Counter:
            return fmt::format("{} of {} {}", expectation.counter, expectation.host,
                               limits(expectation));
        case Expectation::Subject::CallsOf:
            return calls_text(expectation);
        case Expectation::Subject::AcceptQueue:
            return fmt::format("longest accept queue of {}:{} {}", expectation.host,
                               expectation.port, limits(expectation));
        case Expectation::Subject::RequestQueue:
            return fmt::format("longest request queue of {}:{} {}", expectation.host,
                               expectation.port, limits(expectation));
        case Expectation::Subject::Admitted:
            return fmt::format("SYNs of {} admitted {}", expectation.flood, limits(expectation));
        case Expectation::Subject::Sockets:
            return fmt::format("sockets of {} in {} at {} {}", expectation.host,
                               ss_name(expectation.state),
                               to_string(Value::duration(expectation.at)), limits(expectation));
        case Expectation::Subject::Segments:
            break;
    }
    return fmt::format("{} segments sent by {} {}", flag_names(expectation.flags), expectation.host,
                       limits(expectation));
}

std::string joined_keys(std::span<const std::string_view> keys) {
    std::string out;
    for (const std::string_view key : keys) {
        if (!key.empty()) {
            out += (out.empty() ? "" : ", ") + std::string(key);
        }
    }
    return out;
}

}  // namespace synq
