// Unanswered SYNs and SYN-ACKs: when they are repeated, when they are given up (linux.md 2.4, 3).
#include "tests/csv.h"
#include "tests/peer.h"

#include <deque>

namespace synq {
namespace {

/// The instants, in whole seconds, at which SYNs or SYN-ACKs were sent to `peer`.
std::string seconds_sent(const Bench& bench, const Endpoint& peer) {
    std::string out;
    for (const SentSegment& sent : bench.sent) {
        if (sent.packet.dst == peer && sent.packet.segment.flags.syn()) {
            REQUIRE(sent.t.ns % seconds(1).ns == 0);
            out += (out.empty() ? "" : " ") + std::to_string(sent.t.ns / seconds(1).ns);
        }
    }
    return out;
}

HostConfig with(std::int64_t Sysctls::* field, std::int64_t value) {
    HostConfig out = linux_host(kHostA);
    out.sysctl.*field = value;
    return out;
}

/// As many requests as a test wants, of peers that stay silent.
std::deque<Peer> half_open(Bench& bench, int count) {
    std::deque<Peer> out;
    for (int i = 0; i < count; ++i) {
        out.emplace_back(bench, static_cast<std::uint16_t>(4000 + i));
        REQUIRE(out.back().syn() == Drop::None);
    }
    return out;
}
std::size_t alive(const Bench& bench) {
    return bench.in_state(0, State::HalfOpen);
}

}  // namespace

TEST_CASE("an unanswered SYN is repeated and given up as Linux does, for every setting",
          "[6298-2.1][6298-5.4][MUST-23]") {
    for (const CsvRow& row : read_csv("syn_schedule.csv")) {
        HostConfig config = linux_host(kHostA);
        config.sysctl.syn_retries = std::stoll(row.at("syn_retries"));
        config.sysctl.syn_linear_timeouts = std::stoll(row.at("syn_linear_timeouts"));
        INFO("tcp_syn_retries " << row.at("syn_retries") << ", tcp_syn_linear_timeouts "
                                << row.at("syn_linear_timeouts"));
        Bench bench({config});
        const Endpoint nobody{kHostB, 4000};
        const SocketId client = bench.socket(0);
        REQUIRE(bench.connect(0, client, nobody).blocked);
        const Instant end = Instant{} + seconds(std::stoll(row.at("etimedout")));
        bench.run_until(end - nanoseconds(1));
        REQUIRE(bench.connect(0, client, nobody).blocked);
        bench.run_until(end);
        REQUIRE(bench.connect(0, client, nobody).error == Errno::Etimedout);

        REQUIRE(seconds_sent(bench, nobody) == row.at("syns"));
        const auto retransmissions = static_cast<std::uint64_t>(bench.sent.size() - 1);
        REQUIRE(bench.count(0, Mib::TCPSynRetrans) == retransmissions);
        REQUIRE(bench.count(0, Mib::RetransSegs) == retransmissions);
        REQUIRE(bench.count(0, Mib::OutSegs) == 1);
        REQUIRE(bench.count(0, Mib::TCPTimeouts) == retransmissions + 1);
        REQUIRE(bench.count(0, Mib::TCPAbortOnTimeout) == 1);
        REQUIRE(bench.count(0, Mib::AttemptFails) == 1);
        REQUIRE(bench.armed_timers() == 0);
    }
}

TEST_CASE("a repeated SYN is the first one but for its timestamp") {
    Bench bench({linux_host(kHostA)});
    bench.connect(0, bench.socket(0), {kHostB, 4000});
    bench.run_for(seconds(1));
    REQUIRE(bench.sent.size() == 2);
    Segment again = bench.sent[0].packet.segment;
    again.options.ts_val += 1000;
    REQUIRE(bench.sent[1].packet.segment == again);
    REQUIRE(bench.sent[1].retransmission);
}

TEST_CASE("an unanswered SYN-ACK is repeated at 1, 3, 7, 15 and 31 s, the request gone at 63 s",
          "[MUST-23b]") {
    Bench bench({linux_host(kHostA)});
    const SocketId listener = bench.listener(0, 10);
    Peer peer(bench, 4000);
    peer.syn();
    bench.run_until(Instant{} + seconds(63) - nanoseconds(1));
    REQUIRE(peer.state() == State::HalfOpen);
    bench.run_until(Instant{} + seconds(63));
    REQUIRE(peer.state() == State::Closed);
    REQUIRE(seconds_sent(bench, peer.self()) == "0 1 3 7 15 31");
    REQUIRE(bench.count(0, Mib::TCPTimeouts) == 6);
    REQUIRE(bench.count(0, Mib::TCPSynRetrans) == 5);
    REQUIRE(bench.count(0, Mib::RetransSegs) == 5);
    REQUIRE(bench.count(0, Mib::AttemptFails) == 0);  // removal is silent
    REQUIRE(bench.listener_of(0, listener).request_queue == 0);
    REQUIRE(bench.armed_timers() == 0);
    // Too late: the no-socket rule.
    peer.heard();
    peer.send(kAck, 1, 1);
    REQUIRE(peer.heard() == Lines{"RST 1"});
}

TEST_CASE("tcp_synack_retries = 0 removes a request at 1 s without repeating anything") {
    Bench bench({with(&Sysctls::synack_retries, 0)});
    bench.listener(0, 10);
    Peer peer(bench, 4000);
    peer.syn();
    bench.run_until(Instant{} + milliseconds(999));
    REQUIRE(peer.state() == State::HalfOpen);
    bench.run_until(Instant{} + seconds(1));
    REQUIRE(peer.state() == State::Closed);
    REQUIRE(peer.heard() == Lines{"SYN+ACK 0/1"});
}

TEST_CASE("a SYN-ACK that is repeated sixty times keeps to two minutes between copies") {
    Bench bench({with(&Sysctls::synack_retries, 60)});
    bench.listener(0, 10);
    Peer peer(bench, 4000);
    peer.syn();
    // 127 s for the seven doublings up to the bound, then 120 s for each of the rest.
    const Instant end = Instant{} + seconds(127 + 54 * 120);
    bench.run_until(end - milliseconds(1));
    REQUIRE(peer.state() == State::HalfOpen);
    REQUIRE(peer.heard().size() == 61);
    bench.run_until(end);
    REQUIRE(peer.state() == State::Closed);
    REQUIRE(peer.heard().empty());
}

TEST_CASE("of a half empty request queue nothing is aged away") {
    Bench bench({linux_host(kHostA)});
    bench.listener(0, 10);
    const auto peers = half_open(bench, 5);
    bench.run_until(Instant{} + milliseconds(62'999));
    REQUIRE(alive(bench) == 5);
    bench.run_until(Instant{} + seconds(63));
    REQUIRE(alive(bench) == 0);
}

TEST_CASE("of a more than half full request queue old requests go at 7 s until half is left",
          "[4987-TIMER][MUST-23b]") {
    for (const auto& [requests, dropped] : {std::pair{6, 1}, {11, 6}}) {
        Bench bench({linux_host(kHostA)});
        bench.listener(0, 10);
        const auto peers = half_open(bench, requests);
        bench.run_until(Instant{} + milliseconds(6'999));
        REQUIRE(alive(bench) == static_cast<std::size_t>(requests));
        bench.run_until(Instant{} + seconds(7));
        REQUIRE(alive(bench) == static_cast<std::size_t>(requests - dropped));
        bench.run_until(Instant{} + milliseconds(62'999));
        REQUIRE(alive(bench) == 5);
    }
}

TEST_CASE("young requests protect old ones") {
    // 2*rq > 10, but as long as fewer than half are old, aging costs at most one retry.
    Bench bench({linux_host(kHostA)});
    bench.listener(0, 10);
    const auto old = half_open(bench, 2);
    bench.run_until(Instant{} + milliseconds(6'900));
    std::deque<Peer> young;
    for (std::uint16_t port = 5000; port < 5004; ++port) {
        young.emplace_back(bench, port);
        young.back().syn();
    }
    bench.run_until(Instant{} + milliseconds(7'100));
    REQUIRE(alive(bench) == 6);  // rq 6 < 2 * young 4: five retries, the old ones have had two
}

TEST_CASE("when no more than half of the requests are young an old one loses one retry") {
    Bench bench({linux_host(kHostA)});
    bench.listener(0, 10);
    const auto old = half_open(bench, 4);
    bench.run_until(Instant{} + milliseconds(30'500));
    std::deque<Peer> young;
    for (std::uint16_t port = 5000; port < 5004; ++port) {
        young.emplace_back(bench, port).syn();
    }
    bench.run_until(Instant{} + milliseconds(30'999));
    REQUIRE(alive(bench) == 8);
    // Four timeouts, four retries left: the first goes, and then most requests are young.
    bench.run_until(Instant{} + seconds(31));
    REQUIRE(alive(bench) == 7);
}

TEST_CASE("a small backlog ages nothing below five requests") {
    // The threshold is max(8, backlog).
    Bench bench({linux_host(kHostA)});
    bench.listener(0, 3);
    const auto peers = half_open(bench, 4);
    bench.run_until(Instant{} + milliseconds(62'999));
    REQUIRE(alive(bench) == 4);
}

}  // namespace synq
