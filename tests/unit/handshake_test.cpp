// Opening a connection: segments with their numbers, windows and options.
#include "tests/peer.h"

#include <utility>

namespace synq {
namespace {

constexpr std::size_t kA = 0;
constexpr std::size_t kB = 1;
constexpr Endpoint kServer{IpAddress::loopback_v4(), kPort};
constexpr Endpoint kFarServer{kHostB, kPort};

/// Two hosts that take each other for themselves: the sizes of loopback.
std::vector<HostConfig> over_loopback() {
    return {linux_host(IpAddress::loopback_v4()), linux_host(IpAddress::loopback_v4())};
}
std::vector<HostConfig> over_ethernet() {
    return {linux_host(kHostA), linux_host(kHostB)};
}

}  // namespace

TEST_CASE("one connection over loopback is segment for segment the measured one") {
    // docs/notes/2026-11-loopback-handshake.md, section 1, with the default window scale of 10.
    Bench bench(over_loopback());
    const SocketId listener = bench.listener(kB, 10);
    const SocketId client = bench.socket(kA);

    REQUIRE(bench.connect(kA, client, kServer).error == Errno::None);
    REQUIRE(bench.take_full() == Lines{"A SYN 0 win 65495 <mss 65495, sack, ts, scale 10>",
                                       "B SYN+ACK 0/1 win 65483 <mss 65495, sack, ts, scale 10>",
                                       "A ACK 1/1 win 64 <ts>"});
    REQUIRE(bench.send(kA, client, 16).value == 16);
    REQUIRE(bench.take_full() ==
            Lines{"A PSH+ACK 1/1 len 16 win 64 <ts>", "B ACK 1/17 win 64 <ts>"});

    const CallResult accepted = bench.accept(kB, listener);
    REQUIRE(accepted.peer == bench.sent.front().packet.src);
    REQUIRE(bench.recv(kB, accepted.socket).value == 16);
    REQUIRE(bench.take().empty());  // read at once: the data is acknowledged already
    bench.close(kB, accepted.socket);
    REQUIRE(bench.take_full() == Lines{"B FIN+ACK 1/17 win 64 <ts>"});
    const CallResult end_of_file = bench.recv(kA, client);
    REQUIRE(!end_of_file.blocked);
    REQUIRE(end_of_file.value == 0);
    bench.close(kA, client);
    REQUIRE(bench.take_full() == Lines{"A FIN+ACK 17/2 win 64 <ts>", "B ACK 2/18 win 64 <ts>"});
    REQUIRE(bench.in_state(kB, State::TimeWait) == 1);
    REQUIRE(bench.hosts[kA].sockets().empty());
}

TEST_CASE("a SYN echoes no timestamp, every later segment echoes the last one received",
          "[7323-3.2b]") {
    Bench bench(over_loopback(), {.delay = milliseconds(7)});
    bench.listener(kB, 10);
    bench.connect(kA, bench.socket(kA), kServer);
    bench.run_for(seconds(1));
    REQUIRE(bench.sent.size() == 3);
    const auto options = [&](std::size_t i) { return bench.sent[i].packet.segment.options; };
    REQUIRE(options(0).ts_ecr == 0);
    REQUIRE(options(1).ts_ecr == options(0).ts_val);
    REQUIRE(options(2).ts_ecr == options(1).ts_val);
    REQUIRE(options(2).ts_val == options(0).ts_val + 14);  // milliseconds
}

TEST_CASE("on Ethernet the MSS is 1460 and windows hold whole segments",
          "[SHLD-5][MUST-67][7323-2.2b]") {
    Bench bench(over_ethernet());
    bench.listener(kB, 10);
    REQUIRE(bench.connect(kA, bench.socket(kA), kFarServer).error == Errno::None);
    REQUIRE(bench.take_full() == Lines{"A SYN 0 win 64240 <mss 1460, sack, ts, scale 10>",
                                       "B SYN+ACK 0/1 win 65160 <mss 1460, sack, ts, scale 10>",
                                       "A ACK 1/1 win 63 <ts>"});
}

TEST_CASE("a SYN-ACK repeats only what both sides want", "[7323-2.2a][7323-3.2a]") {
    const auto syn_ack = [](const Options& offer, auto&& change) {
        HostConfig config = linux_host(kHostA);
        change(config.sysctl);
        Bench bench({config});
        bench.listener(0, 10);
        Peer peer(bench, 4000);
        peer.syn(offer);
        REQUIRE(bench.sent.size() == 1);
        return bench.text.full(bench.sent[0].packet);
    };
    const auto nothing = [](Sysctls& /*sysctl*/) {};
    const Options all{
        .ts_val = 5, .mss = 1400, .window_scale = 7, .sack_permitted = true, .timestamps = true};
    CHECK(syn_ack(all, nothing) == "SYN+ACK 0/1 win 65160 <mss 1460, sack, ts, scale 10>");
    CHECK(syn_ack({}, nothing) == "SYN+ACK 0/1 win 64240 <mss 1460>");
    CHECK(syn_ack({.sack_permitted = true}, nothing) == "SYN+ACK 0/1 win 64240 <mss 1460, sack>");
    CHECK(syn_ack(all, [](Sysctls& s) { s.timestamps = 0; }) ==
          "SYN+ACK 0/1 win 64240 <mss 1460, sack, scale 10>");
    CHECK(syn_ack(all, [](Sysctls& s) { s.window_scaling = 0; }) ==
          "SYN+ACK 0/1 win 65160 <mss 1460, sack, ts>");
    CHECK(syn_ack(all, [](Sysctls& s) { s.sack = 0; }) ==
          "SYN+ACK 0/1 win 65160 <mss 1460, ts, scale 10>");
}

TEST_CASE("without scaling on both sides windows are not scaled", "[7323-2.2a]") {
    Bench bench({linux_host(kHostA)});
    const SocketId listener = bench.listener(0, 10);
    Peer peer(bench, 4000);
    peer.open();
    peer.send(kAck | kPsh, 1, 1, {.len = 10});
    REQUIRE(peer.last().window == 64'240 - 10);
    REQUIRE(peer.connection().snd.wnd == 64'240);
    REQUIRE(bench.accept(0, listener).error == Errno::None);
}

TEST_CASE("the peer's MSS bounds our segments, an absent one means 536, a tiny one 48",
          "[MUST-14][MUST-15]") {
    for (const auto& [offered, used] : {std::pair{1000, 1000}, {0, 536}, {9000, 1460}, {1, 48}}) {
        Bench bench({linux_host(kHostA)});
        const SocketId listener = bench.listener(0, 10);
        Peer peer(bench, 4000);
        peer.open({.mss = static_cast<std::uint16_t>(offered)});
        const SocketId child = bench.accept(0, listener).socket;
        bench.take();
        bench.send(0, child, 4100);
        REQUIRE(peer.last().len == 4100U % static_cast<std::uint32_t>(used));
        REQUIRE(bench.sent[bench.sent.size() - 2].packet.segment.len ==
                static_cast<std::uint32_t>(used));
    }
}

TEST_CASE("a connection to a port where nobody listens is refused") {
    Bench bench(over_ethernet());
    const SocketId client = bench.socket(kA);
    REQUIRE(bench.connect(kA, client, kFarServer).error == Errno::Econnrefused);
    REQUIRE(bench.take() == Lines{"A SYN 0", "B RST+ACK 0/1"});
    REQUIRE(bench.count(kA, Mib::AttemptFails) == 1);
    REQUIRE(bench.count(kB, Mib::OutRsts) == 1);
    REQUIRE(bench.armed_timers() == 0);

    // The descriptor is as new.
    bench.listener(kB, 10);
    REQUIRE(bench.connect(kA, client, kFarServer).error == Errno::None);
}

TEST_CASE("two SYNs that cross open one connection", "[MUST-10][R1122-4.2.2.10][A.2]") {
    Bench bench(over_ethernet());
    const SocketId a = bench.socket(kA);
    const SocketId b = bench.socket(kB);
    bench.bind(kA, a, 1000);
    bench.bind(kB, b, 2000);
    bench.hold();
    bench.connect(kA, a, {kHostB, 2000});
    bench.connect(kB, b, {kHostA, 1000});
    bench.release();
    // RFC 9293 figure 7; each SYN-ACK is answered by an ACK, as Linux does (deviation D8).
    REQUIRE(bench.take() == Lines{"A SYN 0", "B SYN 0", "B SYN+ACK 0/1", "A SYN+ACK 0/1",
                                  "A ACK 1/1", "B ACK 1/1"});
    REQUIRE(bench.connect(kA, a, {}).error == Errno::None);
    REQUIRE(bench.connect(kB, b, {}).error == Errno::None);
    REQUIRE(bench.in_state(kA, State::Established) == 1);
    REQUIRE(bench.in_state(kB, State::Established) == 1);
    REQUIRE(bench.armed_timers() == 0);

    REQUIRE(bench.send(kA, a, 3).value == 3);
    REQUIRE(bench.recv(kB, b).value == 3);
}

TEST_CASE("in SYN-SENT a segment with a wrong ACK or a wrong echo is answered by RST",
          "[SS-ACKRANGE][7323-SS]") {
    // Measured: an echo of a time before the first SYN, or still to come, is wrong; zero is none.
    Bench bench({linux_host(kHostA)});
    Peer peer(bench, 4000, 5000);
    const SocketId client = bench.socket(0);
    bench.bind(0, client, 5000);
    bench.run_until(Instant{} + seconds(10));
    bench.connect(0, client, peer.self());
    const std::uint32_t first_ts = peer.last().options.ts_val;
    bench.run_for(milliseconds(500));
    bench.take();
    const auto with_echo = [](std::uint32_t echo) {
        return More{.options = {.ts_val = 5, .ts_ecr = echo, .timestamps = true}};
    };
    peer.send(kSyn | kAck, 0, 0);
    peer.send(kSyn | kAck, 0, 2);
    peer.send(kSyn | kAck, 0, 1, with_echo(first_ts - 1));
    peer.send(kSyn | kAck, 0, 1, with_echo(first_ts + 501));
    peer.send(kRst | kAck, 0, 1, with_echo(first_ts - 1));
    REQUIRE(bench.take() == Lines{"RST 0", "RST 2", "RST 1", "RST 1"});
    REQUIRE(peer.state() == State::SynSent);

    SECTION("the echo of the SYN opens") {
        peer.send(kSyn | kAck, 0, 1, with_echo(first_ts));
    }
    SECTION("so does one of this millisecond") {
        peer.send(kSyn | kAck, 0, 1, with_echo(first_ts + 500));
    }
    SECTION("and none at all") {
        peer.send(kSyn | kAck, 0, 1, with_echo(0));
    }
    REQUIRE(bench.take() == Lines{"ACK 1/1"});
    REQUIRE(peer.state() == State::Established);
}

TEST_CASE("text and FIN of a SYN-ACK are ignored") {
    Bench bench({linux_host(kHostA)});
    Peer peer(bench, 4000, 5000);
    const SocketId client = bench.socket(0);
    bench.bind(0, client, 5000);
    bench.connect(0, client, peer.self());
    peer.send(kSyn | kAck | kFin, 0, 1, {.len = 10});
    REQUIRE(peer.state() == State::Established);
    REQUIRE(peer.last().ack == peer.iss() + 1);
    REQUIRE(bench.recv(0, client).blocked);
}

TEST_CASE("an open that the application gives up is no failed attempt", "[CLOSE-SS]") {
    // Measured on 6.18.44: neither close() nor shutdown() in SYN-SENT sends or counts anything.
    for (const bool by_close : {true, false}) {
        Bench bench({linux_host(kHostA)});
        const SocketId client = bench.socket(0);
        bench.connect(0, client, {kHostB, 4000});
        bench.take();
        if (by_close) {
            bench.close(0, client);
        } else {
            REQUIRE(bench.shutdown(0, client, ShutdownHow::Read).error == Errno::None);
            REQUIRE(bench.hosts[0].socket_error(client) == Errno::Econnreset);
        }
        REQUIRE(bench.take().empty());
        REQUIRE(bench.count(0, Mib::AttemptFails) == 0);
        REQUIRE(bench.hosts[0].sockets().empty());
        REQUIRE(bench.armed_timers() == 0);
    }
}

}  // namespace synq
