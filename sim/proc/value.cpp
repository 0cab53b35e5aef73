#include "sim/proc/value.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <fmt/format.h>
#include <iterator>
#include <utility>

namespace synq {
namespace {

struct Unit {
    std::string_view name;
    std::int64_t ns;
};
constexpr std::array<Unit, 5> kUnits{
    {{"ns", 1}, {"us", 1'000}, {"ms", 1'000'000}, {"s", 1'000'000'000}, {"min", 60'000'000'000}}};

constexpr std::array<std::string_view, 6> kRelations{"==", "!=", "<", "<=", ">", ">="};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::string too_large(std::string_view what) {
    return fmt::format("{} is too large for 64 bits", what);
}

/// Appends a decimal digit; false when the number no longer fits.
bool append_digit(std::int64_t& number, char digit) {
    return !__builtin_mul_overflow(number, std::int64_t{10}, &number) &&
           !__builtin_add_overflow(number, std::int64_t{digit - '0'}, &number);
}

/// 0.`fraction` of `unit`, exact; nothing when that is not a whole number of nanoseconds.
std::optional<std::int64_t> fraction_of(std::string_view fraction, std::int64_t unit) {
    while (fraction.ends_with('0')) {
        fraction.remove_suffix(1);
    }
    // A minute is 2^11 * 3 * 5^10 ns: no number of more digits divides it.
    if (fraction.size() > 11) {
        return std::nullopt;
    }
    std::int64_t numerator = 0;
    std::int64_t denominator = 1;
    for (const char c : fraction) {
        append_digit(numerator, c);
        if (unit % 10 == 0) {
            unit /= 10;
        } else {
            denominator *= 10;
        }
        if (denominator > 10) {
            return std::nullopt;
        }
    }
    if (numerator * unit % denominator != 0) {
        return std::nullopt;
    }
    return numerator * unit / denominator;
}

/// whole.fraction times `unit`; `text` is how it was written.
std::expected<std::int64_t, std::string> scale(std::string_view whole, std::string_view fraction,
                                               std::int64_t unit, std::string_view text) {
    std::int64_t total = 0;
    for (const char c : whole) {
        if (!append_digit(total, c)) {
            return std::unexpected(too_large(text));
        }
    }
    const std::optional<std::int64_t> rest = fraction_of(fraction, unit);
    if (!rest) {
        return std::unexpected(fmt::format("{} is not a whole number of nanoseconds", text));
    }
    if (__builtin_mul_overflow(total, unit, &total) ||
        __builtin_add_overflow(total, *rest, &total)) {
        return std::unexpected(too_large(text));
    }
    return total;
}

/// The kind of left op right, or why the two do not go together.
std::expected<Value::Kind, std::string> result_kind(char op, const Value& left,
                                                    const Value& right) {
    if (left.kind == right.kind) {
        if (op == '*' && left.is_duration()) {
            return std::unexpected(std::string("two durations cannot be multiplied"));
        }
        return op == '/' ? Value::Kind::Number : left.kind;
    }
    if (op == '*' || (op == '/' && left.is_duration())) {
        return Value::Kind::Duration;
    }
    return std::unexpected(fmt::format("{} is {} and {} is {}: they do not go together with '{}'",
                                       to_string(left), describe(left.kind), to_string(right),
                                       describe(right.kind), op));
}

}  // namespace

std::string_view describe(Value::Kind kind) {
    return kind == Value::Kind::Duration ? "a duration" : "a plain number";
}

std::string to_string(const Value& value) {
    if (!value.is_duration()) {
        return fmt::format("{}", value.amount);
    }
    if (value.amount == 0) {
        return "0s";
    }
    // Minutes are for writing: 120s reads better beside other seconds than 2min.
    std::size_t unit = 3;
    while (value.amount % kUnits[unit].ns != 0) {
        --unit;
    }
    return fmt::format("{}{}", value.amount / kUnits[unit].ns, kUnits[unit].name);
}

std::expected<Value, std::string> parse_literal(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size() && is_digit(text[at])) {
        ++at;
    }
    const std::string_view whole = text.substr(0, at);
    std::string_view fraction;
    if (at < text.size() && text[at] == '.') {
        const std::size_t begin = ++at;
        while (at < text.size() && is_digit(text[at])) {
            ++at;
        }
        fraction = text.substr(begin, at - begin);
        if (fraction.empty()) {
            return std::unexpected(fmt::format("'{}' is not a number", text));
        }
    }
    if (whole.empty()) {
        return std::unexpected(fmt::format("'{}' is not a number", text));
    }
    const std::string_view unit_name = text.substr(at);
    if (unit_name.empty()) {
        if (!fraction.empty()) {
            return std::unexpected(
                fmt::format("{} has no unit, and plain numbers are integers", text));
        }
        const auto amount = scale(whole, {}, 1, text);
        if (!amount) {
            return std::unexpected(amount.error());
        }
        return Value::number(*amount);
    }
    for (const Unit& unit : kUnits) {
        if (unit.name == unit_name) {
            const auto amount = scale(whole, fraction, unit.ns, text);
            if (!amount) {
                return std::unexpected(amount.error());
            }
            return Value{Value::Kind::Duration, *amount};
        }
    }
    return std::unexpected(fmt::format("'{}' has an unknown unit '{}'", text, unit_name));
}

std::expected<Value, std::string> combine(char op, const Value& left, const Value& right) {
    const auto kind = result_kind(op, left, right);
    if (!kind) {
        return std::unexpected(kind.error());
    }
    const std::int64_t a = left.amount;
    const std::int64_t b = right.amount;
    std::int64_t amount = 0;
    bool overflow = false;
    switch (op) {
        case '+':
            overflow = __builtin_add_overflow(a, b, &amount);
            break;
        case '-':
            overflow = __builtin_sub_overflow(a, b, &amount);
            break;
        case '*':
            overflow = __builtin_mul_overflow(a, b, &amount);
            break;
        default:
            if (b == 0) {
                return std::unexpected(std::string("division by zero"));
            }
            if (b != -1) {
                amount = op == '/' ? a / b : a % b;
            } else if (op == '/') {  // the smallest number divided by -1 does not fit
                overflow = __builtin_sub_overflow(std::int64_t{0}, a, &amount);
            }
    }
    if (overflow) {
        return std::unexpected(
            too_large(fmt::format("{} {} {}", to_string(left), op, to_string(right))));
    }
    return Value{*kind, amount};
}

bool compare(std::int64_t left, Relation relation, std::int64_t right) {
    switch (relation) {
        case Relation::Equal:
            return left == right;
        case Relation::NotEqual:
            return left != right;
        case Relation::Less:
            return left < right;
        case Relation::LessEqual:
            return left <= right;
        case Relation::Greater:
            return left > right;
        case Relation::GreaterEqual:
            return left >= right;
    }
    std::unreachable();
}

std::string_view symbol(Relation relation) {
    return kRelations[static_cast<std::size_t>(relation)];
}

std::optional<Relation> relation_named(std::string_view text) {
    const auto* const found = std::find(kRelations.begin(), kRelations.end(), text);
    return found == kRelations.end()
               ? std::nullopt
               : std::optional(static_cast<Relation>(std::distance(kRelations.begin(), found)));
}

}  // namespace synq
