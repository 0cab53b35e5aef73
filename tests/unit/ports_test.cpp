// Local ports: who may bind what, and which port a connecting socket gets (linux.md 1.3).
#include "tests/peer.h"

#include <set>

namespace synq {
namespace {

constexpr PortRange kRange = port_range(Sysctls{}.local_port_range);
constexpr std::size_t kPorts = kRange.last - kRange.first + 1;

Errno bind_fresh(Bench& bench, const Endpoint& local) {
    return bench.bind(0, bench.socket(0), local).error;
}

}  // namespace

TEST_CASE("addresses that overlap cannot share a port", "[MUST-41]") {
    const IpAddress any = IpAddress::any_v4();
    const IpAddress loopback = IpAddress::loopback_v4();
    struct Row {
        IpAddress first, second;
        Errno error = Errno::None;
    };
    const Row table[] = {{any, any, Errno::Eaddrinuse},
                         {any, kHostA, Errno::Eaddrinuse},
                         {kHostA, any, Errno::Eaddrinuse},
                         {kHostA, kHostA, Errno::Eaddrinuse},
                         {kHostA, loopback, Errno::None}};
    for (const Row& row : table) {
        Bench bench({linux_host(kHostA)});
        REQUIRE(bind_fresh(bench, {row.first, 80}) == Errno::None);
        CHECK(bind_fresh(bench, {row.second, 80}) == row.error);
        CHECK(bind_fresh(bench, {row.second, 81}) == Errno::None);
    }
}

TEST_CASE("what bind() refuses", "[MUST-43]") {
    Bench bench({linux_host(kHostA)});
    CHECK(bind_fresh(bench, {kHostB, 80}) == Errno::Eaddrnotavail);
    const SocketId socket = bench.socket(0);
    REQUIRE(bench.bind(0, socket, 80).error == Errno::None);
    CHECK(bench.bind(0, socket, 81).error == Errno::Einval);
    REQUIRE(bench.listen(0, socket, 1).error == Errno::None);
    CHECK(bench.bind(0, socket, 81).error == Errno::Einval);
    const SocketId connecting = bench.socket(0);
    bench.connect(0, connecting, {kHostB, 80});
    CHECK(bench.bind(0, connecting, 81).error == Errno::Einval);
}

TEST_CASE("a closed socket gives its port back") {
    Bench bench({linux_host(kHostA)});
    const SocketId socket = bench.listener(0, 1);
    REQUIRE(bind_fresh(bench, {IpAddress::any_v4(), kPort}) == Errno::Eaddrinuse);
    bench.close(0, socket);
    REQUIRE(bind_fresh(bench, {IpAddress::any_v4(), kPort}) == Errno::None);
}

TEST_CASE("a listener's children and their TIME-WAITs keep its port") {
    Bench bench({linux_host(kHostA)});
    const SocketId listener = bench.listener(0, 1);
    Peer peer(bench, 4000);
    peer.open();
    const SocketId child = bench.accept(0, listener).socket;
    bench.close(0, listener);
    const Endpoint local{IpAddress::any_v4(), kPort};
    REQUIRE(bind_fresh(bench, local) == Errno::Eaddrinuse);  // measured
    bench.close(0, child);
    peer.send(kFin | kAck, 1, 2);
    REQUIRE(peer.state() == State::TimeWait);
    REQUIRE(bind_fresh(bench, local) == Errno::Eaddrinuse);
    REQUIRE(bind_fresh(bench, {IpAddress::loopback_v4(), kPort}) == Errno::None);
    bench.run_for(seconds(60));
    REQUIRE(bind_fresh(bench, {kHostA, kPort}) == Errno::None);
}

TEST_CASE("half-open requests do not keep their listener's port", "[MUST-42][R1122-4.2.2.18]") {
    Bench bench({linux_host(kHostA)});
    const SocketId listener = bench.listener(0, 1);
    Peer peer(bench, 4000);
    peer.syn();
    bench.close(0, listener);
    REQUIRE(peer.state() == State::HalfOpen);
    REQUIRE(bind_fresh(bench, {IpAddress::any_v4(), kPort}) == Errno::None);
}

TEST_CASE(
    "connections to one destination get different ports, even ones first, until none is left") {
    Host host(linux_host(kHostA));
    Outbox out;
    std::set<std::uint16_t> used;
    for (std::size_t i = 0; i <= kPorts; ++i) {
        out.clear();
        const SocketId socket = host.call({}, {.kind = CallKind::Socket}, out).socket;
        const CallResult result = host.call(
            {}, {.kind = CallKind::Connect, .socket = socket, .endpoint = {kHostB, 80}}, out);
        if (i == kPorts) {
            REQUIRE(result.error == Errno::Eaddrnotavail);
            break;
        }
        REQUIRE(result.blocked);
        const std::uint16_t port = host.connection_of(socket)->flow.local.port;
        const bool even_half = i < kPorts / 2;
        if (port < kRange.first || port > kRange.last || port % 2 != (even_half ? 0 : 1) ||
            !used.insert(port).second) {
            FAIL("connection " << i << " got port " << port);
        }
    }
    // Another destination has all of them again.
    const SocketId socket = host.call({}, {.kind = CallKind::Socket}, out).socket;
    REQUIRE(
        host.call({}, {.kind = CallKind::Connect, .socket = socket, .endpoint = {kHostB, 81}}, out)
            .blocked);
}

TEST_CASE("a port chosen for bind(0) or listen() is odd while there are odd ones") {
    Bench bench({linux_host(kHostA)});
    std::set<std::uint16_t> used;
    for (int i = 0; i < 50; ++i) {
        const SocketId socket = bench.socket(0);
        if (i % 2 == 0) {
            REQUIRE(bench.bind(0, socket, std::uint16_t{0}).error == Errno::None);
        }
        REQUIRE(bench.listen(0, socket, 1).error == Errno::None);
        const std::uint16_t port = bench.listener_of(0, socket).local.port;
        REQUIRE(port % 2 == 1);
        REQUIRE(port >= kRange.first);
        REQUIRE(used.insert(port).second);
    }
}

TEST_CASE("a connecting socket does not take a port that another socket has bound") {
    Host host(linux_host(kHostA));
    Outbox out;
    const auto connect = [&] {
        const SocketId socket = host.call({}, {.kind = CallKind::Socket}, out).socket;
        host.call({}, {.kind = CallKind::Connect, .socket = socket, .endpoint = {kHostB, 80}}, out);
        return host.connection_of(socket)->flow.local.port;
    };
    // The next port in line is two further on: somebody else has it.
    const std::uint16_t first = connect();
    const auto next = static_cast<std::uint16_t>(first + 2);
    const SocketId other = host.call({}, {.kind = CallKind::Socket}, out).socket;
    REQUIRE(
        host.call(
                {},
                {.kind = CallKind::Bind, .socket = other, .endpoint = {IpAddress::any_v4(), next}},
                out)
            .error == Errno::None);
    REQUIRE(connect() != next);
}

TEST_CASE("a bound socket connects from its port", "[MUST-43]") {
    Bench bench({linux_host(kHostA)});
    const SocketId socket = bench.socket(0);
    bench.bind(0, socket, 1234);
    bench.connect(0, socket, {kHostB, 80});
    REQUIRE(bench.sent.back().packet.src == Endpoint{kHostA, 1234});
}

TEST_CASE("a socket that connects to its own port connects to itself", "[R1122-4.2.2.10][A.2]") {
    // linux.md 1.3: a simultaneous open of one, and TIME-WAIT in the end.
    Host host(linux_host(IpAddress::loopback_v4()));
    Outbox out;
    const SocketId socket = host.call({}, {.kind = CallKind::Socket}, out).socket;
    const Endpoint own{IpAddress::loopback_v4(), 40'000};
    host.call({}, {.kind = CallKind::Bind, .socket = socket, .endpoint = own}, out);
    host.call({}, {.kind = CallKind::Connect, .socket = socket, .endpoint = own}, out);
    // Every segment comes back to its sender.
    const auto loop = [&] {
        for (std::size_t i = 0; i < out.size(); ++i) {
            if (const auto* sent = std::get_if<SendPacket>(&out[i])) {
                const Packet packet = sent->packet;
                host.on_segment({}, packet, out);
            }
        }
        out.clear();
    };
    loop();
    REQUIRE(host.connection_of(socket)->state == State::Established);
    REQUIRE_FALSE(host.call({}, {.kind = CallKind::Connect, .socket = socket}, out).blocked);
    host.call({}, {.kind = CallKind::Send, .socket = socket, .value = 5}, out);
    loop();
    REQUIRE(host.call({}, {.kind = CallKind::Recv, .socket = socket, .value = 9}, out).value == 5);
    out.clear();
    host.call({}, {.kind = CallKind::Close, .socket = socket}, out);
    loop();
    REQUIRE(host.sockets().size() == 1);
    REQUIRE(host.sockets().front().state == State::TimeWait);
}

}  // namespace synq
