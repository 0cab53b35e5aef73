// Scenarios of RFC 9293 3.5 and RFC 1337 from end to end: old duplicates, crashed peers, TIME-WAIT.
#include "model/tcb/secret.h"
#include "tests/peer.h"
#include "tests/unit/prepared.h"

namespace synq {
namespace {

constexpr std::uint16_t kClientPort = 5'000;

/// A is a server with a listener, B its client.
struct Pair {
    explicit Pair(std::int64_t rfc1337 = 0) : bench({config(rfc1337), linux_host(kHostB)}) {
        listener = bench.listener(0, 10);
    }
    SocketId client() {
        const SocketId out = bench.socket(1);
        REQUIRE(bench.bind(1, out, kClientPort).error == Errno::None);
        return out;
    }
    CallResult connect(SocketId client) { return bench.connect(1, client, {kHostA, kPort}); }
    void connected() {
        b = client();
        REQUIRE(connect(b).error == Errno::None);
        a = bench.accept(0, listener).socket;
        bench.take();
    }
    /// B forgets everything; it has no timers to forget.
    void reboot_b() {
        REQUIRE(bench.armed_timers() == 0);
        HostConfig config = linux_host(kHostB);
        config.owner = 1;
        bench.hosts[1] = Host(config);
        bench.run_for(seconds(1));
    }
    void inject_from_b(std::uint16_t port, const Segment& segment) {
        bench.inject(0, {{kHostB, port}, {kHostA, kPort}, segment});
    }

    Bench bench;
    SocketId listener;
    SocketId a;
    SocketId b;

  private:
    static HostConfig config(std::int64_t rfc1337) {
        HostConfig out = linux_host(kHostA);
        out.sysctl.rfc1337 = rfc1337;
        return out;
    }
};

}  // namespace

TEST_CASE("an old duplicate SYN is reset by the peer, then the real one opens", "[DUP-SYN]") {
    Pair p;
    p.bench.lose(1, [](const Segment& segment) { return segment.flags.syn(); });
    const SocketId client = p.client();
    REQUIRE(p.connect(client).blocked);
    p.bench.mend();
    p.inject_from_b(kClientPort, {.seq = Seq{90}, .flags = kSyn, .window = 1'000});
    REQUIRE(p.bench.count(0, Mib::EmbryonicRsts) == 1);
    REQUIRE(p.bench.in_state(0, State::HalfOpen) == 0);
    p.bench.run_for(seconds(2));
    REQUIRE(p.connect(client).error == Errno::None);
    REQUIRE(p.bench.in_state(0, State::Established) == 1);
}

TEST_CASE("a rebooted peer's SYN ends the old connection, and its next one opens", "[HO-F9]") {
    Pair p;
    p.connected();
    p.reboot_b();
    const SocketId again = p.client();
    p.connect(again);
    const Lines first = p.bench.take();
    REQUIRE(first.size() >= 3);
    CHECK(first[1].starts_with("A ACK"));  // the challenge
    CHECK(first[2].starts_with("B RST"));
    CHECK(p.bench.recv(0, p.a).error == Errno::Econnreset);
    p.bench.run_for(seconds(2));
    REQUIRE(p.connect(again).error == Errno::None);
    REQUIRE_FALSE(p.bench.accept(0, p.listener).blocked);
}

TEST_CASE("text for a rebooted peer is answered by RST, which ends the connection", "[HO-F10]") {
    Pair p;
    p.connected();
    p.reboot_b();
    p.bench.send(0, p.a, 10);
    REQUIRE(p.bench.take() == Lines{"A PSH+ACK 1/1 len 10", "B RST 1"});
    REQUIRE(p.bench.recv(0, p.a).error == Errno::Econnreset);
}

TEST_CASE("an old SYN between two listeners leaves both as they were", "[HO-F11]") {
    Pair p;
    p.bench.listener(1, 10);
    p.inject_from_b(kPort, {.seq = Seq{90}, .flags = kSyn, .window = 1'000});
    REQUIRE(p.bench.take() == Lines{"A SYN+ACK 0/1", "B RST 1"});
    REQUIRE(p.bench.in_state(0, State::HalfOpen) == 0);
    REQUIRE(p.bench.in_state(0, State::Listen) == 1);
    REQUIRE(p.bench.in_state(1, State::Listen) == 1);
}

TEST_CASE("an old duplicate assassinates TIME-WAIT, unless tcp_rfc1337 is set",
          "[1337-HZ][1337-F1]") {
    for (const std::int64_t rfc1337 : {0, 1}) {
        Pair p(rfc1337);
        p.connected();
        p.bench.close(0, p.a);
        p.bench.close(1, p.b);
        REQUIRE(p.bench.in_state(0, State::TimeWait) == 1);
        const Packet last = p.bench.sent.back().packet;  // A's ACK of the FIN
        p.bench.take();
        p.inject_from_b(kClientPort, {.seq = last.segment.ack - 1,
                                      .ack = last.segment.seq,
                                      .flags = kPsh | kAck,
                                      .window = 1'000,
                                      .len = 1});
        REQUIRE(p.bench.take().size() == 2);  // A's ACK, B's RST
        CHECK(p.bench.in_state(0, State::TimeWait) == static_cast<std::size_t>(rfc1337));
    }
}

TEST_CASE("an ISS grows with time by one per 64 ns, and starts anywhere for another flow",
          "[MUST-8][SHLD-1]") {
    const Secret secret{.k0 = 1, .k1 = 2};
    const auto iss = [&](std::uint16_t port, Instant t) {
        return initial_sequence(secret, {{kHostA, kPort}, {kHostB, port}}, t);
    };
    const Instant start = Instant{} + seconds(1'000);
    CHECK(iss(1, start + seconds(1)) - iss(1, start) == 15'625'000);
    int close_together = 0;
    for (std::uint16_t port = 1; port < 1'000; ++port) {
        const std::uint32_t apart =
            static_cast<std::uint32_t>(iss(port + 1, start) - iss(port, start));
        close_together += apart < (1U << 20U) ? 1 : 0;
    }
    CHECK(close_together < 10);
    CHECK(initial_sequence({.k0 = 1, .k1 = 3}, {{kHostA, kPort}, {kHostB, 1}}, start) !=
          iss(1, start));
}

TEST_CASE("what profile rfc9293 does as Linux does, against the RFCs",
          "[SYNDATA][CLOSE-SR][7323-3.2c][MAY-2][6191-A4]") {
    const HostConfig config = Prepared::config("rfc9293");
    SECTION("text in a SYN is not taken") {
        Prepared host("LISTEN", config);
        host.peer.send(kSyn, 0, 0, {.len = 3});
        CHECK(host.peer.heard() == Lines{"SYN+ACK 0/1"});
    }
    SECTION("close() of a listener forgets its half-open requests silently") {
        Prepared host("LISTEN+half-open", config);
        host.bench.close(0, host.socket);
        CHECK(host.peer.heard().empty());
    }
    SECTION("a segment without the timestamp that was agreed upon is taken") {
        Bench bench({config});
        const SocketId listener = bench.listener(0, 1);
        Peer peer(bench, Prepared::kPeerPort);
        peer.open({.ts_val = 1'000, .timestamps = true});
        peer.send(kPsh | kAck, 1, 1, {.len = 3});
        CHECK(bench.recv(0, bench.accept(0, listener).socket).value == 3);
    }
    SECTION("a SYN that reopened TIME-WAIT does not lead back there") {
        Prepared host("TIME-WAIT", config);
        host.peer.send(kSyn, 3);
        REQUIRE(host.peer.state() == State::HalfOpen);
        host.peer.send(kRst, 4);
        CHECK(host.peer.state() == State::Closed);
    }
    SECTION("an old SYN in TIME-WAIT is acknowledged") {
        Prepared host("TIME-WAIT", config);
        host.peer.send(kSyn, 1);
        CHECK(host.peer.heard() == Lines{"ACK 2/2"});
    }
}

TEST_CASE("an absent MSS means 536 for IPv6, too", "[MUST-15]") {
    const auto address = [](std::uint8_t last) {
        return parse_address("2001:db8::" + std::to_string(last)).value();
    };
    for (const char* profile : {"linux-6.18", "rfc9293"}) {
        HostConfig config = Prepared::config(profile);
        config.address = address(1);
        Bench bench({config});
        const SocketId socket = bench.call(0, {.kind = CallKind::Socket, .ipv6 = true}).socket;
        REQUIRE(bench.bind(0, socket, {IpAddress{}, kPort}).error == Errno::None);
        REQUIRE(bench.listen(0, socket, 1).error == Errno::None);
        const Endpoint self{address(1), kPort};
        const Endpoint peer{address(2), kClientPort};
        bench.inject(0, {peer, self, {.seq = Seq{1}, .flags = kSyn, .window = 1'000}});
        const Store& store = bench.hosts[0].store();
        const RecordRef ref = store.find({.local = self, .remote = peer});
        REQUIRE(ref.kind() == RecordKind::Request);
        CHECK(store.requests[RequestId{ref.index()}].agreed.mss == 536);
    }
}

TEST_CASE("FIN-WAIT-2 of an orphan ends after tcp_fin_timeout, by the RFC never", "[FW2-TMO]") {
    for (const auto& [profile, state] :
         {std::pair{"linux-6.18", State::Closed}, {"rfc9293", State::FinWait2}}) {
        Prepared host("FIN-WAIT-2(close)", Prepared::config(profile));
        host.bench.run_for(seconds(36'000));
        CHECK(host.peer.state() == state);
    }
}

TEST_CASE("a timestamp is no news to a TIME-WAIT that had none: the number decides", "[6191-B1]") {
    const Options options{.ts_val = 1'000, .timestamps = true};
    for (const auto& [seq, state] : {std::pair{2U, State::TimeWait}, {3U, State::HalfOpen}}) {
        Prepared host("TIME-WAIT", Prepared::config("linux-6.18"));
        host.peer.send(kSyn, seq, 0, {.options = options});
        CHECK(host.peer.state() == state);
    }
    Prepared host("TIME-WAIT", Prepared::config("rfc9293"));
    host.peer.send(kSyn, 1, 0, {.options = options});  // left of the window
    CHECK(host.peer.state() == State::TimeWait);
}

TEST_CASE("the first bad ACK makes Linux repeat its SYN after two ticks", "[LX-FASTSYN]") {
    for (const auto& [profile, heard] :
         {std::pair{"linux-6.18", Lines{"RST 7", "SYN 0"}}, {"rfc9293", Lines{"RST 7"}}}) {
        Prepared host("SYN-SENT", Prepared::config(profile));
        host.peer.send(kAck, 0, 7);
        host.bench.run_for(milliseconds(8));
        CHECK(host.peer.heard() == heard);
    }
}

TEST_CASE("with tcp_max_tw_buckets used up connections end without TIME-WAIT", "[LX-TWMAX]") {
    HostConfig config = Prepared::config("linux-6.18");
    config.sysctl.max_tw_buckets = 0;
    Prepared fin_wait("FIN-WAIT-2", config);
    fin_wait.peer.send(kFin | kAck, 1, 2);
    CHECK(fin_wait.peer.heard() == Lines{"ACK 2/2"});
    CHECK(fin_wait.peer.state() == State::Closed);
    Prepared closing("CLOSING", config);
    closing.peer.send(kAck, 2, 2);
    CHECK(closing.peer.state() == State::Closed);
}

}  // namespace synq
