// setsockopt() and getsockopt() in programs: the same answers from the model and from this
// machine's kernel.
#include "sim/kernel/kernel_run.h"
#include "sim/world/world.h"
#include "tests/catch.h"
#include "tests/skip.h"

#include <array>
#include <fmt/format.h>
#include <string>
#include <vector>

namespace synq {
namespace {

using Answers = std::vector<std::string>;

Scenario one_process(const std::string& program) {
    const auto scenario = parse_scenario(
        "[[host]]\nname = \"machine\"\n[[process]]\nname = \"options\"\nhost = \"machine\"\n"
        "program = \"\"\"\n" +
            program + "\"\"\"\n",
        "options", {});
    INFO((scenario ? "" : to_string(scenario.error())));
    REQUIRE(scenario.has_value());
    return *scenario;
}

Answers answers(const Trace& trace) {
    Answers out;
    for (const CallRecord& call : trace.calls) {
        out.push_back(fmt::format("{} = {} {}", call.text, call.result, name(call.error)));
    }
    return out;
}

void compare(const std::string& program) {
    if (const auto why = why_kernel_unavailable()) {
        test::skip(*why);
    }
    const Scenario scenario = one_process(program);
    const auto kernel = run_on_kernel(scenario, {});
    const auto model = run_scenario(scenario, {});
    REQUIRE(kernel.has_value());
    REQUIRE(model.has_value());
    CHECK(answers(*model) == answers(*kernel));
}

}  // namespace

TEST_CASE("every option is taken, refused and read back as by the kernel") {
    constexpr std::array kValues{-2, -1, 0, 1, 2, 3, 10, 100, 127, 128, 250, 400, 32'767, 32'768};
    std::string program = "fd = socket(AF_INET, SOCK_STREAM)\n";
    for (const auto* option : {"TCP_NODELAY", "SO_KEEPALIVE", "TCP_KEEPIDLE", "TCP_KEEPINTVL",
                               "TCP_KEEPCNT", "TCP_USER_TIMEOUT", "TCP_SYNCNT", "TCP_LINGER2",
                               "TCP_DEFER_ACCEPT", "SO_REUSEADDR", "SO_REUSEPORT", "IP_RECVERR"}) {
        program += fmt::format("getsockopt(fd, {})\n", option);
        for (const int value : kValues) {
            program +=
                fmt::format("setsockopt(fd, {0}, {1})\ngetsockopt(fd, {0})\n", option, value);
        }
    }
    compare(program);
}

TEST_CASE("children inherit options as on the kernel") {
    compare(R"(
        fd = socket(AF_INET, SOCK_STREAM)
        setsockopt(fd, TCP_DEFER_ACCEPT, 10)
        setsockopt(fd, TCP_SYNCNT, 3)
        setsockopt(fd, SO_REUSEADDR, 1)
        setsockopt(fd, SO_REUSEPORT, 1)
        setsockopt(fd, IP_RECVERR, 1)
        bind(fd, 8000)
        listen(fd, 1)
        client = socket(AF_INET, SOCK_STREAM)
        connect(client, machine:8000)
        send(client, 1)
        c = accept(fd)
        getsockopt(c, TCP_DEFER_ACCEPT)
        getsockopt(c, TCP_SYNCNT)
        getsockopt(c, SO_REUSEADDR)
        getsockopt(c, SO_REUSEPORT)
        getsockopt(c, IP_RECVERR)
    )");
}

TEST_CASE("a client's bound port is taken over from TIME-WAIT as on the kernel") {
    for (const std::string first : {"", "setsockopt(a, SO_REUSEADDR, 1)\n"}) {
        for (const std::string second : {"", "setsockopt(b, SO_REUSEADDR, 1)\n"}) {
            for (const int port : {8000, 8001}) {
                const std::string program = fmt::format(
                    "fd = socket(AF_INET, SOCK_STREAM)\nbind(fd, 8000)\nlisten(fd, 1)\n"
                    "other = socket(AF_INET, SOCK_STREAM)\nbind(other, 8001)\nlisten(other, 1)\n"
                    "a = socket(AF_INET, SOCK_STREAM)\n{}"
                    "bind(a, 5000)\nconnect(a, machine:8000)\nc = accept(fd)\nclose(a)\n"
                    "recv(c, 1)\nclose(c)\nb = socket(AF_INET, SOCK_STREAM)\n{}"
                    "bind(b, 5000)\nconnect(b, machine:{})\nsend(b, 1)\n",
                    first, second, port);
                INFO(program);
                compare(program);
            }
        }
    }
}

TEST_CASE("sockets share a port as on the kernel") {
    // Three sockets, each with one of four settings; the first may listen, or have a child.
    constexpr std::array kSettings{"", "SO_REUSEADDR", "SO_REUSEPORT", "both"};
    const auto open = [&](const std::string& socket, const std::string& setting) {
        std::string out = socket + " = socket(AF_INET, SOCK_STREAM)\n";
        for (const std::string option : {"SO_REUSEADDR", "SO_REUSEPORT"}) {
            if (setting == option || setting == "both") {
                out += fmt::format("setsockopt({}, {}, 1)\n", socket, option);
            }
        }
        return out + "bind(" + socket + ", 8000)\n";
    };
    for (const std::string first : kSettings) {
        for (const std::string second : kSettings) {
            for (const int listens : {0, 1, 2}) {
                std::string program = open("a", first);
                program += listens >= 1 ? "listen(a, 1)\n" : "";
                program += listens == 2 ? "p = socket(AF_INET, SOCK_STREAM)\n"
                                          "connect(p, machine:8000)\nc = accept(a)\nclose(a)\n"
                                        : "";
                program += open("b", second) + "listen(b, 1)\n";
                INFO(program);
                compare(program);
            }
        }
    }
}

}  // namespace synq
