// The memory of packets and what follows from it. The rules are Linux's, and the scripts of
// tests/kernel hold them against it (docs/notes/2026-11-segments-against-the-kernel.md); the
// figures here are the model's.
#include "model/fsm/memory.h"

#include "tests/peer.h"

namespace synq {
namespace {

constexpr std::size_t kHost = 0;
constexpr Options kWhole{.mss = 1'460};
constexpr Options kStamped{.ts_val = 1'000, .mss = 1'460, .timestamps = true};

/// A connection that the application has accepted.
struct Accepted {
    explicit Accepted(const Options& options = kWhole, std::uint16_t window = 64'240)
        : bench({linux_host(kHostA)}),
          listener(bench.listener(kHost, 10)),
          peer(bench, 4000),
          offer(options) {
        peer.syn(offer);
        peer.send(kAck, 1, 1, {.window = window, .options = peer.echo(offer)});
        socket = bench.accept(kHost, listener).socket;
        peer.heard();
    }
    Lines text(std::uint32_t seq, std::uint32_t len, std::uint32_t ack = 1, Flags flags = kAck) {
        peer.send(flags, seq, ack, {.len = len, .options = peer.echo(offer)});
        return peer.heard();
    }
    /// Received, sent, reserved.
    std::vector<std::int64_t> memory() const {
        const MemoryAccount out = memory_account(bench.hosts[kHost].store(), peer.connection());
        return {out.received, out.sent, out.reserved};
    }

    Bench bench;
    SocketId listener;
    Peer peer;
    Options offer;
    SocketId socket;
};

using Memory = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("memory is reserved in pages, and what is given back beyond one is not kept") {
    Accepted c;
    CHECK(c.memory() == Memory{0, 0, 0});
    c.text(1, 5);
    CHECK(c.memory() == Memory{832, 0, 3'264});
    c.text(6, 1'000);
    CHECK(c.memory() == Memory{3'136, 0, 960});
    c.bench.recv(kHost, c.socket, 5);
    CHECK(c.memory() == Memory{2'304, 0, 1'792});
    c.bench.send(kHost, c.socket, 3'000);
    CHECK(c.memory() == Memory{2'304, 3'832, 2'056});
    c.bench.recv(kHost, c.socket);
    c.bench.recv(kHost, c.socket);
    CHECK(c.memory() == Memory{0, 3'832, 264});
    c.text(1'006, 0, 3'001);
    CHECK(c.memory() == Memory{0, 0, 0});
}

TEST_CASE("text that goes into the room behind other text leaves a page spare, for a while") {
    Accepted c;
    c.text(1, 5);
    c.bench.send(kHost, c.socket, 2'000);
    REQUIRE(c.memory() == Memory{832, 2'832, 432});
    c.text(6, 5);
    CHECK(c.memory() == Memory{832, 2'832, 4'528});
    c.text(11, 0, 2'001);
    CHECK(c.memory() == Memory{832, 0, 3'264});
}

TEST_CASE("a read frees the segments that it has read whole") {
    Accepted c;
    c.text(1, 1'460);
    c.text(1'461, 200);
    c.text(1'661, 5);  // goes into the room behind the last
    c.text(1'666, 1'400);
    REQUIRE(c.memory()[0] == 2'304 + 1'280 + 2'304);
    c.bench.recv(kHost, c.socket, 1'459);
    CHECK(c.memory()[0] == 2'304 + 1'280 + 2'304);
    c.bench.recv(kHost, c.socket, 1);
    CHECK(c.memory()[0] == 1'280 + 2'304);
    c.bench.recv(kHost, c.socket, 206);
    CHECK(c.memory()[0] == 2'304);
    c.bench.recv(kHost, c.socket, 1'399);
    CHECK(c.memory()[0] == 0);
}

TEST_CASE("what lay ahead of a gap stays in the memory that it came in") {
    Accepted c;
    c.text(201, 100);
    c.text(401, 300);
    c.text(301, 50);  // goes into the room behind the first
    CHECK(c.memory()[0] == 832 + 1'280);
    c.text(350, 400);  // covers the second, and a part of the first
    CHECK(c.memory()[0] == 832 + 1'280);
    c.text(1, 200);  // has room for the first
    CHECK(c.peer.connection().rcv.unread == 749);
    CHECK(c.memory()[0] == 1'280 + 1'280);
    c.bench.recv(kHost, c.socket, 200);
    CHECK(c.memory()[0] == 1'280 + 1'280);
    c.bench.recv(kHost, c.socket, 150);
    CHECK(c.memory()[0] == 1'280);
    c.bench.recv(kHost, c.socket, 600);
    CHECK(c.memory() == Memory{0, 0, 0});
}

TEST_CASE("of a packet with one segment no part goes, of one with several what is acknowledged") {
    Accepted c;
    c.bench.send(kHost, c.socket, 3'000);
    c.text(1, 0, 1'461);
    CHECK(c.memory()[1] == 832 + 1'540);
    c.text(1, 0, 2'921);
    CHECK(c.memory()[1] == 832 + 80);
    c.text(1, 0, 2'950);
    CHECK(c.memory()[1] == 832 + 80);
    c.bench.send(kHost, c.socket, 10);
    CHECK(c.memory()[1] == 832 + 80 + 832 + 10);
    c.text(1, 0, 3'001);
    CHECK(c.memory()[1] == 832 + 10);
    c.text(1, 0, 3'011);
    CHECK(c.memory()[1] == 0);
}

TEST_CASE("text with an old ACK is taken if its memory is reserved and its header predicted") {
    Accepted c;
    CHECK(c.text(1, 5, 0) == Lines{"ACK 1/1"});  // nothing is reserved yet
    c.text(1, 3);
    CHECK(c.text(4, 5, 0) == Lines{"ACK 1/9"});
    CHECK(c.peer.connection().rcv.unread == 8);
    SECTION("not from ahead of a gap, nor after such text") {
        c.text(20, 5);
        c.text(9, 5, 0);
        CHECK(c.peer.connection().rcv.nxt == c.peer.iss() + 9);
    }
    SECTION("not with another window") {
        c.peer.send(kAck, 9, 0, {.len = 5, .window = 64'000});
        CHECK(c.peer.connection().rcv.nxt == c.peer.iss() + 9);
    }
    SECTION("not more than is reserved") {
        c.text(9, 1'000);
        c.text(1'009, 1'000, 0);
        CHECK(c.peer.connection().rcv.nxt == c.peer.iss() + 1'009);
    }
}

TEST_CASE("the timestamp of an old ACK counts if its header was predicted") {
    Accepted c(kStamped);
    c.offer.ts_val = 1'003;
    CHECK(c.text(1, 0, 0) == Lines{"ACK 1/1"});
    CHECK(c.peer.last().options.ts_ecr == 1'003);
    c.offer.ts_val = 1'002;  // an older one is not predicted
    c.text(1, 0, 0);
    CHECK(c.peer.last().options.ts_ecr == 1'003);
}

TEST_CASE("other profiles do not predict headers") {
    HostConfig config = linux_host(kHostA);
    config.profile = find_profile("rfc9293");
    Bench bench({config});
    bench.listener(kHost, 10);
    Peer peer(bench, 4000);
    peer.open();
    peer.send(kAck, 1, 1, {.len = 3});
    peer.send(kAck, 4, 0U - 70'000, {.len = 5});
    CHECK(peer.connection().rcv.unread == 3);
}

TEST_CASE("a descriptor keeps its receive buffer, and a new SYN offers by it") {
    Accepted c;
    SECTION("as it was") {
        c.text(1, 100);
        c.bench.disconnect(kHost, c.socket);
        c.peer.heard();
        c.bench.connect(kHost, c.socket, {kHostB, 4000});
        CHECK(c.peer.last().window == 64'240);
    }
    SECTION("a thousand octets in 2304 of memory") {
        c.text(1, 1'000);
        c.bench.disconnect(kHost, c.socket);
        c.bench.connect(kHost, c.socket, {kHostB, 4000});
        CHECK(c.peer.last().window == 55'480);
    }
    SECTION("whole segments") {
        c.text(1, 1'460);
        c.bench.disconnect(kHost, c.socket);
        c.bench.connect(kHost, c.socket, {kHostB, 4000});
        CHECK(c.peer.last().window == 65'535);
        CHECK(c.bench.hosts[kHost].connection_of(c.socket)->rcv.wnd == 81'760);
    }
}

TEST_CASE("what exceeds half of the peer's window is pushed, counted over one send()") {
    Accepted c(kWhole, 1'000);
    c.bench.send(kHost, c.socket, 1'400);
    CHECK(c.peer.heard() == Lines{"ACK 1/1 len 500", "PSH+ACK 501/1 len 500"});
    c.peer.send(kAck, 1, 1'001, {.window = 1'000});
    CHECK(c.peer.heard() == Lines{"PSH+ACK 1001/1 len 400"});
    c.peer.send(kAck, 1, 1'401, {.window = 1'000});
    c.bench.send(kHost, c.socket, 500);
    CHECK(c.peer.heard() == Lines{"PSH+ACK 1401/1 len 500"});
}

}  // namespace synq
