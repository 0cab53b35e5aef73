// A request and the segments that are not quite its final ACK (linux.md 2.3;
// docs/notes/2026-11-segments-against-the-kernel.md).
#include "tests/unit/prepared.h"

namespace synq {
namespace {

constexpr Options kTimestamp{.ts_val = 77, .timestamps = true};

struct HalfOpen {
    HalfOpen() : bench({Prepared::config("linux-6.18")}), peer(bench, 4000) {
        listener = bench.listener(0, 0);
        peer.syn();
        peer.heard();
    }
    /// A SYN,ACK with a FIN at the peer's ISN.
    void half_child() {
        peer.send(kSyn | kFin | kAck, 0, 1);
        REQUIRE(peer.state() == State::SynReceived);
        REQUIRE(peer.heard() == Lines{"ACK 1/1"});
    }

    Bench bench;
    Peer peer;
    SocketId listener;
};

}  // namespace

TEST_CASE("a SYN,ACK with text or FIN at the ISN makes a child that stays in SYN-RECEIVED") {
    HalfOpen h;
    SECTION("FIN") {
        h.half_child();
    }
    SECTION("text") {
        h.peer.send(kSyn | kAck, 0, 1, {.len = 5});
        CHECK(h.peer.state() == State::SynReceived);
        CHECK(h.peer.heard() == Lines{"ACK 1/1"});
    }
    SECTION("alone it is outside the window") {
        h.peer.send(kSyn | kAck, 0, 1);
        CHECK(h.peer.state() == State::HalfOpen);
        return;
    }
    CHECK(h.bench.count(0, Mib::PassiveOpens) == 1);
    CHECK(h.bench.accept(0, h.listener).error == Errno::None);
}

TEST_CASE("a child in SYN-RECEIVED waits for its ACK") {
    HalfOpen h;
    h.half_child();
    const SocketId child = h.bench.accept(0, h.listener).socket;
    CHECK(h.bench.send(0, child, 5).blocked);
    SECTION("then it is connected") {
        h.peer.send(kAck, 1, 1);
        CHECK(h.peer.state() == State::Established);
        CHECK(h.bench.send(0, child, 5).value == 5);
    }
    SECTION("a FIN asked for before leaves then") {
        h.bench.shutdown(0, child, ShutdownHow::Write);
        CHECK(h.peer.heard().empty());
        h.peer.send(kAck, 1, 1);
        CHECK(h.peer.heard() == Lines{"FIN+ACK 1/1"});
        CHECK(h.peer.state() == State::FinWait1);
    }
    SECTION("the SYN,ACK of a simultaneous open will do, once somebody holds the child") {
        h.peer.send(kSyn | kAck, 0, 1);
        CHECK(h.peer.state() == State::Established);
    }
    SECTION("an old ACK gets RST") {
        h.peer.send(kAck, 1, 0);
        CHECK(h.peer.heard() == Lines{"RST 0"});
        CHECK(h.peer.state() == State::SynReceived);
    }
}

TEST_CASE("nobody waits in a child that is not accepted: a SYN,ACK is challenged") {
    HalfOpen h;
    h.half_child();
    h.peer.send(kSyn | kAck, 0, 1);
    CHECK(h.peer.heard() == Lines{"ACK 1/1"});
    CHECK(h.peer.state() == State::SynReceived);
    h.bench.close(0, h.listener);
    CHECK(h.peer.heard() == Lines{"RST+ACK 1/1"});
    CHECK(h.bench.count(0, Mib::AttemptFails) == 0);
}

TEST_CASE("an unasked timestamp on the final ACK comes back from TIME-WAIT") {
    HalfOpen h;
    h.peer.send(kAck, 1, 1, {.options = kTimestamp});
    const SocketId child = h.bench.accept(0, h.listener).socket;
    h.bench.send(0, child, 5);
    CHECK_FALSE(h.peer.last().options.timestamps);
    h.bench.shutdown(0, child, ShutdownHow::Write);
    h.peer.send(kFin | kAck, 1, 7);
    REQUIRE(h.peer.state() == State::TimeWait);
    h.peer.send(kFin | kAck, 1, 7);
    CHECK(h.peer.last().options.timestamps);
    CHECK(h.peer.last().options.ts_ecr == 77);
}

TEST_CASE("only the segment that completes a request renews its timestamp") {
    Bench bench({Prepared::config("linux-6.18")});
    bench.listener(0, 0);
    Peer peer(bench, 4000);
    peer.syn({.ts_val = 50, .timestamps = true});
    SECTION("not one without ACK") {
        peer.send(kPsh, 1, 0, {.len = 3, .options = kTimestamp});
    }
    SECTION("not one for which there is no room") {
        Peer other(bench, 4001);
        other.open();
        peer.send(kAck, 1, 1, {.options = kTimestamp});
    }
    REQUIRE(peer.state() == State::HalfOpen);
    peer.send(kAck, 0, 1);  // outside the window
    CHECK(peer.last().options.ts_ecr == 50);
}

TEST_CASE("an RST with a wrong timestamp echo does not touch a request") {
    Bench bench({Prepared::config("linux-6.18")});
    bench.listener(0, 5);
    Peer peer(bench, 4000);
    peer.syn(kTimestamp);
    peer.heard();
    Options wrong = peer.echo(kTimestamp);
    wrong.ts_ecr += 1'000;
    const std::uint32_t seq = GENERATE(1U, 2U);
    peer.send(kRst, seq, 0, {.options = wrong});
    CHECK(peer.heard().empty());
    CHECK(peer.state() == State::HalfOpen);
    CHECK(bench.count(0, Mib::TSEcrRejected) == 1);
}

TEST_CASE("with tcp_timestamps 0 no timestamp counts") {
    HostConfig config = Prepared::config("linux-6.18");
    config.sysctl.timestamps = 0;
    Bench bench({config});
    bench.listener(0, 5);
    Peer peer(bench, 4000);
    peer.syn(kTimestamp);
    peer.send(kAck, 0, 1, {.options = kTimestamp});
    CHECK_FALSE(peer.last().options.timestamps);
}

TEST_CASE("a crossing SYN's timestamp is echoed; what completes may renew it, not set it back") {
    Bench bench({linux_host(kHostA)});
    Peer peer(bench, 4000);
    bench.connect(0, bench.socket(0), peer.self());
    const std::uint32_t val = GENERATE(76U, 78U);
    Peer there(bench, 4000, bench.sent.back().packet.src.port);
    bench.text.set_first(bench.sent.back().packet.src, peer.self(),
                         bench.sent.back().packet.segment.seq);
    there.syn(kTimestamp);
    CHECK(there.last().options.ts_ecr == 77);
    Options later = kTimestamp;
    later.ts_val = val;
    there.send(kAck | kPsh, 1, 1, {.len = 5, .options = later});
    CHECK(there.last().options.ts_ecr == std::max(val, 77U));
}

}  // namespace synq
