// A listener's two queues: how much they hold, and which check a SYN meets first
// (linux.md 2.1, 2.2).
#include "tests/peer.h"

#include <deque>

namespace synq {
namespace {

HostConfig configured(std::int64_t syncookies, std::int64_t max_syn_backlog = 2048) {
    HostConfig out = linux_host(kHostA);
    out.sysctl.syncookies = syncookies;
    out.sysctl.max_syn_backlog = max_syn_backlog;
    return out;
}

/// Peers that send a SYN, or complete the handshake, one after the other.
class Crowd {
  public:
    explicit Crowd(Bench& bench) : bench_(bench) {}
    Peer& next() { return peers_.emplace_back(bench_, next_port_++); }
    /// Until one is dropped, or `limit`; says how many were not.
    int admitted(bool complete, int limit = 200) {
        for (int i = 0; i < limit; ++i) {
            Peer& peer = next();
            if ((complete ? peer.open() : peer.syn()) != Drop::None) {
                return i;
            }
        }
        return limit;
    }

  private:
    Bench& bench_;
    std::deque<Peer> peers_;
    std::uint16_t next_port_ = 4000;
};

}  // namespace

TEST_CASE("each queue holds one more than the backlog", "[4987-BACKLOG]") {
    for (const int backlog : {0, 1, 2, 5, 10}) {
        INFO("backlog " << backlog);
        Bench accepting({configured(0)});
        const SocketId a = accepting.listener(0, backlog);
        CHECK(Crowd(accepting).admitted(true) == backlog + 1);
        CHECK(accepting.listener_of(0, a).accept_queue_max ==
              static_cast<std::uint32_t>(backlog + 1));

        Bench requesting({configured(0)});
        const SocketId r = requesting.listener(0, backlog);
        CHECK(Crowd(requesting).admitted(false) == backlog + 1);
        CHECK(requesting.listener_of(0, r).request_queue_max ==
              static_cast<std::uint32_t>(backlog + 1));
    }
}

TEST_CASE("without cookies unknown peers get three quarters of tcp_max_syn_backlog and one",
          "[LX-3Q]") {
    for (const auto& [limit, admitted] : {std::pair{16, 13}, {8, 7}, {3, 4}, {100, 76}}) {
        Bench bench({configured(0, limit)});
        bench.listener(0, 128);
        INFO("tcp_max_syn_backlog " << limit);
        CHECK(Crowd(bench).admitted(false) == admitted);
        CHECK(bench.count(0, Mib::ListenDrops) == 1);
        CHECK(bench.count(0, Mib::TCPReqQFullDrop) == 0);
        CHECK(bench.count(0, Mib::ListenOverflows) == 0);
    }
    Bench bench({configured(1, 16)});
    bench.listener(0, 128);
    REQUIRE(Crowd(bench).admitted(false, 40) == 40);  // with cookies it is not consulted
}

TEST_CASE("the checks of a SYN come in Linux's order, each with its counters", "[LX-AQ-SYN]") {
    struct Expected {
        std::int64_t syncookies;
        bool requests_full;
        bool accept_full;
        Drop drop;
        std::uint64_t req_drop, do_cookies, overflows, drops, cookies_sent;
    };
    const Expected table[] = {
        {0, false, false, Drop::None, 0, 0, 0, 0, 0},
        {0, true, false, Drop::RequestQueueFull, 1, 0, 0, 1, 0},
        {0, false, true, Drop::AcceptQueueFull, 0, 0, 1, 1, 0},
        {0, true, true, Drop::RequestQueueFull, 1, 0, 0, 1, 0},
        {1, false, false, Drop::None, 0, 0, 0, 0, 0},
        {1, true, false, Drop::None, 0, 1, 0, 0, 1},
        {1, false, true, Drop::AcceptQueueFull, 0, 0, 1, 1, 0},
        {1, true, true, Drop::AcceptQueueFull, 0, 1, 1, 1, 0},
        {2, false, false, Drop::None, 0, 1, 0, 0, 1},
        {2, false, true, Drop::AcceptQueueFull, 0, 1, 1, 1, 0},
    };
    for (const Expected& e : table) {
        INFO("syncookies " << e.syncookies << ", requests full " << e.requests_full
                           << ", accept queue full " << e.accept_full);
        Bench bench({configured(e.syncookies)});
        const SocketId listener = bench.listener(0, 10);
        Crowd crowd(bench);
        for (int i = 0; i < 2 && e.accept_full; ++i) {
            crowd.next().open();
        }
        for (int i = 0; i < 2 && e.requests_full; ++i) {
            crowd.next().syn();
        }
        bench.listen(0, listener, 1);
        const Listener& l = bench.listener_of(0, listener);
        REQUIRE(l.accept_queue_full() == e.accept_full);
        REQUIRE(l.request_queue_full() == e.requests_full);
        const MibCounters before = bench.hosts[0].counters();
        const auto delta = [&](Mib counter) { return bench.count(0, counter) - before[counter]; };
        CHECK(crowd.next().syn() == e.drop);
        CHECK(delta(Mib::TCPReqQFullDrop) == e.req_drop);
        CHECK(delta(Mib::TCPReqQFullDoCookies) == e.do_cookies);
        CHECK(delta(Mib::ListenOverflows) == e.overflows);
        CHECK(delta(Mib::ListenDrops) == e.drops);
        CHECK(delta(Mib::SyncookiesSent) == e.cookies_sent);
    }
}

TEST_CASE("what is not a plain SYN never opens a request", "[SYNFIN-L]") {
    Bench bench({configured(1)});
    bench.listener(0, 10);
    Peer peer(bench, 4000);
    CHECK(peer.send(kSyn | kFin, 0) == Drop::NotASyn);
    CHECK(peer.send(kFin, 0) == Drop::NotASyn);
    CHECK(peer.send(kRst, 0) == Drop::BadReset);
    CHECK(peer.send(Flags{}, 0, 0, {.len = 5}) == Drop::NotASyn);
    REQUIRE(peer.heard().empty());
    CHECK(peer.send_raw(kSyn | kAck, Seq{1}, Seq{77}) == Drop::NoSocket);
    REQUIRE(peer.last().flags == kRst);
    REQUIRE(peer.last().seq == Seq{77});
    REQUIRE(peer.state() == State::Closed);
}

TEST_CASE("text in a SYN is not acknowledged", "[SYNDATA]") {
    Bench bench({configured(1)});
    bench.listener(0, 10);
    Peer peer(bench, 4000);
    peer.send(kSyn, 0, 0, {.len = 100});
    REQUIRE(peer.heard() == Lines{"SYN+ACK 0/1"});
}

TEST_CASE("a second listen() changes the backlog and drops nobody") {
    Bench bench({configured(1)});
    const SocketId listener = bench.listener(0, 5);
    Crowd crowd(bench);
    REQUIRE(crowd.admitted(true, 4) == 4);
    REQUIRE(bench.listen(0, listener, 1).error == Errno::None);
    REQUIRE(bench.listener_of(0, listener).accept_queue == 4);
    REQUIRE(crowd.next().syn() == Drop::AcceptQueueFull);
    REQUIRE(bench.listen(0, listener, 4).error == Errno::None);
    REQUIRE(crowd.next().syn() == Drop::None);
}

TEST_CASE("a backlog is unsigned and bounded by somaxconn") {
    HostConfig config = linux_host(kHostA);
    config.sysctl.somaxconn = 7;
    Bench bench({config});
    const SocketId listener = bench.listener(0, -1);
    const auto backlog = [&] { return bench.listener_of(0, listener).backlog; };
    CHECK(backlog() == 7);
    for (const auto& [asked, got] : {std::pair{0, 0U}, {6, 6U}, {7, 7U}, {8, 7U}, {-5, 7U}}) {
        bench.listen(0, listener, asked);
        CHECK(backlog() == got);
    }
}

TEST_CASE("connections are accepted in the order in which their handshakes ended") {
    Bench bench({configured(1)});
    const SocketId listener = bench.listener(0, 10);
    Crowd crowd(bench);
    Peer& first = crowd.next();
    Peer& second = crowd.next();
    first.syn();
    second.syn();
    second.send(kAck, 1, 1);
    first.send(kAck, 1, 1);
    REQUIRE(bench.accept(0, listener).peer == second.self());
    REQUIRE(bench.accept(0, listener).peer == first.self());
    REQUIRE(bench.accept(0, listener).blocked);
}

TEST_CASE("a connection reset while it waits is still accepted") {
    Bench bench({configured(1)});
    const SocketId listener = bench.listener(0, 10);
    Peer peer(bench, 4000);
    peer.open();
    peer.send(kPsh | kAck, 1, 1, {.len = 3});
    peer.send(kRst, 4);
    REQUIRE(bench.listener_of(0, listener).accept_queue == 1);
    const SocketId child = bench.accept(0, listener).socket;
    REQUIRE(bench.recv(0, child).value == 3);
    REQUIRE(bench.recv(0, child).error == Errno::Econnreset);
}

}  // namespace synq
