// Requirements of tests/data/rfc_requirements.csv about segments that no other test shows.
#include "model/tcb/acceptability.h"
#include "tests/unit/prepared.h"

namespace synq {
namespace {

constexpr Seq kNxt{1'000};

Segment of_length(Seq seq, std::uint32_t len) {
    return {.seq = seq, .flags = kAck, .len = len};
}
bool linux_takes(Seq seq, std::uint32_t len, std::uint32_t wnd) {
    return linux_acceptable(of_length(seq, len), kNxt, kNxt, wnd, true);
}

}  // namespace

TEST_CASE("an empty segment for a closed window must be at RCV.NXT", "[T6-1]") {
    CHECK(rfc_acceptable(kNxt, 0, kNxt, 0));
    CHECK_FALSE(rfc_acceptable(kNxt + 1, 0, kNxt, 0));
    CHECK_FALSE(rfc_acceptable(kNxt - 1, 0, kNxt, 0));
    CHECK(linux_takes(kNxt, 0, 0));
    CHECK_FALSE(linux_takes(kNxt + 1, 0, 0));
    CHECK_FALSE(linux_takes(kNxt - 1, 0, 0));
}

TEST_CASE("an empty segment lies inside the window; for Linux its right edge is inside", "[T6-2]") {
    for (const std::uint32_t in : {0U, 9U}) {
        CHECK(rfc_acceptable(kNxt + in, 0, kNxt, 10));
        CHECK(linux_takes(kNxt + in, 0, 10));
    }
    CHECK_FALSE(rfc_acceptable(kNxt + 10, 0, kNxt, 10));
    CHECK(linux_takes(kNxt + 10, 0, 10));
    CHECK_FALSE(linux_takes(kNxt + 11, 0, 10));
}

TEST_CASE("text for a closed window is unacceptable, but not to Linux while nothing is unread",
          "[T6-3]") {
    CHECK_FALSE(rfc_acceptable(kNxt, 1, kNxt, 0));
    CHECK(linux_takes(kNxt, 1, 0));
    CHECK_FALSE(linux_acceptable(of_length(kNxt, 1), kNxt, kNxt, 0, false));
}

TEST_CASE("text is acceptable when its first or last octet lies inside the window", "[T6-4]") {
    const auto both = [](Seq seq, std::uint32_t len) {
        const bool rfc = rfc_acceptable(seq, len, kNxt, 10);
        CHECK(rfc == linux_takes(seq, len, 10));
        return rfc;
    };
    CHECK(both(kNxt, 10));
    CHECK(both(kNxt - 5, 6));
    CHECK(both(kNxt + 9, 5));
    CHECK_FALSE(both(kNxt + 11, 5));
    CHECK_FALSE(both(kNxt - 5, 4));
}

TEST_CASE("an RST counts while the advertised window is closed", "[MUST-66]") {
    for (const char* profile : {"linux-6.18", "rfc9293"}) {
        Prepared host("ESTABLISHED", Prepared::config(profile));
        std::uint32_t sent = 0;
        for (std::uint32_t left = 0; (left = host.peer.connection().rcv.left()) != 0;) {
            const std::uint32_t len = std::min(left, 1'460U);
            host.peer.send(kPsh | kAck, 1 + sent, 1, {.len = len});
            sent += len;
            host.bench.run_for(milliseconds(100));
        }
        REQUIRE(host.peer.last().window == 0);
        host.peer.send(kRst, 1 + sent);
        CHECK(host.peer.state() == State::Closed);
    }
}

TEST_CASE("what comes ahead of a gap is acknowledged at once and waits; so does a FIN",
          "[SHLD-31][MAY-13]") {
    for (const char* profile : {"linux-6.18", "rfc9293"}) {
        Prepared host("ESTABLISHED", Prepared::config(profile));
        host.peer.send(kFin | kPsh | kAck, 4, 1, {.len = 5});
        CHECK(host.peer.heard() == Lines{"ACK 1/1"});
        CHECK(host.peer.state() == State::Established);
        CHECK(host.bench.recv(0, host.socket).blocked);
        host.peer.send(kPsh | kAck, 1, 1, {.len = 3});
        CHECK(host.peer.state() == State::CloseWait);
        CHECK(host.peer.heard() == Lines{"ACK 1/10"});
        CHECK(host.bench.recv(0, host.socket).value == 8);
    }
}

TEST_CASE("a keepalive probe is answered by what is expected next", "[KA-RX]") {
    for (const char* profile : {"linux-6.18", "rfc9293"}) {
        Prepared host("ESTABLISHED", Prepared::config(profile));
        host.peer.send(kAck, 0, 1);
        CHECK(host.peer.heard() == Lines{"ACK 1/1"});
        CHECK(host.peer.state() == State::Established);
    }
}

TEST_CASE("an RST may carry text", "[SHLD-2]") {
    for (const char* profile : {"linux-6.18", "rfc9293"}) {
        Prepared host("ESTABLISHED", Prepared::config(profile));
        host.peer.send(kRst, 1, 0, {.len = 5});
        CHECK(host.peer.state() == State::Closed);
        CHECK(host.bench.recv(0, host.socket).error == Errno::Econnreset);
    }
}

TEST_CASE("SYN-RECEIVED remembers who opened: an RST leads to LISTEN or ends the open",
          "[MUST-11][RP-SRP][RP-SRA]") {
    for (const auto& [profile, error] :
         {std::pair{"linux-6.18", Errno::Econnreset}, {"rfc9293", Errno::Econnrefused}}) {
        Prepared passive("SYN-RECEIVED(passive)", Prepared::config(profile));
        passive.peer.send(kRst, 1);
        CHECK(passive.state() == "LISTEN");
        CHECK(passive.bench.accept(0, passive.socket).blocked);

        Prepared active("SYN-RECEIVED(active)", Prepared::config(profile));
        active.peer.send(kRst, 1);
        CHECK(active.state() == "CLOSED");
        CHECK(active.bench.connect(0, active.socket, active.peer.self()).error == error);
    }
}

TEST_CASE("only SYNs carry an MSS", "[MUST-65]") {
    Bench bench({linux_host(kHostA), linux_host(kHostB)});
    const SocketId listener = bench.listener(1, 1);
    const SocketId client = bench.socket(0);
    bench.connect(0, client, {kHostB, kPort});
    bench.send(0, client, 5'000);
    bench.close(1, bench.accept(1, listener).socket);
    bench.run_for(seconds(1));
    REQUIRE(bench.sent.size() > 6);
    for (const SentSegment& sent : bench.sent) {
        CHECK((sent.packet.segment.options.mss != 0) == sent.packet.segment.flags.syn());
    }
}

TEST_CASE("half-open requests are records of their own, smaller than connections", "[4987-CACHE]") {
    Prepared host("SYN-RECEIVED(passive)", Prepared::config("linux-6.18"));
    CHECK(host.bench.hosts[0].store().connections.live() == 0);
    CHECK(host.bench.hosts[0].store().requests.live() == 1);
    CHECK(sizeof(Request) < sizeof(Connection));
}

}  // namespace synq
