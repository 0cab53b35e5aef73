// TCP_DEFER_ACCEPT: a request whose ACK brings no data waits for some (linux.md 1.4, 2.3 step 6,
// 2.4). The measured times are in tests/scenarios/listener_test.cpp.
#include "tests/peer.h"

namespace synq {
namespace {

struct Deferring {
    explicit Deferring(std::int64_t seconds) : bench({linux_host(kHostA)}), peer(bench, 4000) {
        listener = bench.listener(0, 10);
        bench.set_option(0, listener, SocketOption::DeferAccept, seconds);
    }
    Bench bench;
    Peer peer;
    SocketId listener;
};

}  // namespace

TEST_CASE("TCP_DEFER_ACCEPT counts timeouts, and is read back as their seconds") {
    for (const auto& [asked, timeouts, told] : {std::tuple{-1, 0, 0},
                                                {0, 0, 0},
                                                {1, 1, 1},
                                                {2, 2, 3},
                                                {3, 2, 3},
                                                {4, 3, 7},
                                                {10, 4, 15},
                                                {63, 6, 63},
                                                {127, 7, 127},
                                                {128, 8, 247},
                                                {367, 9, 367},
                                                {1'000'000, 255, 29'887}}) {
        INFO(asked);
        CHECK(timeouts_within(asked) == timeouts);
        CHECK(seconds_of_timeouts(static_cast<std::uint8_t>(timeouts)) == told);
    }
}

TEST_CASE("a bare final ACK is dropped and counted until there is data") {
    Deferring d(10);
    d.peer.syn();
    REQUIRE(d.peer.send(kAck, 1, 1) == Drop::DeferAccept);
    REQUIRE(d.peer.state() == State::HalfOpen);
    REQUIRE(d.bench.accept(0, d.listener).blocked);
    REQUIRE(d.bench.count(0, Mib::TCPDeferAcceptDrop) == 1);
    REQUIRE(d.bench.count(0, Mib::ListenDrops) == 0);
    d.peer.heard();
    SECTION("data completes the handshake") {
        REQUIRE(d.peer.send(kPsh | kAck, 1, 1, {.len = 5}) == Drop::None);
        REQUIRE(d.peer.heard() == Lines{"ACK 1/6"});
    }
    SECTION("so does a FIN") {
        REQUIRE(d.peer.send(kFin | kAck, 1, 1) == Drop::None);
    }
    SECTION("and an ACK ahead of a gap") {
        REQUIRE(d.peer.send(kAck, 2, 1) == Drop::None);
    }
    REQUIRE(d.bench.accept(0, d.listener).error == Errno::None);
}

TEST_CASE("who was acknowledged hears nothing until the last of the deferred timeouts") {
    Deferring d(10);  // four of them
    d.peer.syn();
    d.peer.send(kAck, 1, 1);
    d.peer.heard();
    d.bench.run_until(Instant{} + milliseconds(14'999));
    REQUIRE(d.peer.heard().empty());
    REQUIRE(d.bench.listener_of(0, d.listener).young == 0);
    REQUIRE(d.peer.send(kAck, 1, 1) == Drop::DeferAccept);
    d.bench.run_until(Instant{} + seconds(15));
    REQUIRE(d.peer.heard() == Lines{"SYN+ACK 0/1"});
    REQUIRE(d.peer.send(kAck, 1, 1) == Drop::None);
    REQUIRE(d.bench.count(0, Mib::TCPTimeouts) == 4);
}

TEST_CASE("a deferred request outlives tcp_synack_retries, a silent one does not") {
    HostConfig config = linux_host(kHostA);
    config.sysctl.synack_retries = 1;
    Bench bench({config});
    const SocketId listener = bench.listener(0, 10);
    bench.set_option(0, listener, SocketOption::DeferAccept, 15);
    Peer acked(bench, 4000);
    Peer silent(bench, 4001);
    acked.syn();
    silent.syn();
    acked.send(kAck, 1, 1);
    bench.run_until(Instant{} + seconds(3));
    CHECK(silent.state() == State::Closed);
    bench.run_until(Instant{} + milliseconds(30'999));
    CHECK(acked.state() == State::HalfOpen);
    bench.run_until(Instant{} + seconds(31));
    CHECK(acked.state() == State::Closed);
}

TEST_CASE("a full accept queue counts as an ACK that was dropped") {
    // The client believes itself connected: it is not asked again before the time is over.
    Bench bench({linux_host(kHostA)});
    const SocketId listener = bench.listener(0, 1);
    bench.set_option(0, listener, SocketOption::DeferAccept, 7);
    Peer first(bench, 4000);
    Peer second(bench, 4001);
    first.syn();
    second.syn();
    bench.listen(0, listener, 0);
    first.send(kPsh | kAck, 1, 1, {.len = 1});
    REQUIRE(second.send(kPsh | kAck, 1, 1, {.len = 1}) == Drop::AckAcceptQueueFull);
    second.heard();
    bench.run_until(Instant{} + milliseconds(6'999));
    REQUIRE(second.heard().empty());
    bench.run_until(Instant{} + seconds(7));
    REQUIRE(second.heard() == Lines{"SYN+ACK 0/1"});
}

TEST_CASE("children do not inherit TCP_DEFER_ACCEPT, and need no record for it") {
    Deferring d(10);
    d.peer.syn();
    d.peer.send(kPsh | kAck, 1, 1, {.len = 1});
    const SocketId child = d.bench.accept(0, d.listener).socket;
    REQUIRE(d.bench.hosts[0].get_option(child, SocketOption::DeferAccept) == 0);
    REQUIRE(d.bench.hosts[0].get_option(d.listener, SocketOption::DeferAccept) == 15);
    REQUIRE_FALSE(d.peer.connection().extra.valid());
}

}  // namespace synq
