// Listeners that share a port: who may bind, who gets a flow, and who takes over (linux.md 1.3,
// 2.7).
#include "tests/peer.h"

#include <array>
#include <deque>

namespace synq {
namespace {

constexpr std::int64_t kOn = 1;

HostConfig migrating(std::int64_t on = 1) {
    HostConfig out = linux_host(kHostA);
    out.sysctl.migrate_req = on;
    return out;
}

SocketId bound(Bench& bench, std::initializer_list<SocketOption> options,
               Errno expected = Errno::None) {
    const SocketId out = bench.socket(0);
    for (const SocketOption option : options) {
        bench.set_option(0, out, option, kOn);
    }
    REQUIRE(bench.bind(0, out, kPort).error == expected);
    return out;
}

SocketId member(Bench& bench, std::int64_t backlog = 10) {
    const SocketId out = bound(bench, {SocketOption::ReusePort});
    REQUIRE(bench.listen(0, out, backlog).error == Errno::None);
    return out;
}

/// Two members; what the first got before the second came, the first then leaves behind.
struct Group {
    explicit Group(std::int64_t on = 1, std::int64_t backlog = 10)
        : bench({migrating(on)}), peer(bench, 4000), other(bench, 4001), first(member(bench)) {
        peer.syn();
        other.syn();
        second = member(bench, backlog);
        peer.heard();
        other.heard();
    }
    void leave() { bench.close(0, first); }
    std::uint64_t count(Mib counter) const { return bench.count(0, counter); }

    Bench bench;
    Peer peer;
    Peer other;
    SocketId first;
    SocketId second;
};

}  // namespace

TEST_CASE("a port is shared when both sides ask for it, SO_REUSEADDR not with a listener") {
    Bench bench({linux_host(kHostA)});
    SECTION("SO_REUSEPORT") {
        member(bench);
        member(bench);
        bound(bench, {}, Errno::Eaddrinuse);
        bound(bench, {SocketOption::ReuseAddress}, Errno::Eaddrinuse);
    }
    SECTION("SO_REUSEADDR: two may bind, one may listen") {
        const SocketId first = bound(bench, {SocketOption::ReuseAddress});
        const SocketId second = bound(bench, {SocketOption::ReuseAddress});
        bound(bench, {}, Errno::Eaddrinuse);
        REQUIRE(bench.listen(0, first, 1).error == Errno::None);
        REQUIRE(bench.listen(0, second, 1).error == Errno::Eaddrinuse);
        bound(bench, {SocketOption::ReuseAddress}, Errno::Eaddrinuse);
        bench.shutdown(0, first, ShutdownHow::Read);
        REQUIRE(bench.listen(0, second, 1).error == Errno::None);
    }
    SECTION("the option may come after bind()") {
        const SocketId first = bound(bench, {});
        bound(bench, {SocketOption::ReuseAddress}, Errno::Eaddrinuse);
        bench.set_option(0, first, SocketOption::ReuseAddress, kOn);
        bound(bench, {SocketOption::ReuseAddress});
    }
}

TEST_CASE("children and TIME-WAIT hold the port as their listener did") {
    for (const bool had : {false, true}) {
        for (const bool asks : {false, true}) {
            for (const bool time_wait : {false, true}) {
                INFO("listener " << had << ", newcomer " << asks << ", TIME-WAIT " << time_wait);
                Bench bench({linux_host(kHostA)});
                const SocketId listener = bench.socket(0);
                bench.set_option(0, listener, SocketOption::ReuseAddress, had ? 1 : 0);
                bench.bind(0, listener, kPort);
                bench.listen(0, listener, 1);
                Peer peer(bench, 4000);
                peer.open();
                const SocketId child = bench.accept(0, listener).socket;
                bench.close(0, listener);
                if (time_wait) {
                    bench.close(0, child);
                    peer.send(kFin | kAck, 1, 2);
                    REQUIRE(peer.state() == State::TimeWait);
                }
                const SocketId next = bench.socket(0);
                bench.set_option(0, next, SocketOption::ReuseAddress, asks ? 1 : 0);
                const bool works = bench.bind(0, next, kPort).error == Errno::None;
                CHECK(works == (had && asks));
            }
        }
    }
}

TEST_CASE("a listener at the very address comes before one at the wildcard") {
    Bench bench({linux_host(kHostA)});
    const SocketId any = member(bench);
    const SocketId exact = bench.socket(0);
    bench.set_option(0, exact, SocketOption::ReusePort, kOn);
    REQUIRE(bench.bind(0, exact, {kHostA, kPort}).error == Errno::None);
    REQUIRE(bench.listen(0, exact, 10).error == Errno::None);
    std::deque<Peer> peers;
    for (std::uint16_t port = 4000; port < 4008; ++port) {
        peers.emplace_back(bench, port).open();
    }
    CHECK(bench.listener_of(0, exact).accept_queue == 8);
    CHECK(bench.listener_of(0, any).accept_queue == 0);
}

TEST_CASE("a group shares its flows evenly, and a flow keeps its listener") {
    constexpr int kFlows = 4'000;
    Bench bench({linux_host(kHostA)});
    const std::array members{member(bench, 4096), member(bench, 4096), member(bench, 4096),
                             member(bench, 4096)};
    for (int i = 0; i < kFlows; ++i) {
        Peer peer(bench, static_cast<std::uint16_t>(4000 + i));
        peer.open();
        REQUIRE(peer.state() == State::Established);  // the ACK went where the SYN had gone
    }
    // Four classes: a chi-square above 16.3 has probability 0.001.
    double chi_square = 0;
    for (const SocketId each : members) {
        const double off = bench.listener_of(0, each).accept_queue - kFlows / 4.0;
        chi_square += off * off / (kFlows / 4.0);
    }
    CHECK(chi_square < 16.3);
}

TEST_CASE("with tcp_migrate_req a closed listener's children and requests go to its group") {
    Group g;
    g.other.send(kPsh | kAck, 1, 1, {.len = 3});
    g.other.heard();
    g.leave();
    CHECK(g.other.heard().empty());
    CHECK(g.count(Mib::TCPMigrateReqSuccess) == 1);
    SECTION("a final ACK moves a request's child") {
        g.peer.send(kAck, 1, 1);
        CHECK(g.count(Mib::TCPMigrateReqSuccess) == 2);
    }
    SECTION("a timer moves the request") {
        g.bench.run_for(seconds(1));
        CHECK(g.peer.heard() == Lines{"SYN+ACK 0/1"});
        CHECK(g.count(Mib::TCPMigrateReqSuccess) == 2);
        CHECK(g.bench.listener_of(0, g.second).request_queue == 1);
        CHECK(g.bench.listener_of(0, g.second).young == 0);
        g.peer.send(kAck, 1, 1);
        CHECK(g.count(Mib::TCPMigrateReqSuccess) == 2);
    }
    const CallResult earlier = g.bench.accept(0, g.second);
    CHECK(earlier.peer == g.other.self());
    CHECK(g.bench.recv(0, earlier.socket).value == 3);
    CHECK(g.bench.accept(0, g.second).peer == g.peer.self());
    CHECK(g.count(Mib::TCPMigrateReqFailure) == 0);
    CHECK(g.bench.listener_of(0, g.second).request_queue == 0);
    CHECK(g.bench.hosts[0].store().listeners.live() == 1);
}

TEST_CASE("without tcp_migrate_req, or without a group, they end as ever") {
    SECTION("off") {
        Group g(0);
        g.other.send(kAck, 1, 1);
        g.leave();
        CHECK(g.other.heard() == Lines{"RST+ACK 1/1"});
        g.peer.send(kAck, 1, 1);
        CHECK(g.peer.heard() == Lines{"RST 1"});
        CHECK(g.count(Mib::TCPMigrateReqFailure) == 0);
    }
    SECTION("nobody left") {
        Group g;
        g.other.send(kAck, 1, 1);
        g.bench.close(0, g.second);
        g.leave();
        CHECK(g.other.heard() == Lines{"RST+ACK 1/1"});
        CHECK(g.count(Mib::TCPMigrateReqFailure) == 1);
        g.bench.run_for(seconds(1));
        CHECK(g.count(Mib::TCPMigrateReqFailure) == 2);
        CHECK(g.peer.state() == State::Closed);
    }
}

TEST_CASE("an heir without room counts a failure and leaves the request where it was") {
    Group g(1, 0);
    g.leave();
    g.peer.send(kAck, 1, 1);
    REQUIRE(g.other.send(kAck, 1, 1) == Drop::AckAcceptQueueFull);
    CHECK(g.count(Mib::TCPMigrateReqSuccess) == 1);
    CHECK(g.count(Mib::TCPMigrateReqFailure) == 1);
    CHECK(g.count(Mib::ListenOverflows) == 1);
    CHECK(g.other.state() == State::HalfOpen);
}

TEST_CASE("children move even beyond the heir's backlog") {
    Group g(1, 0);
    g.peer.send(kAck, 1, 1);
    g.other.send(kAck, 1, 1);
    g.leave();
    CHECK(g.bench.listener_of(0, g.second).accept_queue == 2);
}

TEST_CASE("a request that its timer ends is not moved") {
    HostConfig config = migrating();
    config.sysctl.synack_retries = 0;
    Bench bench({config});
    const SocketId first = member(bench);
    Peer peer(bench, 4000);
    peer.syn();
    const SocketId second = member(bench);
    bench.close(0, first);
    bench.run_for(seconds(1));
    CHECK(peer.state() == State::Closed);
    CHECK(bench.count(0, Mib::TCPMigrateReqFailure) == 1);
    CHECK(bench.listener_of(0, second).request_queue == 0);
    CHECK(bench.armed_timers() == 0);
}

TEST_CASE("a group remembers its cookies together") {
    HostConfig config = migrating(0);
    config.sysctl.syncookies = 2;
    Bench bench({config});
    const SocketId first = member(bench);
    Peer peer(bench, 4000);
    peer.syn();
    member(bench);  // it learns when it joins
    bench.close(0, first);
    peer.send(kAck, 1, 1);
    CHECK(peer.state() == State::Established);
}

}  // namespace synq
