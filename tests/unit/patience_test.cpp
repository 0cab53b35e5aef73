// How long each profile's ends wait for each other: SYNs of a client, SYN-ACKs of a listener, on
// the model and as `synq profiles` says.
#include "sim/draw/profile_facts.h"
#include "tests/peer.h"

namespace synq {
namespace {

struct Patience {
    std::string_view profile;
    std::vector<std::int64_t> at_s;
    std::int64_t over_s;
};

HostConfig host_of(std::string_view profile) {
    HostConfig out = linux_host(kHostA);
    out.profile = find_profile(profile);
    REQUIRE(out.profile != nullptr);
    out.sysctl = out.profile->sysctl;
    return out;
}

std::vector<std::int64_t> times_s(const std::vector<SentSegment>& sent) {
    std::vector<std::int64_t> out;
    out.reserve(sent.size());
    for (const SentSegment& each : sent) {
        CHECK(each.t.ns % 1'000'000'000 == 0);
        out.push_back(each.t.ns / 1'000'000'000);
    }
    return out;
}

void told(const Schedule& schedule, const Patience& expected) {
    std::vector<std::int64_t> at;
    at.reserve(schedule.sent.size());
    for (const Duration each : schedule.sent) {
        at.push_back(each.ns / 1'000'000'000);
    }
    CHECK(at == expected.at_s);
    CHECK(schedule.given_up == seconds(expected.over_s));
}

}  // namespace

TEST_CASE("a SYN that nobody answers, by profile") {
    const Patience expected[] = {
        {"linux-6.18", {0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67}, 131},
        {"linux-6.12", {0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67}, 131},
        {"linux-6.1", {0, 1, 3, 7, 15, 31, 63}, 127},
        {"linux-3.13", {0, 1, 3, 7, 15, 31, 63}, 127},
        {"linux-2.6", {0, 3, 9, 21, 45, 93}, 189},
        {"rfc9293", {0, 1, 3, 7, 15, 31, 63, 127}, 247},
        {"freebsd", {0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67}, 75},
        {"macos", {0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67}, 75},
        {"solaris", {0, 1, 3, 7, 15, 31, 63, 123}, 183},
        {"windows", {0, 3, 9}, 21},
        {"bsd-4.4", {0, 6, 30}, 75},
    };
    for (const Patience& each : expected) {
        INFO(each.profile);
        Bench bench({host_of(each.profile)});
        const SocketId socket = bench.socket(0);
        const Endpoint nobody{kHostB, kPort};
        bench.connect(0, socket, nobody);
        bench.run_until(Instant{} + seconds(each.over_s) - milliseconds(1));
        CHECK(times_s(bench.sent) == each.at_s);
        CHECK(bench.connect(0, socket, nobody).blocked);
        bench.run_until(Instant{} + seconds(each.over_s));
        CHECK(bench.connect(0, socket, nobody).error == Errno::Etimedout);
        CHECK(bench.sent.size() == each.at_s.size());
        told(syn_schedule(*find_profile(each.profile)), each);
    }
}

TEST_CASE("the life of a half-open request, by profile") {
    const Patience expected[] = {
        {"linux-6.18", {0, 1, 3, 7, 15, 31}, 63},
        {"linux-4.4", {0, 1, 3, 7, 15, 31}, 63},
        {"linux-2.6", {0, 3, 9, 21, 45, 93}, 189},
        {"freebsd", {0, 1, 3, 7}, 15},
        {"macos", {0, 1, 3, 7, 15, 31, 63}, 75},
        {"solaris", {0, 1, 3, 7, 15, 31, 63, 123}, 183},
        {"windows", {0, 3, 9}, 21},
        {"bsd-4.4", {0, 6, 30}, 75},
    };
    for (const Patience& each : expected) {
        INFO(each.profile);
        Bench bench({host_of(each.profile)});
        bench.listener(0, 5);
        Peer silent(bench, 4000);
        silent.syn();
        bench.run_until(Instant{} + seconds(each.over_s) - milliseconds(1));
        CHECK(times_s(bench.sent) == each.at_s);
        CHECK(silent.state() == State::HalfOpen);
        bench.run_until(Instant{} + seconds(each.over_s));
        CHECK(silent.state() == State::Closed);
        CHECK(bench.sent.size() == each.at_s.size());
        CHECK(bench.armed_timers() == 0);
        told(syn_ack_schedule(*find_profile(each.profile)), each);
    }
}

TEST_CASE("a SYN repeated by its client does not prolong a half-open request's life") {
    Bench bench({host_of("bsd-4.4")});
    bench.listener(0, 5);
    Peer peer(bench, 4000);
    peer.syn();
    bench.run_until(Instant{} + seconds(60));
    peer.syn();
    bench.run_until(Instant{} + milliseconds(74'999));
    CHECK(peer.state() == State::HalfOpen);
    bench.run_until(Instant{} + seconds(75));
    CHECK(peer.state() == State::Closed);
}

TEST_CASE("before RFC 5961 an RST, or a SYN, inside the window ends the connection") {
    for (const std::string_view profile : {"linux-2.6", "solaris", "windows", "bsd-4.4"}) {
        INFO(profile);
        Bench bench({host_of(profile)});
        const SocketId listener = bench.listener(0, 5);
        Peer reset(bench, 4000);
        Peer again(bench, 4001);
        reset.open();
        again.open();
        const SocketId first = bench.accept(0, listener).socket;
        bench.accept(0, listener);
        reset.heard();
        again.heard();
        reset.send(kRst, 100);
        CHECK(reset.state() == State::Closed);
        CHECK(reset.heard().empty());
        CHECK(bench.recv(0, first).error == Errno::Econnreset);
        again.send(kSyn, 100);
        CHECK(again.state() == State::Closed);
        CHECK(again.heard() == Lines{"RST+ACK 0/101"});
    }
    Bench bench({host_of("linux-3.13")});
    bench.listener(0, 5);
    Peer peer(bench, 4000);
    peer.open();
    peer.heard();
    peer.send(kRst, 100);
    CHECK(peer.state() == State::Established);
    CHECK(peer.heard() == Lines{"ACK 1/1"});
}

}  // namespace synq
