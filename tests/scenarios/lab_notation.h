// The notation of docs/notes/loopback-handshake.c, turned into a scenario: a server, clients, one
// host.
//
//   bP bind, lN listen, wMS sleep, a accept, c connect, sN send, rN recv once, R recv to the end,
//   h shutdown(SHUT_WR), x close, [ ] loop, 6: six processes, | another group. A failed call ends a
//   process, whose sockets stay open.
#pragma once

#include "sim/scenario/scenario.h"
#include "tests/catch.h"
#include "tests/csv.h"

#include <cstdint>
#include <string>

namespace synq {

/// Virtual-time kernels start counting jiffies here; the programs begin 375 jiffies later.
inline constexpr std::int64_t kFirstJiffy = (std::int64_t{1} << 32) - 75'000 + 375;
/// Beyond it no granule of the wheel's levels that TCP uses sees a difference.
inline constexpr std::int64_t kWheelCycle = std::int64_t{1} << 18;

inline std::string program_of(const std::string& notation) {
    const std::string end = "sleep(3600s)\n";
    std::string out;
    for (const std::string& operation : split(notation, ' ')) {
        const std::string number = operation.substr(1);
        switch (operation.front()) {
            case 'b':
                out += "l = socket(AF_INET, SOCK_STREAM)\nbind(l, " + number + ")\n";
                break;
            case 'l':
                out += "listen(l, " + number + ")\n";
                break;
            case 'a':
                out += "c = accept(l)\n";
                break;
            case 'c':
                out += "c = socket(AF_INET, SOCK_STREAM)\n";
                out += "if connect(c, machine:8000) < 0 {\n";
                out += end;
                out += "}\n";
                break;
            case 's':
                out += "if send(c, " + number + ") < 0 {\n";
                out += end;
                out += "}\n";
                break;
            case 'r':
                out += "recv(c, " + number + ")\n";
                break;
            case 'R':
                out += "while recv(c, 4096) > 0 { }\n";
                break;
            case 'h':
                out += "shutdown(c, SHUT_WR)\n";
                break;
            case 'x':
                out += "close(c)\n";
                break;
            case 'w':
                out += "sleep(" + number + "ms)\n";
                break;
            case '[':
                out += "loop {\n";
                break;
            case ']':
                out += "}\n";
                break;
            default:
                FAIL("unknown operation " << operation);
        }
    }
    return notation.ends_with(']') ? out : out + end;
}

/// "6:c s16 R x" as the group-th [[process]].
inline std::string clients_of(const std::string& notation, const std::string& stagger_ms,
                              std::size_t group) {
    const auto colon = notation.find(':');
    const bool many = colon != std::string::npos;
    return "[[process]]\nname = \"client" + std::to_string(group) +
           "\"\nhost = \"machine\"\ncount = " + (many ? notation.substr(0, colon) : "1") +
           "\nstart = \"" + stagger_ms + "ms * (index + 1)\"\nprogram = \"\"\"\n" +
           program_of(many ? notation.substr(colon + 1) : notation) + "\"\"\"\n";
}

/// A row of tests/data/loopback_runs.csv.
inline Scenario lab_scenario(const CsvRow& run) {
    const std::int64_t phase_ms = kFirstJiffy % kWheelCycle * 4;
    std::string text =
        "title = \"" + run.at("run") + "\"\n[clock]\nmode = \"wheel\"\nhz = 250\nphase = \"" +
        std::to_string(phase_ms) + "ms\"\n[run]\nuntil = \"" + run.at("until_ms") +
        "ms\"\n[[host]]\nname = \"machine\"\n[host.sysctl]\n\"net.ipv4.tcp_syncookies\" = " +
        run.at("syncookies") +
        "\n[[process]]\nname = \"server\"\nhost = \"machine\"\nprogram = \"\"\"\n" +
        program_of(run.at("server")) + "\"\"\"\n";
    const auto groups = split(run.at("clients"), '|');
    for (std::size_t i = 0; i < groups.size(); ++i) {
        text += clients_of(groups[i], run.at("stagger_ms"), i);
    }
    const auto scenario = parse_scenario(text, run.at("run"), {});
    if (!scenario) {
        FAIL(scenario.error().problem << " in\n" << text);
    }
    return *scenario;
}

}  // namespace synq
