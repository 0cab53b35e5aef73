// What a descriptor keeps when its connection or its listening ends: ports, errors, requests
// (linux.md 1.1, 1.3; docs/notes/2026-11-segments-against-the-kernel.md).
#include "tests/unit/prepared.h"

namespace synq {
namespace {

struct Server {
    Server() : bench({linux_host(kHostA)}), listener(bench.listener(0, 5)), peer(bench, 4000) {}

    Bench bench;
    SocketId listener;
    Peer peer;
};

SocketId connected(Bench& bench, Peer& peer, SocketId socket) {
    REQUIRE(bench.connect(0, socket, peer.self()).blocked);
    peer.send(kSyn | kAck, 0, 1);
    REQUIRE(peer.state() == State::Established);
    peer.heard();
    return socket;
}

}  // namespace

TEST_CASE("disconnect() resets what the peer may still believe in", "[ABORT]") {
    const std::string state =
        GENERATE("SYN-RECEIVED(active)", "ESTABLISHED", "ESTABLISHED+unread data", "CLOSE-WAIT",
                 "FIN-WAIT-1", "FIN-WAIT-2");
    INFO(state);
    Prepared host(state, linux_host(kHostA));
    const State before = host.peer.state();
    const Connection& conn = host.peer.connection();
    const std::string numbers = std::to_string(conn.snd.nxt - conn.snd.iss) + "/" +
                                std::to_string(conn.rcv.nxt - conn.rcv.irs);
    REQUIRE(host.bench.disconnect(0, host.socket).error == Errno::None);
    CHECK(host.peer.heard() == Lines{"RST+ACK " + numbers});
    CHECK(host.peer.state() == State::Closed);
    CHECK(host.bench.recv(0, host.socket).error == Errno::Econnreset);
    CHECK(host.bench.recv(0, host.socket).error == Errno::Enotconn);
    const bool stood = before == State::Established || before == State::CloseWait;
    CHECK(host.bench.count(0, Mib::EstabResets) == (stood ? 1 : 0));
    CHECK(host.bench.count(0, Mib::AttemptFails) == 0);
    CHECK(host.bench.count(0, Mib::TCPAbortOnData) == 0);
    CHECK(host.bench.armed_timers() == 0);
}

TEST_CASE("disconnect() says nothing where both sides have ended") {
    const std::string state = GENERATE("CLOSING", "TIME-WAIT", "CLOSED");
    INFO(state);
    Prepared host(state, linux_host(kHostA));
    REQUIRE(host.bench.disconnect(0, host.socket).error == Errno::None);
    CHECK(host.peer.heard().empty());
    CHECK(host.peer.state() == (state == "TIME-WAIT" ? State::TimeWait : State::Closed));
    CHECK(host.bench.hosts[0].socket_error(host.socket) == Errno::None);
}

TEST_CASE("in CLOSING what has not left is worth an RST") {
    Prepared host("ESTABLISHED", linux_host(kHostA));
    host.peer.send(kAck, 1, 1, {.window = 0});
    host.bench.shutdown(0, host.socket, ShutdownHow::Write);
    host.peer.send(kFin | kAck, 1, 1, {.window = 0});
    REQUIRE(host.peer.state() == State::Closing);
    host.peer.heard();
    host.bench.disconnect(0, host.socket);
    CHECK(host.peer.heard() == Lines{"RST+ACK 1/2"});
    CHECK(host.bench.hosts[0].socket_error(host.socket) == Errno::Econnreset);
}

TEST_CASE("after disconnect() the descriptor connects again, and the old error is forgotten") {
    Prepared host("CLOSED", linux_host(kHostA));
    connected(host.bench, host.peer, host.socket);
    host.bench.shutdown(0, host.socket, ShutdownHow::Read);
    host.bench.disconnect(0, host.socket);
    host.peer.heard();
    REQUIRE(host.bench.connect(0, host.socket, host.peer.self()).blocked);
    CHECK(host.peer.heard() == Lines{"SYN 0"});
    CHECK(host.bench.hosts[0].stored_error(host.socket) == Errno::None);
    CHECK(host.bench.recv(0, host.socket).blocked);
    host.bench.shutdown(0, host.socket, ShutdownHow::Read);
    host.bench.connect(0, host.socket, host.peer.self());
    host.peer.send(kRst | kAck, 0, 1);
    CHECK(host.bench.connect(0, host.socket, host.peer.self()).error == Errno::Econnrefused);
    CHECK(host.bench.recv(0, host.socket).error == Errno::Enotconn);
}

TEST_CASE("disconnect() stops a listener") {
    Server s;
    s.peer.open();
    s.peer.heard();
    REQUIRE(s.bench.disconnect(0, s.listener).error == Errno::None);
    CHECK(s.peer.heard() == Lines{"RST+ACK 1/1"});
    CHECK(s.bench.in_state(0, State::Listen) == 0);
    CHECK(s.bench.accept(0, s.listener).error == Errno::Einval);
}

TEST_CASE("a listener that is revived has its requests back") {
    Server s;
    s.peer.syn();
    s.peer.heard();
    REQUIRE(s.bench.shutdown(0, s.listener, ShutdownHow::Read).error == Errno::None);
    SECTION("and completes them") {
        REQUIRE(s.bench.listen(0, s.listener, 5).error == Errno::None);
        CHECK(s.bench.listener_of(0, s.listener).request_queue == 1);
        s.peer.send(kAck, 1, 1);
        CHECK(s.peer.state() == State::Established);
        CHECK(s.bench.accept(0, s.listener).error == Errno::None);
    }
    SECTION("meanwhile their segments find nobody") {
        s.peer.send(kAck, 1, 1);
        CHECK(s.peer.heard() == Lines{"RST 1"});
        CHECK(s.peer.state() == State::Closed);
    }
    SECTION("not so another socket that listens there") {
        s.bench.close(0, s.listener);
        s.bench.listener(0, 5);
        s.peer.send(kAck, 1, 1);
        CHECK(s.peer.heard() == Lines{"RST 1"});
    }
}

TEST_CASE("listening hides an error that is still to be told") {
    Bench bench({linux_host(kHostA)});
    Peer peer(bench, 4000);
    const SocketId socket = bench.socket(0);
    bench.connect(0, socket, peer.self());
    bench.shutdown(0, socket, ShutdownHow::Write);
    REQUIRE(bench.listen(0, socket, 5).error == Errno::None);
    CHECK(bench.recv(0, socket).error == Errno::Enotconn);
    CHECK(bench.hosts[0].socket_error(socket) == Errno::Econnreset);
}

TEST_CASE("a shutdown() that says ENOTCONN has shut all the same") {
    Bench bench({linux_host(kHostA)});
    const SocketId socket = bench.socket(0);
    REQUIRE(bench.bind(0, socket, kPort).error == Errno::None);
    REQUIRE(bench.shutdown(0, socket, ShutdownHow::Both).error == Errno::Enotconn);
    Peer peer(bench, 4000);
    SECTION("an open that it makes cannot send, and reads the end") {
        connected(bench, peer, socket);
        CHECK(bench.send(0, socket, 5).error == Errno::Epipe);
        CHECK(bench.recv(0, socket).value == 0);
        bench.shutdown(0, socket, ShutdownHow::Write);
        CHECK(peer.heard() == Lines{"FIN+ACK 1/1"});
        peer.send(kPsh | kAck, 1, 2, {.len = 5});  // text that nobody can read
        CHECK(peer.heard() == Lines{"RST 2"});
    }
    SECTION("a simultaneous open ends with a FIN") {
        REQUIRE(bench.connect(0, socket, peer.self()).blocked);
        peer.syn();
        peer.heard();
        peer.send(kAck, 1, 1);
        CHECK(peer.heard() == Lines{"FIN+ACK 1/1"});
    }
    SECTION("children inherit it: their FIN leaves before their text is looked at") {
        REQUIRE(bench.listen(0, socket, 5).error == Errno::None);
        peer.open();
        CHECK(peer.heard().back() == "FIN+ACK 1/1");
        CHECK(peer.state() == State::FinWait1);
        const SocketId child = bench.accept(0, socket).socket;
        CHECK(bench.recv(0, child).value == 0);
        CHECK(bench.send(0, child, 5).error == Errno::Epipe);
    }
    SECTION("until an attempt has failed") {
        REQUIRE(bench.connect(0, socket, peer.self()).blocked);
        peer.send(kRst | kAck, 0, 1);
        REQUIRE(bench.connect(0, socket, peer.self()).error == Errno::Econnrefused);
        CHECK(bench.recv(0, socket).error == Errno::Enotconn);
        connected(bench, peer, socket);
        CHECK(bench.send(0, socket, 5).value == 5);
        CHECK(bench.recv(0, socket).blocked);
    }
}

TEST_CASE("a port that bind() did not name leaves with the connection") {
    Server s;
    s.peer.open();
    const SocketId child = s.bench.accept(0, s.listener).socket;
    REQUIRE(s.bench.bind(0, child, 9000).error == Errno::Einval);
    SECTION("after a reset") {
        s.peer.send(kRst, 1);
    }
    SECTION("in TIME-WAIT") {
        s.bench.shutdown(0, child, ShutdownHow::Write);
        s.peer.send(kFin | kAck, 1, 2);
    }
    CHECK(s.bench.bind(0, child, kPort).error == Errno::Eaddrinuse);
    CHECK(s.bench.bind(0, child, 9000).error == Errno::None);
    CHECK(s.bench.bind(0, child, 9001).error == Errno::Einval);
    CHECK(s.bench.bind(0, s.bench.socket(0), 9000).error == Errno::Eaddrinuse);
}

TEST_CASE("a port that bind() named stays") {
    Bench bench({linux_host(kHostA)});
    Peer peer(bench, 4000);
    const SocketId socket = bench.socket(0);
    REQUIRE(bench.bind(0, socket, kPort).error == Errno::None);
    connected(bench, peer, socket);
    peer.send(kRst, 1);
    CHECK(bench.bind(0, socket, 9000).error == Errno::Einval);
    CHECK(bench.bind(0, bench.socket(0), kPort).error == Errno::Eaddrinuse);
}

TEST_CASE("a port that bind() or listen() chose is given back") {
    Bench bench({linux_host(kHostA)});
    const SocketId socket = bench.socket(0);
    SECTION("when the socket stops listening") {
        REQUIRE(bench.listen(0, socket, 1).error == Errno::None);
        bench.shutdown(0, socket, ShutdownHow::Read);
    }
    SECTION("when its attempt ends") {
        REQUIRE(bench.bind(0, socket, std::uint16_t{0}).error == Errno::None);
        bench.connect(0, socket, {kHostB, 80});
        bench.shutdown(0, socket, ShutdownHow::Read);
    }
    CHECK(bench.bind(0, socket, kPort).error == Errno::None);
}

}  // namespace synq
