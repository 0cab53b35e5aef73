// Blind attacks and old segments: what the numbers must be, and how often a reply may go
// (RFC 5961, RFC 7323 5, linux.md 4). The full matrix is in state_event_test.cpp.
#include "tests/peer.h"

namespace synq {
namespace {

/// A host with one accepted connection to `peer`.
struct Connected {
    explicit Connected(const Options& options = {})
        : bench({linux_host(kHostA)}), peer(bench, 4000) {
        const SocketId listener = bench.listener(0, 10);
        peer.open(options);
        child = bench.accept(0, listener).socket;
        peer.heard();
    }
    std::uint64_t count(Mib counter) const { return bench.count(0, counter); }

    Bench bench;
    Peer peer;
    SocketId child;
};

}  // namespace

TEST_CASE("SYNs in ESTABLISHED draw one challenge ACK per 500 ms", "[5961-4.2][5961-7]") {
    Connected c;
    REQUIRE(c.peer.send(kSyn, 0) == Drop::Unacceptable);
    c.bench.run_for(milliseconds(499));
    REQUIRE(c.peer.send(kSyn, 70'000) == Drop::RateLimited);
    c.bench.run_for(milliseconds(1));
    c.peer.send(kSyn | kAck, 5, 1);
    REQUIRE(c.peer.heard() == Lines{"ACK 1/1", "ACK 1/1"});
    REQUIRE(c.count(Mib::TCPChallengeACK) == 2);
    REQUIRE(c.count(Mib::TCPSYNChallenge) == 3);
    REQUIRE(c.count(Mib::TCPACKSkippedChallenge) == 1);
    REQUIRE(c.peer.state() == State::Established);
}

TEST_CASE("all limited replies of a connection share one limit", "[LX-OOWRL][5961-7]") {
    Connected c;
    c.peer.send(kRst, 2);  // in the window
    c.peer.send(kSyn, 1);
    c.peer.send(kAck, 0, 1);  // out of the window
    c.peer.send(kAck, 1, 2);  // acknowledges what was never sent
    REQUIRE(c.peer.heard() == Lines{"ACK 1/1"});
    REQUIRE(c.count(Mib::TCPACKSkippedChallenge) == 2);
    REQUIRE(c.count(Mib::TCPACKSkippedSeq) == 1);
}

TEST_CASE("old text and old FINs are acknowledged every time") {
    Connected c;
    c.peer.send(kAck | kPsh, 0, 1, {.len = 1});
    c.peer.send(kAck | kPsh, 0, 1, {.len = 1});
    c.peer.send(kFin | kAck, 0, 1);
    c.peer.send(kFin | kAck, 0, 1);
    REQUIRE(c.peer.heard() == Lines{"ACK 1/1", "ACK 1/1", "ACK 1/1", "ACK 1/1"});
    REQUIRE(c.peer.state() == State::Established);
    REQUIRE(c.count(Mib::DelayedACKLost) == 4);
    REQUIRE(c.count(Mib::TCPOFOQueue) == 0);  // an old FIN is not ahead of a gap
}

TEST_CASE("with tcp_invalid_ratelimit = 0 nothing is limited") {
    HostConfig config = linux_host(kHostA);
    config.sysctl.invalid_ratelimit_ms = 0;
    Bench bench({config});
    bench.listener(0, 10);
    Peer peer(bench, 4000);
    peer.open();
    peer.heard();
    peer.send(kSyn, 0);
    peer.send(kSyn, 0);
    REQUIRE(peer.heard() == Lines{"ACK 1/1", "ACK 1/1"});
}

TEST_CASE("an exact RST resets: ECONNRESET once, then end of file",
          "[MUST-12][RP-SYNC][5961-3.2-2]") {
    Connected c;
    c.peer.send(kPsh | kAck, 1, 1, {.len = 3});
    c.peer.send(kRst, 4);
    REQUIRE(c.bench.recv(0, c.child).value == 3);  // what came before can still be read
    REQUIRE(c.bench.recv(0, c.child).error == Errno::Econnreset);
    REQUIRE(c.bench.recv(0, c.child).value == 0);
    REQUIRE(c.bench.send(0, c.child, 1).error == Errno::Epipe);
    REQUIRE(c.count(Mib::EstabResets) == 1);
    REQUIRE(c.bench.armed_timers() == 0);
}

TEST_CASE("an RST after the FIN is EPIPE for send() and end of file for recv()", "[RP-SYNC]") {
    Connected c;
    c.peer.send(kFin | kAck, 1, 1);
    SECTION("at RCV.NXT") {
        c.peer.send(kRst, 2);
    }
    SECTION("one before it: the peer reset before it knew (deviation D9)") {
        c.bench.run_for(milliseconds(1));
        c.peer.send(kRst, 1);
    }
    REQUIRE(c.peer.state() == State::Closed);
    REQUIRE(c.bench.recv(0, c.child).value == 0);
    REQUIRE(c.bench.send(0, c.child, 1).error == Errno::Epipe);
}

TEST_CASE("a segment with an older timestamp is acknowledged and has no effect",
          "[7323-5.3R1][7323-RST][7323-3.2c][1337-F2][MUST-5]") {
    const Options now{.ts_val = 1000, .timestamps = true};
    const Options older{.ts_val = 998, .timestamps = true};
    Connected c(now);
    REQUIRE(c.peer.send(kPsh | kAck, 1, 1, {.len = 3, .options = older}) == Drop::OldTimestamp);
    REQUIRE(c.peer.heard() == Lines{"ACK 1/1"});
    REQUIRE(c.bench.recv(0, c.child).blocked);

    SECTION("the same timestamp is not older") {
        c.peer.send(kPsh | kAck, 1, 1, {.len = 3, .options = now});
        REQUIRE(c.bench.recv(0, c.child).value == 3);
    }
    SECTION("a missing one is tolerated") {
        c.peer.send(kPsh | kAck, 1, 1, {.len = 3});
        REQUIRE(c.bench.recv(0, c.child).value == 3);
    }
    SECTION("one that has wrapped is newer") {
        c.peer.send(kAck, 1, 1, {.options = {.ts_val = 0x8000'03e7, .timestamps = true}});
        c.peer.send(kPsh | kAck, 1, 1, {.len = 3, .options = now});  // now it is older
        REQUIRE(c.bench.recv(0, c.child).blocked);
    }
    SECTION("an exact RST counts in spite of it") {
        c.peer.send(kRst, 1, 0, {.options = older});
        REQUIRE(c.peer.state() == State::Closed);
    }
    SECTION("text ahead of a gap does not renew the timestamp") {
        const Options later{.ts_val = 2000, .timestamps = true};
        c.peer.send(kPsh | kAck, 11, 1, {.len = 3, .options = later});
        c.peer.send(kPsh | kAck, 1, 1, {.len = 3, .options = now});
        REQUIRE(c.bench.recv(0, c.child).value == 3);
    }
}

TEST_CASE("a final ACK without a timestamp leaves that of the SYN in force", "[7323-3.2c]") {
    Bench bench({linux_host(kHostA)});
    const SocketId listener = bench.listener(0, 10);
    Peer peer(bench, 4000);
    const Options far{.ts_val = 0xf000'0000, .timestamps = true};
    peer.syn(far);
    peer.send(kAck, 1, 1);
    REQUIRE(peer.connection().ts_recent == 0xf000'0000);
    peer.send(kPsh | kAck, 1, 1, {.len = 3, .options = far});
    REQUIRE(bench.recv(0, bench.accept(0, listener).socket).value == 3);
}

TEST_CASE("text may stick out of the window only while nothing waits to be read", "[T6-3]") {
    Connected c;
    const std::uint32_t window = 64'240;
    SECTION("nothing waits") {
        c.peer.send(kPsh | kAck, 1 + window - 1, 1, {.len = 3});
        REQUIRE(c.peer.heard() == Lines{"ACK 1/1"});  // a gap, not an unacceptable segment
    }
    c.peer.send(kPsh | kAck, 1, 1, {.len = 3});
    c.peer.heard();
    REQUIRE(c.peer.send(kPsh | kAck, 1 + window, 1, {.len = 4}) == Drop::Unacceptable);
}

TEST_CASE("half-open requests answer invalid segments without being lost") {
    Bench bench({linux_host(kHostA)});
    bench.listener(0, 10);
    Peer peer(bench, 4000);
    peer.syn();
    peer.heard();
    SECTION("a repeated SYN gets the SYN-ACK again, once per 500 ms") {
        bench.run_for(milliseconds(200));
        peer.syn();
        peer.syn();
        REQUIRE(peer.heard() == Lines{"SYN+ACK 0/1"});
        REQUIRE(bench.count(0, Mib::TCPACKSkippedSynRecv) == 1);
        // The timer starts again.
        bench.run_until(Instant{} + milliseconds(1199));
        REQUIRE(peer.heard().empty());
        bench.run_until(Instant{} + milliseconds(1200));
        REQUIRE(peer.heard() == Lines{"SYN+ACK 0/1"});
    }
    SECTION("a wrong ACK gets RST") {
        REQUIRE(peer.send(kAck, 1, 2) == Drop::BadAck);
        REQUIRE(peer.heard() == Lines{"RST 2"});
    }
    SECTION("an RST inside the window but not at its edge gets a challenge ACK") {
        peer.send(kRst, 2);
        REQUIRE(peer.heard() == Lines{"ACK 1/1"});
        REQUIRE(bench.count(0, Mib::TCPChallengeACK) == 1);
    }
    SECTION("an RST outside the window is ignored") {
        REQUIRE(peer.send(kRst, 0) == Drop::BadReset);
        REQUIRE(peer.heard().empty());
    }
    REQUIRE(peer.state() == State::HalfOpen);
    peer.send(kAck, 1, 1);
    REQUIRE(peer.state() == State::Established);
}

TEST_CASE("an exact RST and a SYN in the window remove a request") {
    Bench bench({linux_host(kHostA)});
    const SocketId listener = bench.listener(0, 10);
    Peer peer(bench, 4000);
    peer.syn();
    peer.heard();
    SECTION("RST, whatever its ACK field says") {
        peer.send(kRst | kAck, 1, 77);
        REQUIRE(peer.heard().empty());
    }
    SECTION("SYN") {
        peer.send(kSyn, 5);
        REQUIRE(peer.heard() == Lines{"RST+ACK 0/6"});
    }
    REQUIRE(peer.state() == State::Closed);
    REQUIRE(bench.listener_of(0, listener).request_queue == 0);
    REQUIRE(bench.count(0, Mib::EmbryonicRsts) == 1);
    REQUIRE(bench.count(0, Mib::AttemptFails) == 1);
    REQUIRE(bench.armed_timers() == 0);
}

}  // namespace synq
