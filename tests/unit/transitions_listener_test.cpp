// tests/data/transitions.csv, rows that only Linux has: full queues, cookies, overflow.
#include "tests/unit/transitions.h"

#include <deque>
#include <map>

namespace synq {
namespace {

HostConfig with_cookies(std::int64_t syncookies, std::int64_t max_syn_backlog = 2'048) {
    HostConfig out = linux_host(kHostA);
    out.sysctl.syncookies = syncookies;
    out.sysctl.max_syn_backlog = max_syn_backlog;
    return out;
}

/// How many of `many` silent peers get a request of their own.
std::size_t half_open(Bench& bench, std::deque<Peer>& peers, int many) {
    for (int i = 0; i < many; ++i) {
        peers.emplace_back(bench, static_cast<std::uint16_t>(4'000 + peers.size())).syn();
    }
    return bench.in_state(0, State::HalfOpen);
}

/// Backlog 0: the first of two handshakes fills the accept queue, the other stays half-open.
struct Full {
    explicit Full(std::int64_t abort_on_overflow) : bench({config(abort_on_overflow)}) {
        listener = bench.listener(0, 1);
        first.syn();
        second.syn();
        bench.listen(0, listener, 0);
        first.send(kAck, 1, 1);
        REQUIRE(bench.listener_of(0, listener).accept_queue_full());
        second.heard();
    }
    Bench bench;
    Peer first{bench, 4'000};
    Peer second{bench, 4'001};
    SocketId listener;

  private:
    static HostConfig config(std::int64_t abort_on_overflow) {
        HostConfig out = linux_host(kHostA);
        out.sysctl.abort_on_overflow = abort_on_overflow;
        return out;
    }
};

void request_queue_full() {
    for (const int backlog : {0, 1, 5}) {
        Bench bench({with_cookies(0)});
        std::deque<Peer> peers;
        bench.listener(0, backlog);
        CHECK(half_open(bench, peers, backlog + 3) == static_cast<std::size_t>(backlog + 1));
        CHECK(peers.back().heard().empty());
        CHECK(bench.count(0, Mib::TCPReqQFullDrop) == 2);
    }
}

void three_quarters_full() {
    for (const std::int64_t m : {16, 32, 64, 128}) {
        Bench bench({with_cookies(0, m)});
        std::deque<Peer> peers;
        bench.listener(0, 1'000);
        CHECK(half_open(bench, peers, static_cast<int>(m)) ==
              static_cast<std::size_t>(3 * m / 4 + 1));
    }
}

void cookie_sent() {
    Bench bench({with_cookies(1)});
    std::deque<Peer> peers;
    bench.listener(0, 0);
    CHECK(half_open(bench, peers, 2) == 1);
    CHECK(peers[1].heard() == Lines{"SYN+ACK 0/1"});
    CHECK(peers[1].state() == State::Closed);
    bench.run_for(seconds(70));
    CHECK(peers[1].heard().empty());
}

void accept_queue_full_for_syn() {
    Full full(0);
    Peer third(full.bench, 4'002);
    third.syn();
    CHECK(third.heard().empty());
    CHECK(third.state() == State::Closed);
    CHECK(full.bench.count(0, Mib::ListenOverflows) == 1);
}

void cookie_answered() {
    Bench bench({with_cookies(1)});
    std::deque<Peer> peers;
    const SocketId listener = bench.listener(0, 0);
    half_open(bench, peers, 3);
    peers[1].send(kAck, 1, 1);
    CHECK(peers[1].state() == State::Established);
    peers[2].heard();
    peers[2].send(kAck, 1, 1);  // the accept queue holds one
    CHECK(peers[2].state() == State::Closed);
    CHECK(peers[2].heard().empty());
    CHECK(bench.accept(0, listener).peer == peers[1].self());
}

void ack_for_full_queue() {
    Full full(0);
    full.second.send(kAck, 1, 1);
    CHECK(full.second.heard().empty());
    CHECK(full.second.state() == State::HalfOpen);
    full.bench.run_for(seconds(1));
    CHECK(full.second.heard() == Lines{"SYN+ACK 0/1"});
    full.bench.accept(0, full.listener);
    full.second.send(kPsh | kAck, 1, 1, {.len = 5});
    CHECK(full.second.state() == State::Established);
}

void accept_queue_full_of_young() {
    HostConfig older = linux_host(kHostA);
    older.profile = find_profile("linux-4.4");
    older.sysctl = older.profile->sysctl;
    Bench bench({older});
    std::deque<Peer> peers;
    const SocketId listener = bench.listener(0, 10);
    for (std::uint16_t i = 0; i < 11; ++i) {  // fills the accept queue
        peers.emplace_back(bench, static_cast<std::uint16_t>(5'000 + i)).open();
    }
    REQUIRE(bench.listener_of(0, listener).accept_queue_full());
    for (std::uint16_t i = 0; i < 3; ++i) {
        Peer& late = peers.emplace_back(bench, static_cast<std::uint16_t>(6'000 + i));
        late.syn();
        CHECK(late.heard() == (i < 2 ? Lines{"SYN+ACK 0/1"} : Lines{}));
    }
}

void deferred_ack() {
    Bench bench({linux_host(kHostA)});
    const SocketId listener = bench.listener(0, 1);
    bench.set_option(0, listener, SocketOption::DeferAccept, 1);
    Peer peer(bench, 4'000);
    Peer silent(bench, 4'001);
    for (Peer* each : {&peer, &silent}) {
        each->open();
        CHECK(each->heard() == Lines{"SYN+ACK 0/1"});
        CHECK(each->state() == State::HalfOpen);
    }
    peer.send(kPsh | kAck, 1, 1, {.len = 5});
    CHECK(peer.state() == State::Established);
    bench.run_for(seconds(1));
    CHECK(silent.heard() == Lines{"SYN+ACK 0/1"});
    silent.send(kAck, 1, 1);
    CHECK(silent.state() == State::Established);
}

void ack_for_full_queue_aborts() {
    Full full(1);
    full.second.send(kAck, 1, 1);
    CHECK(full.second.heard() == Lines{"RST 1"});
    CHECK(full.second.state() == State::Closed);
    CHECK(full.bench.in_state(0, State::Listen) == 1);
    CHECK(full.bench.count(0, Mib::EmbryonicRsts) == 1);
}

}  // namespace

TEST_CASE("transitions: what only Linux does with full queues",
          "[LX-3Q][LX-AQ-SYN][LX-AQ-ACK][4987-BACKLOG][4987-COOKIE]") {
    const std::map<std::string, void (*)()> cases{{"T090", request_queue_full},
                                                  {"T091", three_quarters_full},
                                                  {"T092", cookie_sent},
                                                  {"T093", accept_queue_full_for_syn},
                                                  {"T094", accept_queue_full_of_young},
                                                  {"T095", cookie_answered},
                                                  {"T182", ack_for_full_queue},
                                                  {"T183", ack_for_full_queue_aborts},
                                                  {"T184", deferred_ack}};
    std::size_t rows = 0;
    for (const CsvRow& row : transitions("case")) {
        if (row.at("event_type") == "segment") {
            INFO(row.at("id") << " " << row.at("guard"));
            cases.at(row.at("id"))();
            ++rows;
        }
    }
    REQUIRE(rows == cases.size());
}

}  // namespace synq
