// A final ACK that finds the accept queue full, and a listener that goes away with people waiting
// (linux.md 2.3 step 7, 2.5, 2.7).
#include "tests/peer.h"

namespace synq {
namespace {

/// Backlog 0: the first of two handshakes fills the queue, the other's final ACK finds it full.
struct Overflowing {
    explicit Overflowing(std::int64_t abort_on_overflow = 0)
        : bench({config(abort_on_overflow)}), first(bench, 4000), second(bench, 4001) {
        listener = bench.listener(0, 1);
        first.syn();
        second.syn();
        bench.listen(0, listener, 0);
        first.send(kAck, 1, 1);
        REQUIRE(first.state() == State::Established);
        second.heard();
    }
    std::uint64_t count(Mib counter) const { return bench.count(0, counter); }
    void make_room() { accepted = bench.accept(0, listener).socket; }

    Bench bench;
    Peer first;
    Peer second;
    SocketId listener;
    SocketId accepted;

  private:
    static HostConfig config(std::int64_t abort_on_overflow) {
        HostConfig out = linux_host(kHostA);
        out.sysctl.abort_on_overflow = abort_on_overflow;
        return out;
    }
};

}  // namespace

TEST_CASE("a final ACK for a full accept queue is dropped with its data, and counted each time",
          "[LX-AQ-ACK]") {
    Overflowing o;
    REQUIRE(o.second.send(kAck, 1, 1) == Drop::AckAcceptQueueFull);
    REQUIRE(o.second.send(kPsh | kAck, 1, 1, {.len = 16}) == Drop::AckAcceptQueueFull);
    REQUIRE(o.second.heard().empty());
    REQUIRE(o.second.state() == State::HalfOpen);
    REQUIRE(o.count(Mib::ListenOverflows) == 2);
    REQUIRE(o.count(Mib::ListenDrops) == 2);
    REQUIRE(o.count(Mib::PassiveOpens) == 1);

    SECTION("the client's repeated data completes the handshake once there is room") {
        o.make_room();
        REQUIRE(o.second.send(kPsh | kAck, 1, 1, {.len = 16}) == Drop::None);
        REQUIRE(o.second.heard() == Lines{"ACK 1/17"});
        const CallResult accepted = o.bench.accept(0, o.listener);
        REQUIRE(accepted.peer == o.second.self());
        REQUIRE(o.bench.recv(0, accepted.socket).value == 16);
    }
    SECTION("so does a FIN") {
        o.make_room();
        o.second.send(kFin | kAck, 1, 1);
        REQUIRE(o.second.state() == State::CloseWait);
        REQUIRE(o.bench.recv(0, o.bench.accept(0, o.listener).socket).value == 0);
    }
    SECTION("without room the SYN-ACK is repeated, and the request dies at 63 s") {
        o.bench.run_until(Instant{} + milliseconds(62'999));
        REQUIRE(o.second.state() == State::HalfOpen);
        REQUIRE(o.second.heard() == Lines(5, "SYN+ACK 0/1"));
        o.bench.run_until(Instant{} + seconds(63));
        o.second.send(kPsh | kAck, 1, 1, {.len = 16});
        REQUIRE(o.second.heard() == Lines{"RST 1"});
    }
}

TEST_CASE("a client that believes itself connected answers the SYN-ACK, which completes it") {
    Bench bench({linux_host(kHostA), linux_host(kHostB)});
    const Endpoint server{kHostB, kPort};
    const SocketId listener = bench.listener(1, 1);
    REQUIRE(bench.connect(0, bench.socket(0), server).error == Errno::None);
    bench.lose(0, [](const Segment& s) { return s.flags == kAck; });
    const SocketId victim = bench.socket(0);
    REQUIRE(bench.connect(0, victim, server).error == Errno::None);
    bench.mend();
    REQUIRE(bench.connect(0, bench.socket(0), server).error == Errno::None);
    REQUIRE(bench.listener_of(1, listener).accept_queue_full());
    bench.take();

    bench.run_until(Instant{} + seconds(1));
    REQUIRE(bench.take_timed() == Lines{"1.000 B SYN+ACK 0/1", "1.000 A ACK 1/1"});
    REQUIRE(bench.count(1, Mib::ListenOverflows) == 1);
    bench.accept(1, listener);
    bench.run_until(Instant{} + seconds(60));
    REQUIRE(bench.take_timed() == Lines{"3.000 B SYN+ACK 0/1", "3.000 A ACK 1/1"});
    REQUIRE(bench.count(1, Mib::PassiveOpens) == 3);
    REQUIRE(bench.count(0, Mib::TCPChallengeACK) == 2);
    REQUIRE(bench.count(0, Mib::TCPSYNChallenge) == 2);
    REQUIRE(bench.send(0, victim, 1).value == 1);
}

TEST_CASE("tcp_abort_on_overflow answers the final ACK by RST", "[LX-AQ-ACK]") {
    Overflowing o(1);
    REQUIRE(o.second.send(kPsh | kAck, 1, 1, {.len = 16}) == Drop::AckAcceptQueueReset);
    REQUIRE(o.second.heard() == Lines{"RST 1"});
    REQUIRE(o.second.state() == State::Closed);
    REQUIRE(o.count(Mib::ListenOverflows) == 1);
    REQUIRE(o.count(Mib::ListenDrops) == 1);
    REQUIRE(o.count(Mib::EmbryonicRsts) == 1);
    REQUIRE(o.count(Mib::OutRsts) == 1);
    REQUIRE(o.bench.listener_of(0, o.listener).request_queue == 0);
}

TEST_CASE("tcp_abort_on_overflow has no say about a SYN") {
    Overflowing o(1);
    Peer third(o.bench, 4002);
    REQUIRE(third.syn() == Drop::AcceptQueueFull);
    REQUIRE(third.heard().empty());
}

TEST_CASE("closing a listener resets who waits and forgets half-open requests silently",
          "[CLOSE-LISTENQ][CLOSE-SR][CLOSE-L]") {
    Bench bench({linux_host(kHostA)});
    const SocketId listener = bench.listener(0, 10);
    Peer established(bench, 4000);
    Peer closing(bench, 4001);
    Peer requesting(bench, 4002);
    Peer late(bench, 4003);
    established.open();
    closing.open();
    closing.send(kFin | kAck, 1, 1);
    requesting.syn();
    late.syn();
    bench.run_for(milliseconds(100));
    bench.take();

    const bool by_close = GENERATE(true, false);
    if (by_close) {
        bench.close(0, listener);
    } else {
        REQUIRE(bench.shutdown(0, listener, ShutdownHow::Read).error == Errno::None);
    }
    REQUIRE(established.heard() == Lines{"SYN+ACK 0/1", "RST+ACK 1/1"});
    REQUIRE(closing.heard().back() == "RST+ACK 1/2");
    REQUIRE(bench.count(0, Mib::EstabResets) == 2);  // measured
    REQUIRE(requesting.state() == State::HalfOpen);
    REQUIRE(bench.in_state(0, State::Listen) == 0);
    requesting.heard();
    late.heard();

    late.send(kAck, 1, 1);
    REQUIRE(late.heard() == Lines{"RST 1"});
    REQUIRE(late.state() == State::Closed);
    bench.run_for(seconds(1));
    REQUIRE(requesting.heard().empty());
    REQUIRE(requesting.state() == State::Closed);
    REQUIRE(bench.armed_timers() == 0);

    if (!by_close) {
        // Still bound: it may listen again.
        REQUIRE(bench.listen(0, listener, 3).error == Errno::None);
        Peer again(bench, 4004);
        again.open();
        REQUIRE(again.state() == State::Established);
    }
}

TEST_CASE("shutdown(SHUT_WR) of a listener does nothing") {
    Bench bench({linux_host(kHostA)});
    const SocketId listener = bench.listener(0, 10);
    REQUIRE(bench.shutdown(0, listener, ShutdownHow::Write).error == Errno::None);
    Peer peer(bench, 4000);
    peer.open();
    REQUIRE(bench.accept(0, listener).error == Errno::None);
}

}  // namespace synq
