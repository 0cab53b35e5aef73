// IP_RECVERR: an ICMP error about a connection that stands is told at once, and only told
// (linux.md 4; measured in tests/data/connection/icmp.csv).
#include "tests/peer.h"

namespace synq {
namespace {

struct Told {
    explicit Told(bool wanted) : bench({linux_host(kHostA)}), peer(bench, 4'000) {
        const SocketId listener = bench.listener(0, 10);
        bench.set_option(0, listener, SocketOption::ReceiveErrors, wanted ? 1 : 0);
        peer.open();
        socket = bench.accept(0, listener).socket;  // which inherits it
        bench.send(0, socket, 10);
    }
    void error(std::uint8_t code = 1) {
        bench.inject(0, IcmpError{.src = {kHostA, kPort},
                                  .dst = peer.self(),
                                  .seq = peer.connection().snd.una,
                                  .code = code});
    }
    Bench bench;
    Peer peer;
    SocketId socket;
};

}  // namespace

TEST_CASE("with IP_RECVERR one call tells an ICMP error, and the connection goes on") {
    Told t(true);
    SECTION("SO_ERROR") {
        t.error();
        CHECK(t.bench.hosts[0].stored_error(t.socket) == Errno::Ehostunreach);
        CHECK(t.bench.hosts[0].socket_error(t.socket) == Errno::Ehostunreach);
        CHECK(t.bench.hosts[0].socket_error(t.socket) == Errno::None);
    }
    SECTION("recv(), which is woken") {
        REQUIRE(t.bench.recv(0, t.socket).blocked);
        t.error(0);
        CHECK(t.bench.recv(0, t.socket).error == Errno::Enetunreach);
        CHECK(t.bench.recv(0, t.socket).blocked);
    }
    SECTION("recv(), but behind the text that has come") {
        t.peer.send(kPsh | kAck, 1, 1, {.len = 3});
        t.error();
        CHECK(t.bench.recv(0, t.socket).value == 3);
        CHECK(t.bench.recv(0, t.socket).error == Errno::Ehostunreach);
    }
    SECTION("send()") {
        t.error();
        CHECK(t.bench.send(0, t.socket, 10).error == Errno::Ehostunreach);
        CHECK(t.bench.send(0, t.socket, 10).value == 10);
    }
    CHECK(t.peer.state() == State::Established);
}

TEST_CASE("what IP_RECVERR has told is no reason for the timeout to come") {
    for (const bool wanted : {false, true}) {
        Told t(wanted);
        t.error();
        if (wanted) {
            t.bench.hosts[0].socket_error(t.socket);
        }
        t.bench.run_for(seconds(2'000));
        CHECK(t.bench.hosts[0].socket_error(t.socket) ==
              (wanted ? Errno::Etimedout : Errno::Ehostunreach));
    }
}

}  // namespace synq
