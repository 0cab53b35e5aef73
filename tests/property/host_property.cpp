// What holds for a host at every moment, whatever arrives, whoever calls, whichever timer runs out.
#include "tests/catch.h"
#include "tests/property/host_driver.h"

#include <set>

namespace synq {
namespace {

HostConfig config(std::int64_t syncookies, std::int64_t abort_on_overflow = 0) {
    const Profile* profile = find_profile("linux-6.18");
    HostConfig out{.profile = profile,
                   .sysctl = profile->sysctl,
                   .secret = {.k0 = 1, .k1 = 2},
                   .address = HostDriver::kOwn};
    out.sysctl.syncookies = syncookies;
    out.sysctl.abort_on_overflow = abort_on_overflow;
    out.report = true;
    return out;
}

/// Checks that cost no assertion as long as they hold: they run millions of times.
class Checks {
  public:
    void that(bool holds, const char* claim) {
        if (!holds) {
            FAIL(claim);
        }
    }
};

void check_connection(const Connection& c) {
    Checks check;
    check.that(c.state != State::Closed, "what segments find is not closed");
    check.that(at_or_before(c.snd.una, c.snd.nxt), "SND.UNA =< SND.NXT");
    check.that(at_or_before(c.snd.nxt, c.send_end()), "SND.NXT =< what there is to send");
    check.that(at_or_before(c.rcv.acked, c.rcv.nxt), "what was told =< RCV.NXT");
    check.that(c.orphan != c.socket.valid() || c.passive,
               "a connection has an owner or is an orphan");
    check.that(!c.fin_sent || c.fin_queued, "a FIN was queued before it was sent");
}

/// Queues against what the records say.
void check_listener(const HostDriver& driver, std::uint64_t bypassed, bool cookies) {
    Checks check;
    const Store& store = driver.host.store();
    const ListenerId id = driver.host.listener_of(driver.listener);
    const Listener& l = store.listeners[id];
    std::uint32_t requests = 0;
    std::uint32_t young = 0;
    store.flows().for_each([&](RecordRef ref) {
        if (ref.kind() == RecordKind::Request) {
            const Request& r = store.requests[RequestId{ref.index()}];
            check.that(r.listener == id, "a request belongs to the listener");
            ++requests;
            young += r.timeouts == 0 ? 1U : 0U;
        }
    });
    std::uint32_t waiting = 0;
    ConnectionId last;
    for (ConnectionId c = l.first; c.valid(); c = store.connections[c].next_accepted) {
        check.that(!store.connections[c].socket.valid(), "who waits has no descriptor");
        ++waiting;
        last = c;
    }
    check.that(l.last == last, "the queue's end is its last");
    check.that(l.accept_queue == waiting, "accept queue length");
    check.that(l.request_queue == requests, "request queue length");
    check.that(l.young == young, "young requests");
    check.that(l.accept_queue <= l.backlog + 1, "accept queue =< backlog + 1");
    check.that(l.request_queue <= l.backlog + 1 + bypassed, "request queue =< backlog + 1");
    check.that(cookies || l.last_cookie == kNever, "no cookie unless wanted");
}

/// Timers and records, in both directions.
void check_timers(const HostDriver& driver) {
    Checks check;
    const Store& store = driver.host.store();
    std::set<std::pair<int, std::uint32_t>> armed;
    for (const auto& [deadline, timer] : driver.timers) {
        check.that(armed.emplace(timer.kind, timer.index).second, "a timer is armed once");
        check.that(deadline >= driver.now, "no timer has been passed over");
    }
    const auto is_armed = [&](TimerKind kind, std::uint32_t index) {
        return armed.erase({static_cast<int>(kind), index}) != 0;
    };
    store.flows().for_each([&](RecordRef ref) {
        switch (ref.kind()) {
            case RecordKind::Connection: {
                const Connection& c = store.connections[ConnectionId{ref.index()}];
                const bool retransmits = is_armed(TimerKind::Retransmission, ref.index());
                check.that(!c.unacknowledged() || retransmits, "what is unacknowledged is timed");
                check.that(is_armed(TimerKind::DelayedAck, ref.index()) == c.ack.delayed,
                           "a delayed ACK has its timer");
                break;
            }
            case RecordKind::Request:
                check.that(is_armed(TimerKind::Request, ref.index()), "a request has its timer");
                break;
            case RecordKind::TimeWait:
                check.that(is_armed(TimerKind::TimeWait, ref.index()), "TIME-WAIT has its timer");
                break;
            case RecordKind::None:
                break;
        }
    });
    check.that(armed.empty(), "every timer belongs to a live record");
}

void check_output(const HostDriver& driver) {
    Checks check;
    int resets = 0;
    for (const Effect& effect : driver.out) {
        if (const auto* sending = std::get_if<SendPacket>(&effect)) {
            const Segment& s = sending->packet.segment;
            resets += s.flags.rst() ? 1 : 0;
            const bool challenge = s.flags == kAck && s.len == 0;
            check.that(!driver.arrived.flags.rst() || challenge,
                       "a reset is answered by a challenge ACK or not at all");
        }
    }
    check.that(resets <= 1 || driver.arrived.flags == Flags{}, "one reset per segment at most");
    const MibCounters& mib = driver.host.counters();
    check.that(mib[Mib::OutSegs] == driver.sent, "OutSegs counts first transmissions");
    check.that(mib[Mib::RetransSegs] == driver.sent_again, "RetransSegs counts the others");
    check.that(mib[Mib::OutRsts] == driver.resets, "OutRsts counts resets");
}

struct Setting {
    std::uint64_t seed;
    std::int64_t backlog;
    std::int64_t syncookies;
    std::int64_t abort_on_overflow;
};

constexpr int kSteps = 20'000;

}  // namespace

TEST_CASE("a host keeps its records, queues, timers and counters consistent") {
    const Setting settings[] = {{1, 3, 0, 0}, {2, 0, 0, 1}, {3, 1, 1, 0}, {4, 2, 2, 0}};
    for (const Setting& setting : settings) {
        RandomStream random(setting.seed, "host", 0);
        HostDriver driver(config(setting.syncookies, setting.abort_on_overflow), setting.backlog);
        std::uint64_t bypassed = 0;  // requests that a reused TIME-WAIT let past the limits
        INFO("seed " << setting.seed);
        for (int number = 0; number < kSteps; ++number) {
            driver.step(random);
            bypassed += driver.syn_for_time_wait ? 1U : 0U;
            const Store& store = driver.host.store();
            INFO("step " << number);
            store.flows().for_each([&](RecordRef ref) {
                if (ref.kind() == RecordKind::Connection) {
                    check_connection(store.connections[ConnectionId{ref.index()}]);
                }
            });
            check_listener(driver, bypassed, setting.syncookies != 0);
            check_timers(driver);
            check_output(driver);
        }
        // Something must have happened.
        const MibCounters& mib = driver.host.counters();
        CHECK(mib[Mib::PassiveOpens] > 50);
        CHECK(mib[Mib::ActiveOpens] > 50);
        CHECK(mib[Mib::TW] > 5);
        CHECK(mib[Mib::RetransSegs] > 50);

        // And nothing must remain.
        REQUIRE(driver.wind_up());
        const Store& store = driver.host.store();
        CHECK(store.flows().size() == 0);
        CHECK(store.connections.live() == 0);
        CHECK(store.requests.live() == 0);
        CHECK(store.time_waits.live() == 0);
        CHECK(store.listeners.live() == 0);
    }
}

TEST_CASE("equal inputs give equal outputs") {
    const auto run = [](std::uint64_t seed) {
        RandomStream random(seed, "host", 0);
        HostDriver driver(config(1), 2);
        for (int i = 0; i < 5'000; ++i) {
            driver.step(random);
        }
        return driver.digest.value();
    };
    REQUIRE(run(1) == run(1));
    REQUIRE(run(1) != run(2));
}

TEST_CASE("a copy of a host goes on as the original does") {
    RandomStream random(5, "host", 0);
    HostDriver original(config(1), 2);
    for (int round = 0; round < 20; ++round) {
        HostDriver copy = original;
        RandomStream same = random;
        for (int i = 0; i < 300; ++i) {
            original.step(random);
        }
        for (int i = 0; i < 300; ++i) {
            copy.step(same);
        }
        REQUIRE(copy.digest.value() == original.digest.value());
        REQUIRE(copy.now == original.now);
    }
}

}  // namespace synq
