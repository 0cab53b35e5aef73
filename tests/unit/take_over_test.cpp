// connect() to a four-tuple that is in TIME-WAIT here (linux.md 5.5).
#include "tests/peer.h"

namespace synq {
namespace {

constexpr std::uint16_t kFar = 9'000;

/// A client's connection that has ended, its TIME-WAIT at this host.
struct Ended {
    explicit Ended(const HostConfig& config, bool timestamps = true) : bench({config}) {
        open();
        Peer peer(bench, kFar, kPort);
        peer.send(kSyn | kAck, 0, 1, {.options = {.ts_val = 500, .timestamps = timestamps}});
        bench.close(0, socket);
        peer.send(kAck, 1, 2, {.options = stamp(timestamps, 501)});
        peer.send(kFin | kAck, 1, 2, {.options = stamp(timestamps, 502)});
        REQUIRE(peer.state() == State::TimeWait);
        last = peer.last().seq;
    }
    void open() {
        socket = bench.socket(0);
        bench.set_option(0, socket, SocketOption::ReuseAddress, 1);
        REQUIRE(bench.bind(0, socket, kPort).error == Errno::None);
        again = bench.connect(0, socket, {kHostB, kFar});
    }
    static Options stamp(bool timestamps, std::uint32_t value) {
        return timestamps ? Options{.ts_val = value, .timestamps = true} : Options{};
    }
    [[nodiscard]] Segment sent() const { return bench.sent.back().packet.segment; }

    Bench bench;
    SocketId socket;
    CallResult again;
    Seq last;
};

}  // namespace

TEST_CASE("a port bound by hand takes over its TIME-WAIT at once, whatever tcp_tw_reuse says") {
    HostConfig config = linux_host(kHostA);
    config.sysctl.tw_reuse = 0;
    Ended e(config);
    e.open();
    REQUIRE(e.again.blocked);
    CHECK(e.sent().flags == kSyn);
    CHECK(e.sent().seq == e.last + 65'537);  // far above the old numbers (MAY-2)
    CHECK(e.sent().options.ts_ecr == 502);   // what the peer said last
    CHECK(e.bench.count(0, Mib::TWRecycled) == 1);
    CHECK(e.bench.in_state(0, State::TimeWait) == 0);
}

TEST_CASE("without timestamps, or by the RFC, a four-tuple in TIME-WAIT is taken") {
    SECTION("no timestamps") {
        Ended e(linux_host(kHostA), false);
        e.open();
        CHECK(e.again.error == Errno::Eaddrnotavail);
        CHECK(e.bench.in_state(0, State::TimeWait) == 1);
    }
    SECTION("profile rfc9293") {
        HostConfig config = linux_host(kHostA);
        config.profile = find_profile("rfc9293");
        Ended e(config);
        e.open();
        CHECK(e.again.error == Errno::Eaddrnotavail);
    }
}

}  // namespace synq
