// The cases of docs/notes/2026-11-connection-timers.md on the model: every segment with its window
// and timestamps, every call's result, every state, at the kernel's time; and the counters that
// the model has.
#include "sim/des/linux_wheel.h"
#include "tests/scenarios/connection_replay.h"
#include "tests/scenarios/lab_notation.h"

#include <set>
#include <string>

namespace synq {
namespace {

/// The first difference and what led to it.
std::string difference(const Lines& measured, const Lines& model) {
    std::size_t at = 0;
    while (at < measured.size() && at < model.size() && measured[at] == model[at]) {
        ++at;
    }
    std::string out;
    for (std::size_t i = at < 8 ? 0 : at - 8; i < at; ++i) {
        out += "  both    " + measured[i] + "\n";
    }
    for (std::size_t i = at; i < at + 4; ++i) {
        out += "  kernel  " + (i < measured.size() ? measured[i] : "-") + "\n";
        out += "  model   " + (i < model.size() ? model[i] : "-") + "\n";
    }
    return out;
}

/// Cases in which the model is known to differ, by "topic/case".
std::set<std::string> left_out() {
    std::set<std::string> out;
    for (const CsvRow& row : read_csv("connection/left_out.csv")) {
        out.insert(row.at("topic") + "/" + row.at("case"));
        out.insert(row.at("topic") + "_wheel/" + row.at("case"));
    }
    return out;
}

/// When a timer of the stock wheel fires. Timers that run have moved the wheel on.
Instant wheel_expiry(Instant now, Instant deadline, Instant fired) {
    static const JiffyClock kClock(250, milliseconds(kFirstJiffy % kWheelCycle * 4));
    const std::int64_t jiffy = kClock.jiffy_at(now);
    const bool moved_on = fired.ns >= 0 && kClock.jiffy_at(fired) == jiffy;
    const auto bucket = detail::wheel_bucket(kClock.jiffy_at(std::max(deadline, now)),
                                             jiffy + (moved_on ? 1 : 0), 9);
    return kClock.start_of(bucket.number << detail::granule_bits(bucket.level));
}

void repeat(const std::string& topic) {
    static const std::set<std::string> kLeftOut = left_out();
    for (const LoggedCase& each : logged_cases(topic)) {
        ConnectionReplay replay(each, topic.ends_with("_wheel")
                                          ? BenchOptions{.expiry = wheel_expiry}
                                          : BenchOptions{.tick = milliseconds(4)});
        replay.run();
        const bool agrees = replay.kernel() == replay.model();
        const std::string which = topic + "/" + each.name;
        if (kLeftOut.contains(which)) {
            INFO(which << " is in left_out.csv, but agrees");
            CHECK_FALSE(agrees);
        } else {
            INFO(which << "\n" << difference(replay.kernel(), replay.model()));
            CHECK(agrees);
        }
    }
}

/// A log of another kernel, by the profile's name.
void repeat_version(const std::string& profile) {
    std::size_t cases = 0;
    for (const LoggedCase& each : logged_cases(profile + "_wheel")) {
        ConnectionReplay replay(each, BenchOptions{.expiry = wheel_expiry},
                                ConnectionReplay::measured_host(profile, 4));
        replay.run();
        INFO(profile << "/" << each.name << "\n" << difference(replay.kernel(), replay.model()));
        CHECK(replay.kernel() == replay.model());
        ++cases;
    }
    CHECK(cases > 30);
}

}  // namespace

TEST_CASE("Linux 6.1 and 6.12 as measured") {
    repeat_version("linux-6.1");
    repeat_version("linux-6.12");
}

TEST_CASE("keepalive as measured") {
    repeat("keepalive");
}
TEST_CASE("TCP_USER_TIMEOUT as measured") {
    repeat("user_timeout");
}
TEST_CASE("FIN-WAIT-2 of an orphan as measured") {
    repeat("fin_wait_2");
}
TEST_CASE("ICMP errors as measured") {
    repeat("icmp");
}
TEST_CASE("SYN-SENT as measured") {
    repeat("syn_sent");
}
TEST_CASE("TIME-WAIT as measured") {
    repeat("time_wait");
}
TEST_CASE("text and FIN out of order as measured") {
    repeat("out_of_order");
}
TEST_CASE("calls that end a connection as measured") {
    repeat("shutdown");
}
TEST_CASE("retransmission and giving up as measured") {
    repeat("retransmission");
}

TEST_CASE("TCP_DEFER_ACCEPT of a client as measured") {
    repeat("deferred_open");
}

TEST_CASE("the same with the stock timer wheel") {
    for (const std::string topic :
         {"keepalive", "user_timeout", "fin_wait_2", "syn_sent", "retransmission"}) {
        repeat(topic + "_wheel");
    }
}

}  // namespace synq
