// Arithmetic over numbers and durations, and the expressions of scenario files.
#include "sim/proc/value.h"

#include "sim/proc/expression.h"
#include "sim/scenario/condition.h"
#include "tests/catch.h"

#include <cstdint>
#include <string>

namespace synq {
namespace {

const ParameterMap& parameters() {
    static const ParameterMap map{{"backlog", Value::number(2)},
                                  {"rtt", Value::duration(milliseconds(50))}};
    return map;
}

std::string result_of(std::string_view text) {
    const auto value = evaluate(text, TextOrigin{}, Scope{.parameters = &parameters(), .index = 3});
    return value ? to_string(*value) : value.error().problem;
}

std::string condition(std::string_view text) {
    const auto holds = evaluate_condition(text, TextOrigin{}, Scope{.parameters = &parameters()});
    if (!holds) {
        return holds.error().problem;
    }
    return *holds ? "yes" : "no";
}

}  // namespace

TEST_CASE("values print in the largest unit that leaves an integer") {
    CHECK(to_string(Value::number(-7)) == "-7");
    CHECK(to_string(Value::duration({})) == "0s");
    CHECK(to_string(Value::duration(seconds(120))) == "120s");
    CHECK(to_string(Value::duration(milliseconds(1500))) == "1500ms");
    CHECK(to_string(Value::duration(microseconds(-10))) == "-10us");
    CHECK(to_string(Value::duration({INT64_MIN})) == "-9223372036854775808ns");
}

TEST_CASE("operators bind as in C") {
    CHECK(result_of("2 + 3 * 4") == "14");
    CHECK(result_of("(2 + 3) * 4") == "20");
    CHECK(result_of("20 - 5 - 3") == "12");
    CHECK(result_of("7 / 2 % 2") == "1");
    CHECK(result_of("-7 / 2") == "-3");
    CHECK(result_of("-(2 - 5)") == "3");
    CHECK(result_of("- -2") == "2");
}

TEST_CASE("durations keep their dimension") {
    CHECK(result_of("1s + 500ms") == "1500ms");
    CHECK(result_of("2 * 50ms") == "100ms");
    CHECK(result_of("rtt * backlog") == "100ms");
    CHECK(result_of("rtt / 2") == "25ms");
    CHECK(result_of("1s / 250ms") == "4");
    CHECK(result_of("1s % 300ms") == "100ms");
    CHECK(result_of("-rtt") == "-50ms");
    CHECK(result_of("index * 20ms") == "60ms");
}

TEST_CASE("kinds that do not go together are refused") {
    CHECK(result_of("1 + 1s") ==
          "1 is a plain number and 1s is a duration: they do not go together with '+'");
    CHECK(result_of("1s - 1") ==
          "1s is a duration and 1 is a plain number: they do not go together with '-'");
    CHECK(result_of("2 / 1s") ==
          "2 is a plain number and 1s is a duration: they do not go together with '/'");
    CHECK(result_of("5 % 1s") ==
          "5 is a plain number and 1s is a duration: they do not go together with '%'");
    CHECK(result_of("1s * 1s") == "two durations cannot be multiplied");
}

TEST_CASE("arithmetic never leaves 64 bits silently") {
    CHECK(result_of("9223372036854775807 + 1") ==
          "9223372036854775807 + 1 is too large for 64 bits");
    CHECK(result_of("-9223372036854775807 - 2") ==
          "-9223372036854775807 - 2 is too large for 64 bits");
    CHECK(result_of("(-9223372036854775807 - 1) / -1") ==
          "-9223372036854775808 / -1 is too large for 64 bits");
    CHECK(result_of("(-9223372036854775807 - 1) % -1") == "0");
    CHECK(result_of("9223372036s * 2") == "9223372036s * 2 is too large for 64 bits");
    CHECK(result_of("1 / 0") == "division by zero");
    CHECK(result_of("1s % 0s") == "division by zero");
}

TEST_CASE("a malformed expression is refused") {
    CHECK(result_of("") == "expected a number, a duration or a name, found the end of the text");
    CHECK(result_of("2 +") == "expected a number, a duration or a name, found the end of the text");
    CHECK(result_of("(2") == "expected ')' to close '(', found the end of the text");
    CHECK(result_of("2 3") == "unexpected '3' after the expression");
    CHECK(result_of("backlogg") == "unknown name 'backlogg'");
    CHECK(result_of("10.0.0.1") == "expected a number, a duration or a name, found '10.0.0.1'");
    CHECK(result_of(std::string(100, '(')) == "nested deeper than 64 levels");
    CHECK(result_of(std::string(100'000, '-') + "1") == "nested deeper than 64 levels");
    CHECK(result_of(std::string(60, '(') + "1" + std::string(60, ')')) == "1");
}

TEST_CASE("the remedy for an unknown name is the one that was meant") {
    const auto value = evaluate("1 + backlogg", TextOrigin{.file = "f", .first = {4, 9}},
                                Scope{.parameters = &parameters()});
    REQUIRE_FALSE(value.has_value());
    CHECK(to_string(value.error()) ==
          "f:4:13: error: unknown name 'backlogg' (did you mean 'backlog'?)");
    const auto index = evaluate("index", TextOrigin{}, Scope{.parameters = &parameters()});
    REQUIRE_FALSE(index.has_value());
    CHECK(index.error().problem == "'index' has no meaning here");
}

TEST_CASE("conditions compare values and join comparisons as in C") {
    CHECK(condition("backlog == 2 && rtt == 50ms") == "yes");
    CHECK(condition("backlog == 2 && rtt == 0ms") == "no");
    CHECK(condition("backlog == 1 || rtt > 0s") == "yes");
    CHECK(condition("backlog != 2 || backlog < 2 || backlog > 2") == "no");
    CHECK(condition("backlog <= 2 && backlog >= 2") == "yes");
    CHECK(condition("!(backlog == 2)") == "no");
    CHECK(condition("!!(backlog == 2)") == "yes");
    CHECK(condition("(backlog + 1) * 2 == 6") == "yes");
    CHECK(condition("((backlog == 2) && (rtt == 50ms))") == "yes");
    // && binds closer than ||.
    CHECK(condition("1 == 1 || 1 == 1 && 1 == 2") == "yes");
    CHECK(condition("(1 == 1 || 1 == 1) && 1 == 2") == "no");
}

TEST_CASE("a malformed condition is refused") {
    CHECK(condition("backlog") == "expected a comparison, found the end of the text");
    CHECK(condition("backlog = 2") == "expected a comparison, found '='");
    CHECK(condition("backlog == 2s") ==
          "2 is a plain number and 2s is a duration: they cannot be compared");
    CHECK(condition("backlog == 2 &&") ==
          "expected a number, a duration or a name, found the end of the text");
    CHECK(condition("(backlog == 2") == "expected ')' to close '(', found the end of the text");
    CHECK(condition("backlog == 2)") == "unexpected ')' after the condition");
    CHECK(condition("1 == 1 || nothing == 2") == "unknown name 'nothing'");
    CHECK(condition(std::string(100'000, '!') + "1 == 1") == "nested deeper than 64 levels");
}

}  // namespace synq
