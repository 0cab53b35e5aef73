// Whole scenarios in both worlds: over loopback, and over a wire between two hosts with its delay
// and its losses. Per flow the same segments in the same order, the same results, the same
// counters.
#include "tests/catch.h"
#include "tests/kernel/side_by_side.h"

#include <array>
#include <string>
#include <vector>

namespace synq {
namespace {

using test::Experiment;
using test::Outcome;
using test::side_by_side;

std::vector<Outcome> check_agreement(const std::vector<Experiment>& experiments) {
    const std::vector<Outcome> outcomes = side_by_side(experiments);
    for (std::size_t i = 0; i < experiments.size(); ++i) {
        INFO(experiments[i].name() << "\n" << outcomes[i].text);
        CHECK(outcomes[i].agree);
    }
    return outcomes;
}

/// Backlogs of 10, 2 and 0, SYN cookies off and on, clients at once and one after the other.
std::vector<Experiment> late_accepts(const std::string& rtt, const std::string& abort_on_overflow) {
    std::vector<Experiment> all;
    for (const char* backlog : {"10", "2", "0"}) {
        for (const char* cookies : {"0", "1"}) {
            for (const char* stagger : {"0ms", "20ms"}) {
                all.push_back({"late-accept",
                               {{"backlog", backlog},
                                {"syncookies", cookies},
                                {"stagger", stagger},
                                {"rtt", rtt},
                                {"abort_on_overflow", abort_on_overflow}}});
            }
        }
    }
    return all;
}

TEST_CASE("agreement: six clients and a server that accepts late") {
    std::vector<Experiment> all;
    for (const char* rtt : {"0ms", "50ms"}) {
        for (const char* abort_on_overflow : {"0", "1"}) {
            const auto some = late_accepts(rtt, abort_on_overflow);
            all.insert(all.end(), some.begin(), some.end());
        }
    }
    check_agreement(all);
}

struct Regime {
    Experiment experiment;
    std::string calls;  // what the clients see
    std::vector<std::pair<std::string, std::string>> counters;
};

TEST_CASE("agreement: what a full accept queue costs depends on how many come in one round trip") {
    const std::vector<std::pair<std::string, std::string>> by_cookie{
        {"ListenOverflows", "34"},
        {"ListenDrops", "34"},
        {"SyncookiesSent", "34"},
        {"SyncookiesRecv", "34"},
        {"TCPReqQFullDoCookies", "34"}};
    const std::vector<Regime> regimes{
        {{"full-queue", {{"stagger", "2ms"}}}, "connect: 6 ok, 34 waiting; recv: 6 waiting", {}},
        {{"full-queue", {{"stagger", "2ms"}, {"syncookies", "0"}}},
         "connect: 6 ok, 34 waiting; recv: 6 waiting",
         {}},
        {{"full-queue", {{"stagger", "2ms"}, {"abort_on_overflow", "1"}}},
         "connect: 6 ok, 34 waiting; recv: 6 waiting",
         {}},
        {{"full-queue", {{"rtt", "100ms"}}}, "connect: 40 ok; recv: 40 waiting", by_cookie},
        {{"full-queue", {{"rtt", "100ms"}, {"abort_on_overflow", "1"}}},
         "connect: 40 ok; recv: 40 waiting",
         by_cookie},
        {{"full-queue", {{"rtt", "100ms"}, {"syncookies", "0"}}},
         "connect: 6 ok, 34 waiting; recv: 6 waiting",
         {{"TCPReqQFullDrop", "34"}}},
        {{"full-queue", {{"clients", "9"}, {"first", "4"}, {"rtt", "100ms"}}},
         "connect: 9 ok; recv: 9 waiting",
         {}},
        {{"full-queue",
          {{"clients", "9"}, {"first", "4"}, {"rtt", "100ms"}, {"abort_on_overflow", "1"}}},
         "connect: 9 ok; recv: 3 ECONNRESET, 6 waiting",
         {{"ListenOverflows", "3"}, {"ListenDrops", "3"}}},
    };
    std::vector<Experiment> experiments;
    experiments.reserve(regimes.size());
    for (const Regime& regime : regimes) {
        experiments.push_back(regime.experiment);
    }
    const std::vector<Outcome> outcomes = check_agreement(experiments);
    for (std::size_t i = 0; i < regimes.size(); ++i) {
        INFO(experiments[i].name());
        CHECK(outcomes[i].calls == regimes[i].calls);
        for (const auto& [counter, value] : regimes[i].counters) {
            INFO(counter);
            CHECK(outcomes[i].counter(counter) == value);
        }
    }
}

/// So many lost SYN-ACKs. The SYN before them is lost, too, so that the client waits two seconds
/// when the server waits one: otherwise both timers run out at once, and chance decides who is
/// first.
Experiment after_a_lost_syn(const std::string& syn_acks) {
    return {"lossy",
            {{"syn_from", "1"},
             {"syn", "1"},
             {"linear", "0"},
             {"syn_ack_from", "1"},
             {"syn_ack", syn_acks}}};
}

TEST_CASE("agreement: segments that a wire loses") {
    check_agreement({
        {"lossy", {}},
        {"lossy", {{"syn_from", "1"}, {"syn", "2"}}},
        {"lossy", {{"syn_from", "1"}, {"syn", "2"}, {"linear", "0"}}},
        {"lossy", {{"syn_from", "1"}, {"syn", "3"}, {"linear", "0"}}},
        after_a_lost_syn("1"),
        after_a_lost_syn("2"),
        {"lossy", {{"ack", "1"}}},
        {"lossy", {{"text_from", "1"}, {"text", "1"}}},
        {"lossy", {{"text_from", "1"}, {"text", "3"}}},
        {"lossy", {{"fin_from", "1"}, {"fin", "2"}}},
        {"lossy", {{"fin_from", "1"}, {"fin", "5"}}},
    });
}

TEST_CASE("agreement: ports in TIME-WAIT, taken over or not") {
    const auto outcomes = check_agreement({{"ports-taken-over", {{"reuse", "0"}}},
                                           {"ports-taken-over", {{"reuse", "1"}}},
                                           {"ports-taken-over", {{"reuse", "2"}}}});
    const std::array<std::string, 3> refused{"4 EADDRNOTAVAIL", "2 EADDRNOTAVAIL",
                                             "4 EADDRNOTAVAIL"};
    for (std::size_t i = 0; i < refused.size(); ++i) {
        INFO(outcomes[i].calls);
        CHECK(outcomes[i].calls.find(refused[i]) != std::string::npos);
    }
}

TEST_CASE("agreement: more than two hosts, loopback beside links, and hosts without a route") {
    const auto outcomes = check_agreement({{"star", {}}, {"star", {{"syncookies", "1"}}}});
    for (const Outcome& outcome : outcomes) {
        CHECK(outcome.calls.find("2 ENETUNREACH") != std::string::npos);
    }
}

}  // namespace
}  // namespace synq
