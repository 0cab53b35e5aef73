// Whatever happens to the text of a scenario, reading it yields a scenario or one message.
#include "sim/proc/parser.h"
#include "sim/scenario/embedded.h"
#include "sim/scenario/scenario.h"
#include "tests/catch.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace synq {
namespace {

/// splitmix64: the same numbers on every machine.
class Numbers {
  public:
    explicit Numbers(std::uint64_t seed) : state_(seed) {}
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }

  private:
    std::uint64_t next() {
        state_ += 0x9e37'79b9'7f4a'7c15U;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30U)) * 0xbf58'476d'1ce4'e5b9U;
        z = (z ^ (z >> 27U)) * 0x94d0'49bb'1331'11ebU;
        return z ^ (z >> 31U);
    }
    std::uint64_t state_;
};

std::string_view six_clients() {
    for (const EmbeddedScenario& scenario : embedded_scenarios()) {
        if (scenario.name == "six-clients") {
            return scenario.text;
        }
    }
    return {};
}

/// Octets that mean something to TOML or to programs, so that mutants get past the first reader.
constexpr std::string_view kInteresting = "\"'[]{}()=.,;:#\\\n\r\t -+*/%<>!&|0189azAZ_\xc3\xff";

void mutate(std::string& text, Numbers& numbers) {
    const std::size_t at = numbers.below(text.size());
    const std::size_t length = 1 + numbers.below(std::min<std::size_t>(20, text.size() - at));
    switch (numbers.below(5)) {
        case 0:
            text.erase(at, length);
            break;
        case 1:
            text.insert(numbers.below(text.size()), text.substr(at, length));
            break;
        case 2:
            text[at] = kInteresting[numbers.below(kInteresting.size())];
            break;
        case 3:
            text[at] = static_cast<char>(numbers.below(256));
            break;
        default:
            text.insert(at, length, kInteresting[numbers.below(kInteresting.size())]);
    }
}

std::size_t lines_of(std::string_view text) {
    return 1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("a mutated scenario is read, or refused with a message that points into it") {
    REQUIRE_FALSE(six_clients().empty());
    Numbers numbers(1);
    std::size_t read = 0;
    std::size_t refused = 0;
    for (int round = 0; round < 4'000; ++round) {
        std::string text(six_clients());
        const std::size_t mutations = 1 + numbers.below(4);
        for (std::size_t i = 0; i < mutations && !text.empty(); ++i) {
            mutate(text, numbers);
        }
        const auto scenario = parse_scenario(text, "mutant.toml", {});
        if (scenario) {
            ++read;
            continue;
        }
        ++refused;
        const Diagnostic& error = scenario.error();
        INFO("round " << round << ": " << to_string(error));
        CHECK_FALSE(error.problem.empty());
        CHECK(error.file == "mutant.toml");
        CHECK(error.pos.line <= lines_of(text));
    }
    // Both ends are reached: the mutations are neither harmless nor fatal throughout.
    CHECK(read > 100);
    CHECK(refused > 1'000);
}

TEST_CASE("a mutated program is read, or refused with a message that points into it") {
    constexpr std::string_view program =
        "fd = socket(AF_INET, SOCK_STREAM)\nbind(fd, server:8000 + index); listen(fd, backlog)\n"
        "pause = 1.5s\nrepeat 3 {\n c = accept(fd)\n if (c < 0) { exit } else if c > 9 { sleep(1s) "
        "}\n"
        " else { sleep(pause) }\n while recv(c, 512) > 0 { }\n shutdown(c, SHUT_WR); close(c)\n}\n"
        "connect(fd, [2001:db8::1]:80); connect(fd, 10.0.0.1:-(1 - 2) * 80)\nloop { sleep(1min) "
        "}\n";
    const ParameterMap parameters{{"backlog", Value::number(2)}};
    const HostNames hosts{{"server", "server"}};
    Numbers numbers(3);
    std::size_t read = 0;
    for (int round = 0; round < 5'000; ++round) {
        std::string text(program);
        const std::size_t mutations = numbers.below(3);
        for (std::size_t i = 0; i < mutations; ++i) {
            mutate(text, numbers);
        }
        const auto result = parse_program(
            text, ProgramContext{.origin = {}, .parameters = &parameters, .hosts = &hosts});
        if (!result) {
            INFO("round " << round << ": " << to_string(result.error()));
            CHECK_FALSE(result.error().problem.empty());
            CHECK(result.error().pos.line >= 1);
            CHECK(result.error().pos.line <= lines_of(text));
            continue;
        }
        ++read;
        REQUIRE_FALSE(result->operations.empty());
        CHECK(result->operations.back().kind == OpKind::Exit);
        CHECK(result->registers.size() <= 64);
        for (const Operation& operation : result->operations) {
            CHECK(operation.target < result->operations.size());
            for (const Operand& operand : operation.args) {
                CHECK((operand.constant() || operand.reg < result->registers.size()));
            }
            CHECK((operation.dest == kNoRegister || operation.dest < result->registers.size()));
        }
    }
    CHECK(read > 1'500);
    CHECK(read < 4'000);
}

TEST_CASE("a truncated scenario is read, or refused with a message") {
    const std::string_view text = six_clients();
    for (std::size_t length = 0; length < text.size(); length += 7) {
        const auto scenario = parse_scenario(text.substr(0, length), "cut.toml", {});
        if (!scenario) {
            INFO(length);
            CHECK_FALSE(scenario.error().problem.empty());
        }
    }
}

TEST_CASE("reading a scenario twice yields the same message") {
    Numbers numbers(2);
    for (int round = 0; round < 200; ++round) {
        std::string text(six_clients());
        mutate(text, numbers);
        const auto first = parse_scenario(text, "mutant.toml", {});
        const auto second = parse_scenario(text, "mutant.toml", {});
        REQUIRE(first.has_value() == second.has_value());
        if (!first) {
            CHECK(to_string(first.error()) == to_string(second.error()));
        }
    }
}

}  // namespace synq
