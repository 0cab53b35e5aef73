// Rules about segments in synchronized states that random scripts found on Linux 6.18.44
// (docs/notes/2026-11-segments-against-the-kernel.md).
#include "tests/peer.h"

namespace synq {
namespace {

constexpr std::size_t kHost = 0;

struct Server {
    explicit Server(const Options& offer = {}, std::uint16_t window = 64'240)
        : bench({linux_host(kHostA)}), listener(bench.listener(kHost, 10)), peer(bench, 4000) {
        peer.syn(offer);
        peer.send(kAck, 1, 1, {.window = window});
        socket = bench.accept(kHost, listener).socket;
        peer.heard();
    }
    Lines send(std::int64_t octets) {
        bench.send(kHost, socket, octets);
        return peer.heard();
    }

    Bench bench;
    SocketId listener;
    Peer peer;
    SocketId socket;
};

}  // namespace

TEST_CASE("of a burst the last whole segment has PSH; half a congestion window is a burst") {
    Server server;
    CHECK(server.send(3'000) == Lines{"ACK 1/1 len 536", "ACK 537/1 len 536", "ACK 1073/1 len 536",
                                      "ACK 1609/1 len 536", "PSH+ACK 2145/1 len 536",
                                      "PSH+ACK 2681/1 len 320"});
}

TEST_CASE("what Nagle's rule holds back ends a burst; one segment alone is none") {
    Server server;
    CHECK(server.send(5) == Lines{"PSH+ACK 1/1 len 5"});
    CHECK(server.send(1'400) == Lines{"ACK 6/1 len 536", "PSH+ACK 542/1 len 536"});
    Server short_one;
    short_one.send(5);
    CHECK(short_one.send(600) == Lines{"ACK 6/1 len 536"});
}

TEST_CASE("a burst ends where half of the window does, or the window") {
    Server small({.mss = 1'460}, 8'000);
    CHECK(small.send(8'000) == Lines{"ACK 1/1 len 1460", "PSH+ACK 1461/1 len 1460",
                                     "ACK 2921/1 len 1460", "PSH+ACK 4381/1 len 1460",
                                     "ACK 5841/1 len 1460", "PSH+ACK 7301/1 len 700"});
    Server shut({.mss = 1'460}, 10'000);
    CHECK(shut.send(12'000) == Lines{"ACK 1/1 len 1460", "ACK 1461/1 len 1460",
                                     "PSH+ACK 2921/1 len 1460", "ACK 4381/1 len 1460",
                                     "ACK 5841/1 len 1460", "PSH+ACK 7301/1 len 1460"});
    Server wide({.mss = 1'460}, 20'000);
    const Lines sent = wide.send(12'000);
    REQUIRE(sent.size() == 9);
    CHECK(sent[4] == "PSH+ACK 5841/1 len 1460");
    CHECK(sent[5] == "ACK 7301/1 len 1460");
    CHECK(sent[8] == "PSH+ACK 11681/1 len 320");
}

TEST_CASE("a segment holds no more than half of the largest window") {
    Server server({.mss = 1'460}, 1'000);
    CHECK(server.send(400) == Lines{"PSH+ACK 1/1 len 400"});
    Server longer({.mss = 1'460}, 1'000);
    CHECK(longer.send(600).front() == "ACK 1/1 len 500");
    CHECK(longer.peer.connection().rcv.mss == 500);
    longer.peer.send(kAck, 1, 501, {.window = 4'000});
    CHECK(longer.send(2'000).front() != "ACK 601/1 len 500");
}

TEST_CASE("SACK blocks, which every segment would repeat, take their share of it") {
    Server server({.mss = 1'000, .sack_permitted = true});
    server.peer.send(kAck, 101, 1, {.len = 5});
    server.peer.heard();
    CHECK(server.send(1'400) == Lines{"ACK 1/1 len 988", "PSH+ACK 989/1 len 412"});
    Server two({.mss = 1'000, .sack_permitted = true});
    two.peer.send(kAck, 101, 1, {.len = 5});
    two.peer.send(kAck, 201, 1, {.len = 5});
    two.peer.heard();
    CHECK(two.send(1'400) == Lines{"ACK 1/1 len 980", "PSH+ACK 981/1 len 420"});
}

TEST_CASE("an old ACK changes neither window nor TS.Recent") {
    Server server;
    server.send(5);
    server.peer.send(kAck, 1, 6);
    server.peer.send(kAck, 1, 3, {.window = 10});
    CHECK(server.send(500) == Lines{"PSH+ACK 6/1 len 500"});

    Bench bench({linux_host(kHostA)});
    const SocketId listener = bench.listener(kHost, 10);
    Peer peer(bench, 4000);
    const Options offer{.ts_val = 1'000, .timestamps = true};
    peer.open(offer);
    Options later = peer.echo(offer);
    later.ts_val = 2'000;
    const SocketId socket = bench.accept(kHost, listener).socket;
    bench.send(kHost, socket, 5);
    peer.send(kAck, 1, 6, {.options = peer.echo(offer)});
    peer.send(kPsh | kAck, 1, 3, {.len = 5, .options = later});
    CHECK(peer.last().ack == peer.iss() + 6);
    CHECK(peer.last().options.ts_ecr == 1'000);
}

TEST_CASE("a window without a newer number counts only if it is larger, or zero") {
    Server server;
    server.peer.send(kAck, 1, 1, {.window = 100});
    CHECK(server.send(500).size() == 1);
    Server shut;
    shut.peer.send(kAck, 1, 1, {.window = 0});
    CHECK(shut.send(500).empty());
}

TEST_CASE("after the peer's FIN one more FIN behind old text counts") {
    Server server;
    server.peer.send(kFin | kAck, 1, 1);
    server.peer.send(kFin | kAck, 2, 1);  // alone it says nothing
    CHECK(server.peer.connection().rcv.nxt == server.peer.iss() + 2);
    server.peer.send(kFin | kAck, 0, 1, {.len = 2});
    CHECK(server.peer.connection().rcv.nxt == server.peer.iss() + 3);
    CHECK(server.peer.state() == State::CloseWait);
}

TEST_CASE("old text before a FIN counts as text: its ACK waits like one") {
    Server server;
    server.peer.send(kFin | kAck, 0, 1, {.len = 1});
    server.peer.send(kAck, 2, 1);
    CHECK(server.peer.heard().empty());
    Server alone;
    alone.peer.send(kFin | kAck, 1, 1);
    alone.peer.send(kAck, 2, 1);
    CHECK(alone.peer.heard() == Lines{"ACK 1/2"});
}

TEST_CASE("what follows the handshake at once makes the exchange a conversation") {
    Server server;
    server.peer.send(kFin | kAck, 0, 1);  // old: quick acknowledgments
    CHECK(server.peer.heard() == Lines{"ACK 1/1"});
    server.send(5);
    server.peer.send(kAck, 1, 6, {.len = 5});
    CHECK(server.peer.heard().empty());
}

TEST_CASE("a FIN in FIN-WAIT-1 is acknowledged before a FIN that waited for the window") {
    Server server({}, 0);
    server.bench.shutdown(kHost, server.socket, ShutdownHow::Write);
    CHECK(server.peer.heard().empty());
    server.peer.send(kFin | kAck, 1, 1);
    CHECK(server.peer.heard() == Lines{"ACK 1/2", "FIN+ACK 1/2"});
}

}  // namespace synq
