// When ACKs leave (docs/notes/2026-11-loopback-handshake.md, sections 1 and 2): 16 at once, then
// after 40 ms, which on a clock of 4 ms ticks is 44 ms; or on data, once the application answers.
#include "tests/peer.h"

namespace synq {
namespace {

constexpr std::size_t kA = 0;
constexpr std::size_t kB = 1;

/// A connection from A to B over a wire without delay.
struct Connected {
    Connected()
        : bench({linux_host(IpAddress::loopback_v4()), linux_host(IpAddress::loopback_v4())},
                {.tick = milliseconds(4)}) {
        const SocketId listener = bench.listener(kB, 10);
        a = bench.socket(kA);
        bench.connect(kA, a, {IpAddress::loopback_v4(), kPort});
        b = bench.accept(kB, listener).socket;
        bench.take();
    }
    /// How long after each of A's segments B acknowledged it, in milliseconds: "0 0 44".
    std::string answered_after() const {
        std::string out;
        for (auto data = bench.sent.begin(); data != bench.sent.end(); ++data) {
            if (data->from != kA || data->packet.segment.len == 0) {
                continue;
            }
            const auto ack = std::find_if(data, bench.sent.end(), [&](const SentSegment& s) {
                return s.from == kB && s.packet.segment.ack == data->packet.segment.end();
            });
            REQUIRE(ack != bench.sent.end());
            out += (out.empty() ? "" : " ") + std::to_string((ack->t - data->t) / milliseconds(1));
        }
        return out;
    }

    Bench bench;
    SocketId a;
    SocketId b;
};

std::string times(int count, const std::string& word) {
    std::string out;
    for (int i = 0; i < count; ++i) {
        out += (i == 0 ? "" : " ") + word;
    }
    return out;
}

}  // namespace

TEST_CASE("without a reader sixteen segments are acknowledged at once, later ones after 40 ms") {
    Connected c;
    for (int i = 0; i < 20; ++i) {
        c.bench.run_for(milliseconds(152));  // on the tick, so that 40 ms are 44
        c.bench.send(kA, c.a, 16);
    }
    c.bench.run_for(milliseconds(100));
    REQUIRE(c.answered_after() == times(16, "0") + " " + times(4, "44"));
    REQUIRE(c.bench.count(kB, Mib::DelayedACKs) == 4);
}

TEST_CASE("while an ACK is delayed Nagle's rule collects what is sent") {
    Connected c;
    for (int i = 0; i < 20; ++i) {
        c.bench.run_for(milliseconds(10));
        c.bench.send(kA, c.a, 16);
    }
    const Lines lines = c.bench.take();
    REQUIRE(lines.size() == 33);  // 16 with their ACKs, the 17th without
    REQUIRE(lines.back() == "A PSH+ACK 257/1 len 16");
    c.bench.run_for(milliseconds(50));
    const Lines later = c.bench.take();
    REQUIRE(later.front() == "B ACK 1/273");
    REQUIRE(later[1] == "A PSH+ACK 273/1 len 48");
}

TEST_CASE("a reader acknowledges what the credits no longer do") {
    Connected c;
    for (int i = 0; i < 40; ++i) {
        c.bench.run_for(milliseconds(10));
        c.bench.send(kA, c.a, 16);
        REQUIRE(c.bench.recv(kB, c.b).value == 16);
    }
    REQUIRE(c.answered_after() == times(40, "0"));
    REQUIRE(c.bench.count(kB, Mib::DelayedACKs) == 0);
}

TEST_CASE("whoever answers is acknowledged by the answer from the second request on") {
    Connected c;
    for (int i = 0; i < 3; ++i) {
        c.bench.run_for(milliseconds(100));
        c.bench.send(kA, c.a, 16);
        REQUIRE(c.bench.recv(kB, c.b).value == 16);
        c.bench.send(kB, c.b, 32);
        REQUIRE(c.bench.recv(kA, c.a).value == 32);
    }
    REQUIRE(c.bench.take() ==
            Lines{"A PSH+ACK 1/1 len 16", "B ACK 1/17", "B PSH+ACK 1/17 len 32", "A ACK 17/33",
                  "A PSH+ACK 17/33 len 16", "B PSH+ACK 33/33 len 32", "A ACK 33/65",
                  "A PSH+ACK 33/65 len 16", "B PSH+ACK 65/49 len 32", "A ACK 49/97"});
}

TEST_CASE("a client that asks again within 40 ms is interactive too") {
    Connected c;
    for (int i = 0; i < 4; ++i) {
        c.bench.run_for(milliseconds(10));
        c.bench.send(kA, c.a, 16);
        REQUIRE(c.bench.recv(kB, c.b).value == 16);
        c.bench.send(kB, c.b, 32);
        REQUIRE(c.bench.recv(kA, c.a).value == 32);
    }
    c.bench.take();
    c.bench.run_for(milliseconds(100));
    REQUIRE(c.bench.take() == Lines{"A ACK 65/129"});  // the last answer, after 40 ms
    REQUIRE(c.bench.count(kA, Mib::DelayedACKs) == 1);
    REQUIRE(c.bench.count(kB, Mib::DelayedACKs) == 0);
}

TEST_CASE("answers that come after more than 40 ms make nobody interactive") {
    Connected c;
    for (int i = 0; i < 4; ++i) {
        c.bench.run_for(milliseconds(100));
        c.bench.send(kA, c.a, 16);
        REQUIRE(c.bench.recv(kB, c.b).value == 16);
        c.bench.run_for(milliseconds(100));
        c.bench.send(kB, c.b, 32);
        REQUIRE(c.bench.recv(kA, c.a).value == 32);
    }
    REQUIRE(c.answered_after() == times(4, "0"));
}

TEST_CASE("an interactive side that does not answer pays after 40 ms and is interactive no more") {
    Connected c;
    c.bench.run_for(milliseconds(100));
    for (int i = 0; i < 2; ++i) {
        c.bench.send(kA, c.a, 16);
        REQUIRE(c.bench.recv(kB, c.b).value == 16);
        c.bench.send(kB, c.b, 32);
        REQUIRE(c.bench.recv(kA, c.a).value == 32);
        c.bench.run_for(milliseconds(100));
    }
    for (int i = 0; i < 3; ++i) {
        c.bench.send(kA, c.a, 16);
        c.bench.run_for(milliseconds(100));
    }
    REQUIRE(c.answered_after() == "0 0 44 0 0");
}

TEST_CASE("more than a segment is acknowledged at once if the window is ready to move") {
    for (const bool scaled : {false, true}) {
        Bench bench({linux_host(kHostA)}, {.tick = milliseconds(4)});
        bench.listener(0, 10);
        Peer peer(bench, 4000);
        peer.open({.mss = 1460, .window_scale = scaled ? std::uint8_t{0} : Options::kNoScale});
        std::uint32_t seq = 1;
        const auto heard = [&](std::uint32_t len) {
            peer.send(kPsh | kAck, seq, 1, {.len = len});
            seq += len;
            return peer.heard();
        };
        for (int i = 0; i < 17; ++i) {
            heard(16);
            bench.run_for(milliseconds(100));
        }
        peer.heard();
        // Unread text has made the window smaller, and that lets an ACK wait (tcp_ack_snd_check).
        CHECK(heard(500).empty());
        CHECK(heard(500).empty());
        // A whole segment opens the window, and that earns a credit.
        CHECK(heard(1448) == Lines{"ACK 1/2721"});
    }
}

TEST_CASE("a peer that takes tiny segments only may send longer ones") {
    Bench bench({linux_host(kHostA)});
    bench.listener(0, 10);
    Peer peer(bench, 4000);
    peer.open({.mss = 100});
    peer.heard();
    peer.send(kPsh | kAck, 1, 1, {.len = 1000});
    REQUIRE(peer.heard() == Lines{"ACK 1/1001"});
}

}  // namespace synq
