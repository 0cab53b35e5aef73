// Repeating data and FINs, and giving up (linux.md 5.3, 6; docs/notes/2026-11-loopback-handshake.md
// section 5, the kernel with exact timers: a tick of 4 ms, timers one tick late).
#include "tests/peer.h"

#include <tuple>

namespace synq {
namespace {

const BenchOptions kExactKernel{.tick = milliseconds(4)};

/// Two hosts, a connection between them that B has accepted; from now on B hears and says nothing.
struct Silenced {
    explicit Silenced(const BenchOptions& options, std::int64_t sack = 1,
                      std::int64_t Sysctls::* field = nullptr, std::int64_t value = 0)
        : bench({config(sack, field, value), linux_host(kHostB)}, options) {
        const SocketId listener = bench.listener(1, 10);
        a = bench.socket(0);
        bench.connect(0, a, {kHostB, kPort});
        bench.run_for(options.delay * 2);
        bench.connect(0, a, {kHostB, kPort});
        bench.run_for(options.delay * 2);
        REQUIRE(bench.in_state(0, State::Established) == 1);
        bench.accept(1, listener);
        bench.cut(0);
        bench.cut(1);
    }
    /// Goes on after the segments seen so far.
    Lines until(Duration end) {
        bench.run_until(Instant{} + end);
        return bench.take_timed();
    }
    [[nodiscard]] const Connection& connection() const { return *bench.hosts[0].connection_of(a); }

    Bench bench;
    SocketId a;

  private:
    static HostConfig config(std::int64_t sack, std::int64_t Sysctls::* field, std::int64_t value) {
        HostConfig out = linux_host(kHostA);
        out.sysctl.sack = sack;
        if (field != nullptr) {
            out.sysctl.*field = value;
        }
        return out;
    }
};

Lines at(std::initializer_list<const char*> times, const std::string& what) {
    Lines out;
    for (const char* time : times) {
        out.push_back(std::string(time) + " A " + what);
    }
    return out;
}

}  // namespace

TEST_CASE("data that nobody acknowledges is probed for once, then repeated at doubled intervals",
          "[MUST-19][RTO-EV]") {
    Silenced s(kExactKernel);
    s.bench.run_until(Instant{} + milliseconds(510));
    s.bench.take();
    s.bench.send(0, s.a, 16);
    REQUIRE(s.until(seconds(14)) ==
            at({"0.510", "0.712", "0.916", "1.320", "2.124", "3.728", "6.932", "13.336"},
               "PSH+ACK 1/1 len 16"));
    REQUIRE(s.bench.count(0, Mib::TCPLossProbes) == 1);
    REQUIRE(s.bench.count(0, Mib::TCPTimeouts) == 6);
    REQUIRE(s.bench.count(0, Mib::RetransSegs) == 7);
    REQUIRE(s.bench.count(0, Mib::TCPOrigDataSent) == 1);
}

TEST_CASE("without SACK there is no probe") {
    Silenced s(kExactKernel, 0);
    s.bench.run_until(Instant{} + milliseconds(510));
    s.bench.take();
    s.bench.send(0, s.a, 16);
    REQUIRE(s.until(seconds(3)) == at({"0.510", "0.712", "1.116", "1.920"}, "PSH+ACK 1/1 len 16"));
    REQUIRE(s.bench.count(0, Mib::TCPLossProbes) == 0);
}

TEST_CASE("an orphan's FIN is repeated for 102.2 s after its first timeout, then abandoned") {
    // A round trip of 1 us makes the timeout 204 ms.
    Silenced s({.tick = milliseconds(4), .delay = nanoseconds(500)});
    s.bench.run_until(Instant{} + milliseconds(10));
    s.bench.take();
    s.bench.close(0, s.a);
    REQUIRE(s.until(milliseconds(104'495)) == at({"0.010", "0.216", "0.424", "0.836", "1.656",
                                                  "3.292", "6.560", "13.092", "26.152", "52.268"},
                                                 "FIN+ACK 1/1"));
    REQUIRE(s.bench.in_state(0, State::FinWait1) == 1);
    s.bench.run_until(Instant{} + milliseconds(104'496));
    REQUIRE(s.bench.hosts[0].sockets().empty());
    REQUIRE(s.bench.count(0, Mib::TCPAbortOnTimeout) == 1);
    REQUIRE(s.bench.take().empty());
}

// Measured on loopback the timeouts repeat the text alone, since there the receiver's queue shares
// its octets; across a wire the FIN rides along (docs/notes/2026-11-connection-timers.md, section
// 2, rule 8).
TEST_CASE("with text before the FIN the probe repeats the FIN alone, the timeouts both") {
    Silenced s(kExactKernel);
    s.bench.run_until(Instant{} + milliseconds(511));
    s.bench.take();
    s.bench.send(0, s.a, 16);
    s.bench.close(0, s.a);
    REQUIRE(s.until(milliseconds(600)) ==
            Lines{"0.511 A PSH+ACK 1/1 len 16", "0.511 A FIN+ACK 17/1", "0.516 A FIN+ACK 17/1"});
    // From the first timeout at 0.720, not from the probe, 102.2 s have not passed at 102.752.
    REQUIRE(s.until(seconds(200)) == at({"0.720", "1.124", "1.928", "3.532", "6.736", "13.140",
                                         "25.944", "51.548", "102.752"},
                                        "FIN+PSH+ACK 1/1 len 16"));
    s.bench.run_until(Instant{} + seconds(206));
    REQUIRE(s.bench.hosts[0].sockets().empty());
}

TEST_CASE("tcp_orphan_retries bounds the repetitions of an orphan") {
    for (const auto& [retries, fins, gone_ms] :
         {std::tuple{1, 3U, 1428}, {3, 5U, 6324}, {0, 9U, 104'244}, {8, 9U, 104'244}}) {
        Silenced s({.delay = nanoseconds(500)}, 0, &Sysctls::orphan_retries, retries);
        s.bench.take();
        const Instant start = s.bench.now();
        s.bench.close(0, s.a);
        s.bench.run_until(start + milliseconds(gone_ms) - nanoseconds(1));
        REQUIRE(s.bench.in_state(0, State::FinWait1) == 1);
        s.bench.run_until(start + milliseconds(gone_ms));
        REQUIRE(s.bench.hosts[0].sockets().empty());
        REQUIRE(s.bench.take().size() == fins);
        REQUIRE(s.bench.armed_timers() == 0);
    }
}

TEST_CASE("whoever still has a descriptor learns ETIMEDOUT after tcp_retries2",
          "[MUST-20][6298-2.5][SHLD-11][USERTO]") {
    // Timeouts double from 200 ms to 120 s; T(15, 200 ms) = 924.6 s after the first one at 0.4 s
    // has just not passed at 924.8 s, so the last one is 120 s later.
    Silenced s({});
    s.bench.send(0, s.a, 16);
    s.bench.run_until(Instant{} + milliseconds(1'044'799));
    REQUIRE(s.bench.in_state(0, State::Established) == 1);
    REQUIRE(s.bench.recv(0, s.a).blocked);
    s.bench.run_until(Instant{} + milliseconds(1'044'800));
    REQUIRE(s.bench.recv(0, s.a).error == Errno::Etimedout);
    REQUIRE(s.bench.recv(0, s.a).value == 0);
    REQUIRE(s.bench.armed_timers() == 0);
}

TEST_CASE("the first timeout is the round trip and 200 ms or twice the round trip",
          "[MUST-18][6298-2.4]") {
    // A microsecond more than the nominal round trip, as any measured one has (linux.md 6).
    for (const auto& [rtt_ms, rto_ms] : {std::pair{0, 204}, {50, 252}, {100, 304}, {300, 904}}) {
        Silenced s({.delay = (milliseconds(rtt_ms) + microseconds(1)) / 2});
        INFO("round trip " << rtt_ms << " ms");
        CHECK(s.connection().rto == milliseconds(rto_ms));
    }
    CHECK(Silenced({}).connection().rto == milliseconds(200));
}

TEST_CASE("a probe waits two round trips and 200 ms, but no longer than the timeout") {
    for (const auto& [rtt_ms, probe_ms] : {std::pair{0, 200}, {10, 212}, {100, 300}}) {
        Silenced s({.delay = milliseconds(rtt_ms) / 2});
        s.bench.take();
        const Instant start = s.bench.now();
        s.bench.send(0, s.a, 16);
        s.bench.run_until(start + milliseconds(probe_ms) - nanoseconds(1));
        REQUIRE(s.bench.take().size() == 1);
        s.bench.run_until(start + milliseconds(probe_ms));
        REQUIRE(s.bench.take().size() == 1);
        REQUIRE(s.bench.count(0, Mib::TCPLossProbes) == 1);
    }
}

TEST_CASE("a repeated handshake yields its round trip from the timestamps' echo", "[6298-3]") {
    const Options offer{.ts_val = 1000, .timestamps = true};
    SECTION("passive: the echo of the second SYN-ACK") {
        Bench bench({linux_host(kHostA)});
        bench.listener(0, 10);
        Peer peer(bench, 4000);
        peer.syn(offer);
        bench.run_for(milliseconds(1180));
        peer.send(kAck, 1, 1, {.options = peer.echo(offer)});
        REQUIRE(peer.connection().rto == milliseconds(540));
    }
    SECTION("active: the echo of the first SYN") {
        Bench bench({linux_host(kHostA)});
        Peer peer(bench, 4000, 5000);
        const SocketId client = bench.socket(0);
        bench.bind(0, client, 5000);
        bench.connect(0, client, peer.self());
        const Options echo = peer.echo(offer);
        bench.run_for(milliseconds(1201));
        peer.send(kSyn | kAck, 0, 1, {.options = echo});
        REQUIRE(peer.connection().rto == milliseconds(3604));
    }
    SECTION("without timestamps there is none: 3 s") {
        Bench bench({linux_host(kHostA)});
        bench.listener(0, 10);
        Peer peer(bench, 4000);
        peer.syn();
        bench.run_for(milliseconds(1180));
        peer.send(kAck, 1, 1);
        REQUIRE(peer.connection().rto == seconds(3));
    }
}

TEST_CASE("a loss that was made good does not shorten what comes later") {
    Silenced s({}, 0, &Sysctls::orphan_retries, 1);
    s.bench.send(0, s.a, 16);
    s.bench.run_until(Instant{} + milliseconds(300));
    s.bench.mend();
    s.bench.run_until(Instant{} + seconds(10));
    REQUIRE_FALSE(s.connection().unacknowledged());
    s.bench.cut(0);
    s.bench.cut(1);
    s.bench.take();
    s.bench.close(0, s.a);
    REQUIRE(s.until(seconds(20)) == at({"10.000", "10.204", "10.612"}, "FIN+ACK 17/1"));
}

TEST_CASE("a lost segment is repeated once and the transfer goes on", "[6298-5.1]") {
    Bench bench({linux_host(kHostA), linux_host(kHostB)});
    const SocketId listener = bench.listener(1, 10);
    const SocketId a = bench.socket(0);
    bench.connect(0, a, {kHostB, kPort});
    const SocketId b = bench.accept(1, listener).socket;
    bench.cut(0);
    bench.send(0, a, 16);
    bench.mend();
    bench.take();
    bench.run_for(seconds(10));
    REQUIRE(bench.take_timed() == Lines{"0.200 A PSH+ACK 1/1 len 16", "0.200 B ACK 1/17"});
    REQUIRE(bench.recv(1, b).value == 16);
    REQUIRE(bench.armed_timers() == 0);
    REQUIRE(bench.hosts[0].connection_of(a)->retransmits == 0);
}

}  // namespace synq
