// SYN cookies: connections without a request (linux.md 2.6).
#include "tests/peer.h"

namespace synq {
namespace {

constexpr Options kFullOffer{
    .ts_val = 1000, .mss = 1460, .window_scale = 7, .sack_permitted = true, .timestamps = true};

/// A listener that answers every SYN by cookie.
struct CookieHost {
    explicit CookieHost(std::int64_t backlog = 10, std::int64_t window_scaling = 1)
        : bench({config(window_scaling)}), peer(bench, 4000) {
        listener = bench.listener(0, backlog);
    }
    std::uint64_t count(Mib counter) const { return bench.count(0, counter); }

    Bench bench;
    Peer peer;
    SocketId listener;

  private:
    static HostConfig config(std::int64_t window_scaling) {
        HostConfig out = linux_host(kHostA);
        out.sysctl.syncookies = 2;
        out.sysctl.abort_on_overflow = 1;  // which says nothing about cookies
        out.sysctl.window_scaling = window_scaling;
        return out;
    }
};

}  // namespace

TEST_CASE("a cookie keeps nothing, is never repeated, and its ACK makes the connection",
          "[4987-COOKIE]") {
    CookieHost h;
    h.peer.syn(kFullOffer);
    REQUIRE(h.peer.heard() == Lines{"SYN+ACK 0/1"});
    REQUIRE(h.peer.state() == State::Closed);
    REQUIRE(h.bench.armed_timers() == 0);
    h.peer.send(kAck, 1, 1, {.options = h.peer.echo(kFullOffer)});
    REQUIRE(h.peer.state() == State::Established);
    REQUIRE(h.bench.accept(0, h.listener).peer == h.peer.self());
    REQUIRE(h.count(Mib::SyncookiesSent) == 1);
    REQUIRE(h.count(Mib::SyncookiesRecv) == 1);
    REQUIRE(h.count(Mib::TCPReqQFullDoCookies) == 1);
    REQUIRE(h.count(Mib::PassiveOpens) == 1);
}

TEST_CASE("data that carries the cookie completes the handshake and is taken") {
    CookieHost h;
    h.peer.syn();
    h.peer.heard();
    h.peer.send(kPsh | kAck, 1, 1, {.len = 16});
    REQUIRE(h.peer.heard() == Lines{"ACK 1/17"});
    REQUIRE(h.bench.recv(0, h.bench.accept(0, h.listener).socket).value == 16);
}

TEST_CASE("a cookie is good for the current minute and the next", "[4987-COOKIE]") {
    const auto accepted = [](Duration sent, Duration answered) {
        CookieHost h;
        h.bench.run_until(Instant{} + sent);
        h.peer.syn();
        h.bench.run_until(Instant{} + answered);
        h.peer.send(kAck, 1, 1);
        return h.peer.state() == State::Established;
    };
    CHECK(accepted(seconds(0), milliseconds(119'999)));
    CHECK_FALSE(accepted(seconds(0), seconds(120)));
    CHECK(accepted(seconds(59), milliseconds(119'999)));
    CHECK_FALSE(accepted(seconds(59), seconds(120)));  // 61 s old
    CHECK(accepted(seconds(60), milliseconds(179'999)));
}

TEST_CASE("an expired or wrong cookie is counted and answered by RST") {
    CookieHost h;
    h.peer.syn();
    h.peer.heard();
    SECTION("wrong") {
        h.peer.send(kAck, 1, 0);
    }
    SECTION("of another peer's sequence number") {
        h.peer.send(kAck, 2, 1);
    }
    SECTION("expired") {
        h.bench.run_until(Instant{} + seconds(120));
        h.peer.send(kAck, 1, 1);
    }
    REQUIRE(h.peer.last().flags == kRst);
    REQUIRE(h.count(Mib::SyncookiesFailed) == 1);
    REQUIRE(h.count(Mib::SyncookiesRecv) == 0);
    REQUIRE(h.peer.state() == State::Closed);
}

TEST_CASE("an ACK is taken for a cookie only within 120 s of the last one sent") {
    CookieHost h;
    h.peer.send(kAck, 1, 1);
    REQUIRE(h.count(Mib::SyncookiesFailed) == 0);  // none was ever sent: a plain RST
    h.peer.syn();
    h.bench.run_until(Instant{} + seconds(120));
    h.peer.send(kAck, 1, 5);
    REQUIRE(h.count(Mib::SyncookiesFailed) == 1);
    h.bench.run_until(Instant{} + seconds(120) + nanoseconds(1));
    h.peer.send(kAck, 1, 5);
    REQUIRE(h.count(Mib::SyncookiesFailed) == 1);
    REQUIRE(h.peer.last().flags == kRst);
}

TEST_CASE("a cookie's MSS is one of four, rounded down", "[4987-COOKIE-OPT]") {
    for (const auto& [offered, kept] : {std::pair{0, 536},
                                        {536, 536},
                                        {1299, 536},
                                        {1300, 1300},
                                        {1439, 1300},
                                        {1440, 1440},
                                        {1459, 1440},
                                        {1460, 1460},
                                        {9000, 1460}}) {
        CookieHost h;
        h.peer.open({.mss = static_cast<std::uint16_t>(offered)});
        REQUIRE(h.peer.connection().agreed.mss == kept);
    }
}

TEST_CASE("scaling and SACK survive only inside timestamps", "[4987-COOKIE-OPT]") {
    CookieHost h;
    SECTION("with timestamps") {
        h.peer.open(kFullOffer);
        const Negotiated agreed = h.peer.connection().agreed;
        CHECK(agreed.timestamps);
        CHECK(agreed.sack);
        CHECK(agreed.scaling);
        CHECK(agreed.send_scale == 7);
        CHECK(h.peer.connection().snd.wnd == 64'240U << 7U);
    }
    SECTION("without") {
        Options offer = kFullOffer;
        offer.timestamps = false;
        h.peer.syn(offer);
        CHECK(h.bench.text.full(h.bench.sent.back().packet) == "SYN+ACK 0/1 win 64240 <mss 1460>");
        h.peer.send(kAck, 1, 1);
        const Negotiated agreed = h.peer.connection().agreed;
        CHECK_FALSE(agreed.timestamps);
        CHECK_FALSE(agreed.sack);
        CHECK_FALSE(agreed.scaling);
    }
}

TEST_CASE("scaling that this host does not do is not remembered") {
    CookieHost h(10, 0);
    h.peer.open(kFullOffer);
    REQUIRE_FALSE(h.peer.connection().agreed.scaling);
    REQUIRE(h.peer.connection().snd.wnd == 64'240);
}

TEST_CASE("the timestamp that carries options is never in the future") {
    for (std::int64_t ms = 0; ms < 200; ms += 7) {
        CookieHost h;
        h.bench.run_until(Instant{} + seconds(5) + milliseconds(ms));
        Peer plain(h.bench, 4001);
        h.peer.syn(kFullOffer);
        const std::uint32_t marked = h.peer.last().options.ts_val;
        // A request's SYN-ACK shows the clock itself.
        Bench other({linux_host(kHostA)});
        other.run_until(h.bench.now());
        other.listener(0, 10);
        Peer twin(other, 4000);
        twin.syn(kFullOffer);
        const std::uint32_t clock = twin.last().options.ts_val;
        REQUIRE(clock - marked < 64);
        REQUIRE((marked & 0x1fU) == (7U | 16U));  // scale 7, SACK
    }
}

TEST_CASE("a cookie connection without timestamps starts with a timeout of 3 s", "[6298-5.7]") {
    CookieHost h;
    h.peer.open();
    REQUIRE(h.peer.connection().rto == seconds(3));
}

TEST_CASE("with timestamps the whole age of the SYN-ACK is the first RTT sample") {
    CookieHost h;
    h.peer.syn(kFullOffer);
    h.bench.run_until(Instant{} + seconds(31));
    h.peer.send(kAck, 1, 1, {.options = h.peer.echo(kFullOffer)});
    // srtt + 2 srtt, and up to 63 ms that the options displaced.
    REQUIRE(h.peer.connection().rto >= seconds(93));
    REQUIRE(h.peer.connection().rto <= milliseconds(93'000 + 3 * 64));
}

TEST_CASE("a valid cookie for a full accept queue is dropped, even with tcp_abort_on_overflow") {
    CookieHost h(0);
    Peer other(h.bench, 4001);
    h.peer.syn();
    other.syn();
    other.send(kAck, 1, 1);  // fills the queue
    h.peer.heard();
    REQUIRE(h.peer.send(kPsh | kAck, 1, 1, {.len = 16}) == Drop::CookieAcceptQueueFull);
    REQUIRE(h.peer.heard().empty());
    REQUIRE(h.count(Mib::SyncookiesRecv) == 2);
    REQUIRE(h.count(Mib::ListenOverflows) == 1);
    REQUIRE(h.count(Mib::ListenDrops) == 1);
    h.bench.accept(0, h.listener);
    h.peer.send(kPsh | kAck, 1, 1, {.len = 16});
    REQUIRE(h.peer.heard() == Lines{"ACK 1/17"});
}

TEST_CASE("with tcp_syncookies = 1 cookies begin when the request queue is full") {
    Bench bench({linux_host(kHostA)});
    const SocketId listener = bench.listener(0, 0);
    Peer first(bench, 4000);
    Peer second(bench, 4001);
    first.syn();
    second.syn();
    REQUIRE(first.state() == State::HalfOpen);
    REQUIRE(second.state() == State::Closed);
    REQUIRE(second.heard() == Lines{"SYN+ACK 0/1"});
    REQUIRE(bench.listener_of(0, listener).request_queue == 1);
}

}  // namespace synq
