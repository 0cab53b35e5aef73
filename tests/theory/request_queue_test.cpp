// The request queue: how much it holds, how long a half-open request lives, what aging takes.
#include "tests/theory/flooded.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace synq {
namespace {

std::vector<Duration> syn_ack_times(const Trace& trace) {
    std::vector<Duration> times;
    for (const SegmentRecord& record : trace.segments) {
        if (record.packet.segment.flags == (kSyn | kAck)) {
            times.push_back(record.t - Instant{});
        }
    }
    return times;
}

Duration emptied_at(const Trace& trace) {
    REQUIRE_FALSE(trace.queues.empty());
    CHECK(trace.queues.back().request_queue == 0);
    return trace.queues.back().t - Instant{};
}

std::size_t half_open_at(const Trace& trace, Duration t) {
    std::size_t length = 0;
    for (const QueueRecord& record : trace.queues) {
        if (record.t <= Instant{} + t) {
            length = record.request_queue;
        }
    }
    return length;
}

Trace narrated(std::string_view text, const Settings& parameters) {
    return run_experiment(text, 1, parameters, Recording::Everything);
}

}  // namespace

TEST_CASE("without cookies the request queue has room for backlog + 1") {
    for (std::uint64_t backlog = 0; backlog <= 128; ++backlog) {
        const FloodRecord flood = flooded(kFlooded, {{"backlog", std::to_string(backlog)},
                                                     {"every", "10us"},
                                                     {"count", std::to_string(backlog + 20)},
                                                     {"until", "900ms"}});
        INFO("backlog " << backlog);
        CHECK(flood.sent == backlog + 20);
        CHECK(flood.admitted == backlog + 1);
        CHECK(flood.dropped.at(Drop::RequestQueueFull) == 19);
    }
}

TEST_CASE("without cookies a quarter of tcp_max_syn_backlog is kept for known peers") {
    for (std::uint64_t m = 1; m <= 104; ++m) {
        const FloodRecord flood = flooded(kFlooded, {{"backlog", "128"},
                                                     {"max_syn_backlog", std::to_string(m)},
                                                     {"every", "10us"},
                                                     {"count", "150"},
                                                     {"until", "900ms"}});
        INFO("tcp_max_syn_backlog " << m);
        CHECK(flood.admitted == m - m / 4 + 1);
        CHECK(flood.dropped.at(Drop::ReservedForKnownPeers) == 150 - flood.admitted);
    }
}

TEST_CASE("a half-open request lives 2^(r+1) - 1 seconds and is answered r + 1 times") {
    for (int retries = 0; retries <= 6; ++retries) {
        const Trace trace = narrated(in_exact_time(kFlooded),
                                     {{"count", "1"}, {"retries", std::to_string(retries)}});
        std::vector<Duration> expected;
        for (int i = 0; i <= retries; ++i) {
            expected.push_back(kFloodDelay + seconds((1LL << i) - 1));
        }
        INFO("tcp_synack_retries " << retries);
        CHECK(syn_ack_times(trace) == expected);
        CHECK(emptied_at(trace) == kFloodDelay + seconds((1LL << (retries + 1)) - 1));
        CHECK(trace.floods[0].syn_acks == expected.size());
    }
}

TEST_CASE("the timer wheel makes every SYN-ACK late by less than a granule of its delay") {
    // HZ 250: one granule each for delays of 1, 2, 4, 8, 16 and 32 s.
    const std::vector<Duration> granules{milliseconds(32),    milliseconds(256),
                                         milliseconds(256),   milliseconds(256),
                                         milliseconds(2'048), milliseconds(2'048)};
    for (const char* phase : {"0s", "1s", "31s"}) {
        std::string text = "clock.phase = \"" + std::string(phase) + "\"\n" + std::string(kFlooded);
        const Trace trace = narrated(text, {{"count", "1"}});
        std::vector<Duration> times = syn_ack_times(trace);
        REQUIRE(times.size() == 6);
        times.push_back(emptied_at(trace));
        for (std::size_t i = 0; i + 1 < times.size(); ++i) {
            const Duration delay = seconds(1LL << i);
            INFO("SYN-ACK " << i << " with phase " << phase);
            CHECK(times[i + 1] - times[i] >= delay);
            // A tick more: a timer never counts the tick in which it was armed.
            CHECK(times[i + 1] - times[i] <= delay + granules[i] + milliseconds(4));
        }
    }
}

TEST_CASE("of 17 requests behind backlog 16 nine are pruned after 7 s") {
    const Trace trace = narrated(in_exact_time(kFlooded), {{"every", "10us"}, {"count", "17"}});
    CHECK(half_open_at(trace, milliseconds(6'900)) == 17);
    CHECK(half_open_at(trace, milliseconds(7'100)) == 8);
    CHECK(half_open_at(trace, milliseconds(62'900)) == 8);
    CHECK(half_open_at(trace, milliseconds(63'100)) == 0);
    // Three SYN-ACKs for each, and three more for the eight that are left.
    CHECK(trace.floods[0].syn_acks == 17 * 3 + 8 * 3);
}

TEST_CASE("eight requests alone all live to 63 s behind backlog 16, four behind backlog 7") {
    // Aging begins above half the backlog, and above four requests.
    for (const auto& [backlog, left] : {std::pair{"16", 8U}, std::pair{"7", 4U}}) {
        const Trace trace = narrated(in_exact_time(kFlooded),
                                     {{"backlog", backlog}, {"every", "10us"}, {"count", "8"}});
        INFO("backlog " << backlog);
        CHECK(half_open_at(trace, milliseconds(6'900)) == 8);
        CHECK(half_open_at(trace, milliseconds(62'900)) == left);
        CHECK(trace.floods[0].syn_acks == 8 * 3 + left * 3);
    }
}

TEST_CASE("with backlog 10 one of six requests, and six of eleven, are pruned after 7 s") {
    const auto left = [](const char* count) {
        return half_open_at(narrated(in_exact_time(kFlooded),
                                     {{"backlog", "10"}, {"every", "10us"}, {"count", count}}),
                            milliseconds(7'100));
    };
    CHECK(left("5") == 5);
    CHECK(left("6") == 5);
    CHECK(left("11") == 5);
}

}  // namespace synq
