// What remains after a connection: TIME-WAIT, and FIN-WAIT-2 without an owner (linux.md 5.3, 5.4).
#include "tests/peer.h"

namespace synq {
namespace {

constexpr Options kWithTimestamps{.ts_val = 1000, .timestamps = true};

/// A listening host whose accepted connection with `peer` was closed by the host first.
class Closed {
  public:
    explicit Closed(State wanted, const Options& options = {}, const Sysctls* sysctl = nullptr)
        : bench({config(sysctl)}), peer(bench, 4000) {
        listener = bench.listener(0, 0);
        peer.open(options);
        bench.close(0, bench.accept(0, listener).socket);
        peer.send(kAck, 1, 2, {.options = peer.echo(options)});
        if (wanted == State::TimeWait) {
            peer.send(kFin | kAck, 1, 2, {.options = peer.echo(options)});
        }
        REQUIRE(peer.state() == wanted);
        peer.heard();
    }

    Bench bench;
    Peer peer;
    SocketId listener;

  private:
    static HostConfig config(const Sysctls* sysctl) {
        HostConfig out = linux_host(kHostA);
        if (sysctl != nullptr) {
            out.sysctl = *sysctl;
        }
        return out;
    }
};

/// How long the record lives from now on, in whole seconds.
std::int64_t remaining_s(const Bench& bench) {
    return (bench.next_timer() - bench.now()) / seconds(1);
}

}  // namespace

TEST_CASE("TIME-WAIT lasts 60 s", "[MUST-13][TW-TO]") {
    Closed c(State::TimeWait);
    c.bench.run_for(seconds(60) - nanoseconds(1));
    REQUIRE(c.peer.state() == State::TimeWait);
    c.bench.run_for(nanoseconds(1));
    REQUIRE(c.peer.state() == State::Closed);
    c.peer.send(kFin | kAck, 1, 2);
    REQUIRE(c.peer.heard() == Lines{"RST 2"});
}

TEST_CASE("a repeated FIN restarts TIME-WAIT and is acknowledged every time", "[FIN-TIMER]") {
    Closed c(State::TimeWait);
    c.bench.run_for(seconds(20));
    REQUIRE(remaining_s(c.bench) == 40);
    c.peer.send(kFin | kAck, 1, 2);
    c.peer.send(kFin | kAck, 1, 2);  // a FIN is not rate limited (measured)
    REQUIRE(c.peer.heard() == Lines{"ACK 2/2", "ACK 2/2"});
    REQUIRE(remaining_s(c.bench) == 60);
}

TEST_CASE("in TIME-WAIT segments without text or FIN are answered once per 500 ms", "[LX-OOWRL]") {
    Closed c(State::TimeWait);
    for (const Duration pause : {milliseconds(0), milliseconds(499), milliseconds(1)}) {
        c.bench.run_for(pause);
        c.peer.send(kAck, 1, 2);  // one before RCV.NXT
    }
    REQUIRE(c.peer.heard() == Lines{"ACK 2/2", "ACK 2/2"});
    REQUIRE(c.bench.count(0, Mib::TCPACKSkippedTimeWait) == 1);
    c.peer.send(kAck | kPsh, 2, 2, {.len = 5});
    c.peer.send(kAck | kPsh, 2, 2, {.len = 5});
    REQUIRE(c.peer.heard() == Lines{"ACK 2/2", "ACK 2/2"});
}

TEST_CASE("a pure ACK at RCV.NXT restarts TIME-WAIT silently") {
    Closed c(State::TimeWait);
    c.bench.run_for(seconds(20));
    c.peer.send(kAck, 2, 2);
    REQUIRE(c.peer.heard().empty());
    REQUIRE(remaining_s(c.bench) == 60);
}

TEST_CASE("an exact RST kills TIME-WAIT, any other is ignored", "[1337-F1][RP-LATE]") {
    Closed c(State::TimeWait);
    c.peer.send(kRst, 1);
    c.peer.send(kRst, 3);
    REQUIRE(c.peer.state() == State::TimeWait);
    c.peer.send(kRst, 2);
    REQUIRE(c.peer.state() == State::Closed);
    REQUIRE(c.peer.heard().empty());
    REQUIRE(c.bench.armed_timers() == 0);
}

TEST_CASE("a new SYN reuses TIME-WAIT, and the ISS stays 65537 ahead of the old connection",
          "[3.4.1-TW][MAY-2]") {
    Closed c(State::TimeWait);
    const Seq old = *c.bench.text.first({kHostA, kPort}, c.peer.self());
    c.peer.send(kSyn, 3);
    REQUIRE(c.peer.state() == State::HalfOpen);
    REQUIRE(c.peer.last().flags == (kSyn | kAck));
    REQUIRE(c.peer.last().seq == old + 2 + 65'537);  // SND.NXT was one after the FIN
    REQUIRE(c.peer.last().ack == c.peer.iss() + 4);
}

TEST_CASE("which SYN may reuse TIME-WAIT depends on its number and its timestamp",
          "[MAY-2][SHLD-4][6191-A1][6191-A2][6191-A3][6191-A4]") {
    const auto reuses = [](std::uint32_t seq, std::optional<std::uint32_t> ts) {
        Closed c(State::TimeWait, kWithTimestamps);
        Options options;
        options.timestamps = ts.has_value();
        options.ts_val = ts.value_or(0);
        c.peer.send(kSyn, seq, 0, {.options = options});
        return c.peer.state() == State::HalfOpen;
    };
    CHECK(reuses(3, 1001));
    CHECK(reuses(3, 1000));
    CHECK(reuses(3, std::nullopt));
    CHECK(reuses(2, 1001));
    CHECK(reuses(0, 1001));
    CHECK_FALSE(reuses(2, 1000));
    CHECK_FALSE(reuses(2, std::nullopt));
    CHECK_FALSE(reuses(3, 999));
}

TEST_CASE("a SYN that may not reuse TIME-WAIT is acknowledged; an old timestamp restarts the timer",
          "[6191-A4]") {
    for (const auto& [seq, ts, restarted] :
         {std::tuple{2U, 1000U, false}, {1U, 1000U, false}, {3U, 999U, true}}) {
        Closed c(State::TimeWait, kWithTimestamps);
        c.bench.run_for(seconds(20));
        c.peer.send(kSyn, seq, 0, {.options = {.ts_val = ts, .timestamps = true}});
        REQUIRE(c.peer.heard() == Lines{"ACK 2/2"});
        REQUIRE(remaining_s(c.bench) == (restarted ? 60 : 40));
    }
}

TEST_CASE("reuse passes by the request queue's limits but not the accept queue's") {
    Sysctls sysctl = find_profile("linux-6.18")->sysctl;
    sysctl.syncookies = 0;
    Closed c(State::TimeWait, {}, &sysctl);
    Peer other(c.bench, 4001);
    SECTION("full request queue") {
        other.syn();  // backlog 0 has room for one
        REQUIRE(c.bench.listener_of(0, c.listener).request_queue_full());
        c.peer.send(kSyn, 3);
        REQUIRE(c.peer.state() == State::HalfOpen);
    }
    SECTION("full accept queue: the SYN is dropped, and TIME-WAIT is gone already") {
        other.open();
        REQUIRE(c.bench.listener_of(0, c.listener).accept_queue_full());
        REQUIRE(c.peer.send(kSyn, 3) == Drop::AcceptQueueFull);
        REQUIRE(c.peer.state() == State::Closed);
    }
}

TEST_CASE("without a listener a SYN does not reuse TIME-WAIT") {
    Closed c(State::TimeWait);
    c.bench.close(0, c.listener);
    c.peer.send(kSyn, 3);
    REQUIRE(c.peer.state() == State::TimeWait);
    REQUIRE(c.peer.heard() == Lines{"ACK 2/2"});
}

TEST_CASE("an orphan stays in FIN-WAIT-2 for tcp_fin_timeout, at least 3.5 timeouts", "[FW2-TMO]") {
    Sysctls sysctl = find_profile("linux-6.18")->sysctl;
    SECTION("60 s by default") {
        Closed c(State::FinWait2Orphan);
        REQUIRE(c.bench.next_timer() - c.bench.now() == seconds(60));
    }
    SECTION("less when told so") {
        sysctl.fin_timeout_s = 5;
        Closed c(State::FinWait2Orphan, {}, &sysctl);
        REQUIRE(c.bench.next_timer() - c.bench.now() == seconds(5));
        c.bench.run_for(seconds(5));
        c.peer.send(kFin | kAck, 1, 2);
        REQUIRE(c.peer.heard() == Lines{"RST 2"});
    }
    SECTION("after a handshake without RTT sample the timeout is 3 s") {
        sysctl.fin_timeout_s = 1;
        HostConfig config = linux_host(kHostA);
        config.sysctl = sysctl;
        Bench bench({config});
        const SocketId listener = bench.listener(0, 0);
        Peer peer(bench, 4000);
        peer.syn();
        bench.run_for(milliseconds(1500));  // the SYN-ACK is repeated: no sample (Karn)
        peer.send(kAck, 1, 1);
        const SocketId child = bench.accept(0, listener).socket;
        bench.shutdown(0, child, ShutdownHow::Write);
        bench.run_for(seconds(1));
        peer.send(kAck, 1, 2);
        const Duration rto = peer.connection().rto;
        bench.close(0, child);
        REQUIRE(peer.state() == State::FinWait2Orphan);
        REQUIRE(rto > seconds(1));
        REQUIRE(bench.next_timer() - bench.now() == rto * 7 / 2);
    }
}

TEST_CASE("what an orphan in FIN-WAIT-2 does with segments") {
    Closed c(State::FinWait2Orphan);
    SECTION("the FIN: ACK and TIME-WAIT") {
        c.peer.send(kFin | kAck, 1, 2);
        REQUIRE(c.peer.heard() == Lines{"ACK 2/2"});
        REQUIRE(c.peer.state() == State::TimeWait);
        REQUIRE(remaining_s(c.bench) == 60);
    }
    SECTION("an RST inside the window") {
        c.peer.send(kRst, 100);
        REQUIRE(c.peer.heard().empty());
        REQUIRE(c.peer.state() == State::Closed);
    }
    SECTION("an RST outside the window is answered (deviation D10)") {
        c.peer.send(kRst, 0);
        REQUIRE(c.peer.heard() == Lines{"ACK 2/1"});
        REQUIRE(c.peer.state() == State::FinWait2Orphan);
    }
    SECTION("text") {
        c.peer.send(kAck, 1, 2, {.len = 5});
        REQUIRE(c.peer.heard() == Lines{"RST 2"});
        REQUIRE(c.peer.state() == State::Closed);
    }
    SECTION("a SYN") {
        c.peer.send(kSyn, 10);
        REQUIRE(c.peer.heard() == Lines{"RST+ACK 0/11"});
        REQUIRE(c.peer.state() == State::Closed);
    }
    SECTION("an old segment") {
        c.peer.send(kAck, 0, 2);
        REQUIRE(c.peer.heard() == Lines{"ACK 2/1"});
        REQUIRE(c.peer.state() == State::FinWait2Orphan);
    }
    SECTION("a pure ACK") {
        c.peer.send(kAck, 1, 2);
        REQUIRE(c.peer.heard().empty());
        REQUIRE(c.peer.state() == State::FinWait2Orphan);
    }
}

}  // namespace synq
