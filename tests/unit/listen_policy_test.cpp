// What the listeners of each profile have room for and what they do when they are full, and how
// long both ends wait (linux.md 2.9, 2.10).
#include "model/profile/listen_policy.h"

#include "sim/draw/profile_facts.h"
#include "tests/csv.h"
#include "tests/peer.h"

#include <deque>

namespace synq {
namespace {

HostConfig host_of(std::string_view profile) {
    HostConfig out = linux_host(kHostA);
    out.profile = find_profile(profile);
    REQUIRE(out.profile != nullptr);
    out.sysctl = out.profile->sysctl;
    if (out.sysctl.syncookies == 1) {
        out.sysctl.syncookies = 0;  // cookies would hide how many requests fit
    }
    return out;
}

/// A listener of a profile, and peers of it.
struct Stall {
    Stall(std::string_view profile, std::int64_t backlog) : bench({host_of(profile)}) {
        listener = bench.listener(0, backlog);
    }
    Peer& next() {
        return peers.emplace_back(bench, static_cast<std::uint16_t>(4000 + peers.size()));
    }
    /// Peers that came in before one did not.
    int taken(bool complete) {
        constexpr int kMany = 300;
        for (int i = 0; i < kMany; ++i) {
            Peer& peer = next();
            if ((complete ? peer.open() : peer.syn()) != Drop::None) {
                return i;
            }
        }
        return kMany;
    }
    [[nodiscard]] const Listener& queues() const { return bench.listener_of(0, listener); }

    Bench bench;
    SocketId listener;
    std::deque<Peer> peers;
};

int connections(std::string_view profile, std::int64_t backlog) {
    return Stall(profile, backlog).taken(true);
}
int requests(std::string_view profile, std::int64_t backlog) {
    return Stall(profile, backlog).taken(false);
}

constexpr std::int64_t kBacklogs[] = {0, 1, 2, 5, 10, 128};
constexpr int kAny = 300;

struct Room {
    std::string_view profile;
    int takes[std::size(kBacklogs)];
};

}  // namespace

TEST_CASE("how many connections wait for accept(), by profile and backlog") {
    const Room rooms[] = {
        {"linux-6.18", {1, 2, 3, 6, 11, 129}}, {"linux-6.12", {1, 2, 3, 6, 11, 129}},
        {"linux-6.1", {1, 2, 3, 6, 11, 129}},  {"linux-4.9", {0, 2, 3, 6, 11, 129}},
        {"linux-4.4", {0, 2, 3, 6, 11, 129}},  {"linux-3.13", {1, 2, 3, 6, 11, 129}},
        {"linux-2.6", {1, 2, 3, 6, 11, 129}},  {"rfc9293", {1, 2, 3, 6, 11, 129}},
        {"freebsd", {1, 2, 4, 8, 16, 193}},    {"macos", {128, 1, 2, 5, 10, 128}},
        {"solaris", {1, 1, 2, 5, 10, 128}},    {"windows", {1, 1, 2, 5, 10, 128}},
        {"bsd-4.4", {1, 2, 4, 8, 8, 8}},
    };
    for (const Room& room : rooms) {
        for (std::size_t i = 0; i < std::size(kBacklogs); ++i) {
            INFO(room.profile << ", backlog " << kBacklogs[i]);
            CHECK(connections(room.profile, kBacklogs[i]) == room.takes[i]);
        }
    }
}

TEST_CASE("how many requests are half-open, by profile and backlog") {
    const Room rooms[] = {
        {"linux-6.18", {1, 2, 3, 6, 11, 129}},
        {"linux-6.12", {1, 2, 3, 6, 11, 129}},
        {"linux-6.1", {1, 2, 3, 6, 11, 129}},
        {"linux-4.9", {0, 1, 2, 5, 10, 128}},
        {"linux-4.4", {0, 1, 2, 5, 10, 128}},
        {"linux-3.13", {16, 16, 16, 16, 16, 256}},
        {"linux-2.6", {16, 16, 16, 16, 16, 256}},
        {"freebsd", {kAny, kAny, kAny, kAny, kAny, kAny}},
        {"macos", {kAny, kAny, kAny, kAny, kAny, kAny}},
        {"windows", {1, 1, 2, 5, 10, 128}},
        {"bsd-4.4", {1, 2, 4, 8, 8, 8}},
    };
    for (const Room& room : rooms) {
        for (std::size_t i = 0; i < std::size(kBacklogs); ++i) {
            INFO(room.profile << ", backlog " << kBacklogs[i]);
            CHECK(requests(room.profile, kBacklogs[i]) == room.takes[i]);
        }
    }
}

TEST_CASE("what Linux 6.1, 6.12 and 6.18 took") {
    std::size_t compared = 0;
    for (const CsvRow& row : read_csv("listener_capacity.csv")) {
        INFO(row.at("profile") << " " << row.at("what") << " " << row.at("backlog"));
        const std::int64_t backlog = std::stoll(row.at("backlog"));
        const int measured = std::stoi(row.at("taken"));
        if (row.at("what") == "full") {
            Stall stall(row.at("profile"), backlog);
            stall.taken(true);
            CHECK((stall.next().syn() == Drop::None) == (measured != 0));
        } else {
            CHECK((row.at("what") == "requests" ? requests : connections)(row.at("profile"),
                                                                          backlog) == measured);
        }
        ++compared;
    }
    CHECK(compared == 54);
}

TEST_CASE("the table of requests before Linux 4.3 is a power of two, bounded from both sides") {
    CHECK(request_table(0, 2048) == 16);
    CHECK(request_table(14, 2048) == 16);
    CHECK(request_table(15, 2048) == 16);
    CHECK(request_table(16, 2048) == 32);
    CHECK(request_table(128, 2048) == 256);
    CHECK(request_table(128, 100) == 128);
    CHECK(request_table(128, 0) == 16);
}

TEST_CASE("before Linux 4.10 a full accept queue answers while few requests are young") {
    for (const std::string_view profile : {"linux-4.4", "linux-3.13", "linux-2.6"}) {
        INFO(profile);
        constexpr std::size_t kRoom = 11;
        Stall stall(profile, 10);
        while (stall.peers.size() < kRoom) {
            stall.next().open();
        }
        REQUIRE(stall.queues().accept_queue == kRoom);
        CHECK(stall.next().syn() == Drop::None);
        CHECK(stall.next().syn() == Drop::None);
        CHECK(stall.next().syn() == Drop::AcceptQueueFull);
        CHECK(stall.bench.count(0, Mib::ListenOverflows) == 1);
        CHECK(stall.peers[kRoom].send(kAck, 1, 1) == Drop::AckAcceptQueueFull);
        // Once their SYN-ACKs have been repeated they are young no more.
        stall.bench.run_for(seconds(3));
        REQUIRE(stall.queues().young == 0);
        CHECK(stall.next().syn() == Drop::None);
        CHECK(stall.next().syn() == Drop::None);
        CHECK(stall.next().syn() == Drop::AcceptQueueFull);
    }
    Stall later("linux-4.9", 2);
    later.taken(true);
    CHECK(later.next().syn() == Drop::AcceptQueueFull);
}

TEST_CASE("a final ACK at a full accept queue, by profile") {
    struct Fate {
        std::string_view profile;
        Drop drop;
        Lines answer;
        State state;
    };
    const Fate fates[] = {
        {"linux-6.18", Drop::AckAcceptQueueFull, {}, State::HalfOpen},
        {"linux-6.18-abort", Drop::AckAcceptQueueReset, {"RST 1"}, State::Closed},
        {"freebsd", Drop::AckAcceptQueueReset, {"RST 1"}, State::Closed},
        {"solaris", Drop::None, {}, State::Established},
    };
    for (const Fate& fate : fates) {
        INFO(fate.profile);
        Stall stall(fate.profile, 2);
        Peer& late = stall.next();
        late.syn();
        late.heard();
        stall.taken(true);
        CHECK(late.send(kAck, 1, 1) == fate.drop);
        CHECK(late.heard() == fate.answer);
        CHECK(late.state() == fate.state);
    }
    // Where half-open connections count, nobody comes in who could displace one.
    for (const std::string_view profile : {"bsd-4.4", "windows"}) {
        INFO(profile);
        Stall stall(profile, 2);
        Peer& early = stall.next();
        early.syn();
        stall.taken(true);
        CHECK(early.send(kAck, 1, 1) == Drop::None);
        CHECK(early.state() == State::Established);
    }
}

TEST_CASE("FreeBSD answers every SYN, however full the accept queue") {
    Stall stall("freebsd", 0);
    stall.taken(true);
    REQUIRE(stall.queues().accept_queue == 1);
    for (int i = 0; i < 20; ++i) {
        CHECK(stall.next().syn() == Drop::None);
    }
}

TEST_CASE("on macOS the oldest half-open connection makes room, but no completed one") {
    Stall stall("macos", 2);
    Peer& done = stall.next();
    done.open();
    Peer& oldest = stall.next();
    oldest.syn();
    stall.bench.run_for(milliseconds(10));
    Peer& newer = stall.next();
    CHECK(newer.syn() == Drop::None);
    CHECK(oldest.state() == State::Closed);
    CHECK(newer.state() == State::HalfOpen);
    CHECK(done.state() == State::Established);
    CHECK(stall.queues().request_queue == 1);
    CHECK(newer.send(kAck, 1, 1) == Drop::None);
    CHECK(stall.next().syn() == Drop::AcceptQueueFull);
}

TEST_CASE("Solaris lets an old half-open connection go only after its first timeout") {
    Stall stall("solaris", 1);
    constexpr int kRoom = 1025;
    for (int i = 0; i < kRoom; ++i) {
        REQUIRE(stall.next().syn() == Drop::None);
    }
    CHECK(stall.next().syn() == Drop::RequestQueueFull);
    stall.bench.run_for(milliseconds(1'500));
    CHECK(stall.next().syn() == Drop::None);
    CHECK(stall.peers.front().state() == State::Closed);
    CHECK(stall.queues().request_queue == kRoom);
}

TEST_CASE("Windows resets a SYN that finds no room, and a Windows client tries three times") {
    Stall stall("windows", 1);
    stall.taken(true);
    Peer& refused = stall.next();
    CHECK(refused.syn() == Drop::AcceptQueueFull);
    CHECK(refused.heard() == Lines{"RST+ACK 0/1"});

    HostConfig client = host_of("windows");
    HostConfig server = host_of("windows");
    client.address = kHostB;
    Bench bench({server, client});
    const SocketId socket = bench.socket(1);
    CHECK(bench.connect(1, socket, {kHostA, kPort}).blocked);
    bench.run_for(milliseconds(999));
    CHECK(bench.connect(1, socket, {kHostA, kPort}).blocked);
    bench.run_for(milliseconds(1));
    CHECK(bench.connect(1, socket, {kHostA, kPort}).error == Errno::Econnrefused);
    std::vector<std::int64_t> at;
    for (const SentSegment& each : bench.sent) {
        if (each.from == 1) {
            at.push_back(each.t.ns / 1'000'000);
        }
    }
    CHECK(at == std::vector<std::int64_t>{0, 500, 1000});
    CHECK(bench.armed_timers() == 0);
}

TEST_CASE("what listen() makes of odd backlogs") {
    const auto in_force = [](std::string_view profile, std::int64_t asked) {
        Stall stall(profile, asked);
        return stall.queues().backlog;
    };
    CHECK(in_force("linux-6.18", -1) == 4096);
    CHECK(in_force("linux-3.13", -1) == 128);
    CHECK(in_force("linux-3.13", 4096) == 128);
    CHECK(in_force("bsd-4.4", -1) == 0);
    CHECK(in_force("bsd-4.4", 6) == 5);
    CHECK(in_force("freebsd", -1) == 128);
    CHECK(in_force("freebsd", 0) == 0);
    CHECK(in_force("macos", 0) == 128);
    CHECK(in_force("macos", -7) == 128);
    CHECK(in_force("solaris", 0) == 1);
    CHECK(in_force("solaris", -7) == 1);
    CHECK(in_force("windows", 0) == 1);
    CHECK(in_force("windows", 1000) == 200);
}

TEST_CASE("requests age from half of a backlog of eight, or from half of the table") {
    const auto from = [](std::string_view profile, std::uint32_t backlog) {
        return aging_from(find_profile(profile)->listen, backlog, 2048);
    };
    CHECK(from("linux-6.18", 2) == 5);
    CHECK(from("linux-6.18", 8) == 5);
    CHECK(from("linux-6.18", 9) == 5);
    CHECK(from("linux-6.18", 10) == 6);
    CHECK(from("linux-3.13", 2) == 8);
    CHECK(from("linux-3.13", 128) == 128);
    CHECK(from("bsd-4.4", 128) == UINT32_MAX);
}

}  // namespace synq
