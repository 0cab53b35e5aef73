// Values of expressions: plain numbers and durations, never mixed up.
#pragma once

#include "model/base/time.h"
#include "sim/proc/program.h"

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace synq {

struct Value {
    enum class Kind : std::uint8_t { Number, Duration };

    Kind kind = Kind::Number;
    std::int64_t amount = 0;  // Duration: nanoseconds

    static constexpr Value number(std::int64_t n) { return {Kind::Number, n}; }
    static constexpr Value duration(Duration d) { return {Kind::Duration, d.ns}; }
    [[nodiscard]] constexpr bool is_duration() const { return kind == Kind::Duration; }
    [[nodiscard]] constexpr Duration as_duration() const { return {amount}; }

    friend constexpr bool operator==(const Value&, const Value&) = default;
};

/// Scenario parameters by name.
using ParameterMap = std::map<std::string, Value, std::less<>>;

/// The longest duration that a file may ask for. Sums of a few hundred still fit 64 bits of
/// nanoseconds, so the clock cannot overflow by a slip of a unit.
inline constexpr Duration kLongestDuration = seconds(365LL * 24 * 3600);

/// "a plain number" or "a duration".
std::string_view describe(Value::Kind kind);
/// As it would be written: "2", "20s", "1500ms"; the largest unit that leaves an integer.
std::string to_string(const Value& value);

/// "250ms", "1.5s", "2min" as `digits[.digits]unit`, or plain digits. The error is the problem in
/// words: unknown unit, not a whole number of nanoseconds, too large.
std::expected<Value, std::string> parse_literal(std::string_view text);

/// left op right, op one of + - * / %. The error is the problem in words: kinds that do not go
/// together, division by zero, overflow.
std::expected<Value, std::string> combine(char op, const Value& left, const Value& right);
/// Both of one kind.
bool compare(std::int64_t left, Relation relation, std::int64_t right);
/// "==" and so on.
std::string_view symbol(Relation relation);
/// The inverse of symbol().
std::optional<Relation> relation_named(std::string_view text);

}  // namespace synq
