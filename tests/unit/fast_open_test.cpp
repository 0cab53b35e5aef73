// TCP Fast Open of a listener (linux.md 2.11). What the kernel does is compared with in
// tests/kernel/fast_open_script_test.cpp and tests/scenarios/listener_test.cpp.
#include "model/listen/fast_open.h"

#include "tests/peer.h"

namespace synq {
namespace {

constexpr std::int64_t kServer = kFastOpenServer;
constexpr std::int64_t kCookieless = kFastOpenServer | kFastOpenWithoutCookie;

HostConfig host(std::int64_t sysctl) {
    HostConfig out = linux_host(kHostA);
    out.sysctl.fastopen = sysctl;
    return out;
}

struct Opening {
    explicit Opening(std::int64_t sysctl, std::int64_t places = 1) : bench({host(sysctl)}) {
        listener = bench.listener(0, 10);
        bench.set_option(0, listener, SocketOption::FastOpen, places);
    }
    [[nodiscard]] std::uint64_t count(Mib counter) const { return bench.count(0, counter); }
    const Listener& queues() {
        return bench.hosts[0].store().listeners[bench.hosts[0].listener_of(listener)];
    }

    Bench bench;
    Peer peer{bench, 4000};
    Peer other{bench, 4001};
    SocketId listener;
};

Options with_cookie(const FastOpenCookie& cookie) {
    return {.mss = 1'460, .fast_open = cookie};
}
Options asking() {
    return with_cookie({.size = FastOpenCookie::kRequest});
}
Drop fast_syn(Peer& peer, const Options& options, std::uint32_t len) {
    return peer.send(kSyn, 0, 0, {.len = len, .options = options});
}

}  // namespace

TEST_CASE("Fast Open is off unless the listener and the host allow it", "[7413-4.2-on]") {
    for (const auto& [sysctl, places, gives] :
         {std::tuple{std::int64_t{1}, 1, false}, {kServer, 0, false}, {kServer, 1, true}}) {
        Opening o(sysctl, places);
        fast_syn(o.peer, asking(), 10);
        CHECK(o.peer.last().options.fast_open.present() == gives);
        CHECK(o.peer.heard() == Lines{"SYN+ACK 0/1"});
        CHECK(o.count(Mib::TCPFastOpenCookieReqd) == 1);
    }
}

TEST_CASE("a SYN with its cookie is answered for all of its text", "[7413-4.2.2]") {
    Opening o(kServer);
    fast_syn(o.other, asking(), 0);
    const FastOpenCookie cookie = o.other.last().options.fast_open;
    REQUIRE(cookie.size == 8);
    REQUIRE(fast_syn(o.peer, with_cookie(cookie), 10) == Drop::None);
    CHECK(o.peer.heard() == Lines{"SYN+ACK 0/11"});
    CHECK_FALSE(o.peer.last().options.fast_open.present());
    CHECK(o.peer.state() == State::SynReceived);
    CHECK(o.queues().accept_queue == 1);
    CHECK(o.queues().request_queue == 1);  // the other's
    const SocketId child = o.bench.accept(0, o.listener).socket;
    CHECK(o.bench.recv(0, child).value == 10);
    CHECK(o.bench.send(0, child, 5).value == 5);
    CHECK(o.peer.heard() == Lines{"PSH+ACK 1/11 len 5"});
    CHECK(o.peer.send(kAck, 11, 6) == Drop::None);
    CHECK(o.peer.state() == State::Established);
    CHECK(o.queues().fast_open_queue == 0);
    CHECK(o.count(Mib::TCPFastOpenPassive) == 1);
}

TEST_CASE("a wrong cookie gets the right one and an ordinary handshake") {
    Opening o(kServer);
    fast_syn(o.other, asking(), 0);
    FastOpenCookie wrong = o.other.last().options.fast_open;
    const FastOpenCookie right = wrong;
    wrong.octets[7] ^= 1U;
    fast_syn(o.peer, with_cookie(wrong), 10);
    CHECK(o.peer.last().options.fast_open == right);
    CHECK(o.peer.heard() == Lines{"SYN+ACK 0/1"});
    CHECK(o.peer.state() == State::HalfOpen);
    CHECK(o.count(Mib::TCPFastOpenPassiveFail) == 1);
    o.bench.run_for(seconds(1));
    CHECK(o.peer.heard() == Lines{"SYN+ACK 0/1"});
    CHECK_FALSE(o.peer.last().options.fast_open.present());
}

TEST_CASE("a cookie is the peer's own, whatever its port") {
    const Secret secret{.k0 = 1, .k1 = 2};
    FlowKey flow{.local = {kHostA, 8000}, .remote = {kHostB, 4000}};
    const FastOpenCookie cookie = make_fast_open_cookie(secret, flow);
    flow.remote.port = 4001;
    CHECK(make_fast_open_cookie(secret, flow) == cookie);
    flow.remote.address = IpAddress::v4(10, 0, 0, 77);
    CHECK_FALSE(make_fast_open_cookie(secret, flow) == cookie);
    flow.remote.address = kHostB;
    CHECK_FALSE(make_fast_open_cookie({.k0 = 1, .k1 = 3}, flow) == cookie);
}

TEST_CASE("more children than TCP_FASTOPEN shake hands as ever", "[7413-4.2-pend]") {
    Opening o(kCookieless);
    fast_syn(o.peer, {}, 10);
    fast_syn(o.other, {}, 10);
    CHECK(o.peer.heard() == Lines{"SYN+ACK 0/11"});
    CHECK(o.other.heard() == Lines{"SYN+ACK 0/1"});
    CHECK(o.count(Mib::TCPFastOpenListenOverflow) == 1);
    CHECK(o.other.state() == State::HalfOpen);
}

TEST_CASE("a reset child that was accepted keeps its place for a minute") {
    for (const bool accepted : {false, true}) {
        Opening o(kCookieless);
        fast_syn(o.peer, {}, 10);
        if (accepted) {
            o.bench.accept(0, o.listener);
        }
        o.peer.send(kRst, 11);
        CHECK(o.count(Mib::AttemptFails) == 2);
        CHECK(o.queues().fast_open_queue == (accepted ? 1 : 0));
        o.bench.run_for(milliseconds(59'999));
        CHECK(o.queues().fast_open_full(o.bench.now()) == accepted);
        o.bench.run_for(milliseconds(1));
        fast_syn(o.other, {}, 10);
        CHECK(o.other.heard() == Lines{"SYN+ACK 0/11"});
        CHECK(o.queues().fast_open_queue == 1);
    }
}

TEST_CASE("children of a listener that begins anew are subtracted all the same") {
    Opening o(kCookieless);
    o.bench.set_option(0, o.listener, SocketOption::ReuseAddress, 1);
    fast_syn(o.peer, {}, 10);
    o.bench.accept(0, o.listener);
    o.bench.shutdown(0, o.listener, ShutdownHow::Read);
    REQUIRE(o.bench.listen(0, o.listener, 10).error == Errno::None);
    CHECK(o.queues().fast_open_queue == 0);
    o.peer.send(kAck, 11, 1);
    CHECK(o.queues().fast_open_queue == -1);
    CHECK(o.queues().fast_open_records == 0);
}

TEST_CASE("bit 1024 of tcp_fastopen: who listens does Fast Open") {
    Bench bench({host(kServer | kFastOpenEveryListener)});
    const SocketId listener = bench.listener(0, 7);
    CHECK(bench.hosts[0].get_option(listener, SocketOption::FastOpen) == 7);
}

}  // namespace synq
