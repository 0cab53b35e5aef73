#include "sim/des/linux_wheel.h"

#include "tests/catch.h"
#include "tests/unit/timer_nodes.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

namespace synq {
namespace {

using Order = std::vector<std::uint32_t>;

struct Host {
    TimerNodes nodes{64};
    LinuxWheel<TimerNodes> wheel;
    Instant now;

    explicit Host(int hz = 250, Duration phase = {}) : wheel(hz, phase) {}

    void arm(std::uint32_t timer, Duration delay) {
        wheel.arm(nodes, TimerNodes::ref(timer), now, now + delay);
    }
    void cancel(std::uint32_t timer) { wheel.cancel(nodes, TimerNodes::ref(timer)); }
    // Waits for the next bucket; the order in which its timers run.
    Order next_bucket() {
        now = wheel.next_deadline();
        wheel.collect(nodes, now);
        return popped();
    }
    Order popped() {
        Order out;
        for (TimerRef t = wheel.pop_expired(nodes); t.valid(); t = wheel.pop_expired(nodes)) {
            CHECK_FALSE(nodes(t).armed());
            out.push_back(t.index);
        }
        return out;
    }
    // How late a timer runs that is armed for this delay.
    Duration lateness(Duration delay) {
        const Instant deadline = now + delay;
        arm(0, delay);
        CHECK(next_bucket() == Order{0});
        return now - deadline;
    }
};

}  // namespace

TEST_CASE("jiffies and instants convert exactly when HZ does not divide a second") {
    const JiffyClock clock(300, milliseconds(1));
    for (const std::int64_t jiffy : {1, 2, 3, 299, 300, 301, 1'000'000'007}) {
        const Instant start = clock.start_of(jiffy);
        CHECK(clock.jiffy_at(start) == jiffy);
        CHECK(clock.jiffy_at(start - nanoseconds(1)) == jiffy - 1);
    }
    CHECK(clock.start_of(3) == Instant{9'000'000});
    CHECK(clock.jiffy_at(Instant{0}) == 0);
}

TEST_CASE("the phase says where in the wheel the run starts") {
    const JiffyClock clock(250, milliseconds(10));
    CHECK(clock.jiffy_at(Instant{0}) == 2);
    CHECK(clock.start_of(3) == Instant{} + milliseconds(2));
}

TEST_CASE("SYN retransmissions fall where a Linux machine with HZ=250 was seen to send them") {
    // linux.md 0.1 and 6: armed for 1, 1, 1, 1, 1, 2, 4, 8, 16 s.
    const std::vector<double> measured{1.03, 2.06, 3.08, 4.1, 5.13, 7.14, 11.4, 19.6, 35.7};
    for (std::int64_t phase_ms = 0; phase_ms < 16'384; phase_ms += 3) {
        Host host(250, milliseconds(phase_ms));
        std::size_t timeout = 0;
        for (const int delay : {1, 1, 1, 1, 1, 2, 4, 8, 16}) {
            CHECK(host.lateness(seconds(delay)) >= Duration{});
            const double granule = delay < 2 ? 0.032 : 0.256;
            REQUIRE(to_seconds(host.now) <= measured[timeout] + 0.02);
            REQUIRE(to_seconds(host.now) > measured[timeout] - granule - 0.02);
            ++timeout;
        }
        REQUIRE(host.now >= Instant{} + milliseconds(35'450));
        REQUIRE(host.now <= Instant{} + milliseconds(35'730));
    }
}

TEST_CASE("a phase of nothing gives the measured schedule to the millisecond") {
    Host host;
    std::vector<std::int64_t> at_ms;
    for (const int delay : {1, 1, 1, 1, 1, 2, 4, 8, 16}) {
        host.lateness(seconds(delay));
        at_ms.push_back(host.now.ns / 1'000'000);
    }
    CHECK(at_ms == std::vector<std::int64_t>{1'024, 2'048, 3'072, 4'096, 5'120, 7'136, 11'264,
                                             19'456, 35'584});
}

TEST_CASE("a timer is later by no more than its level's granule, and never early") {
    struct Row {
        Duration delay;
        Duration granule;
    };
    for (const Row& row :
         std::initializer_list<Row>{{milliseconds(4), milliseconds(4)},
                                    {milliseconds(248), milliseconds(4)},
                                    {milliseconds(252), milliseconds(32)},
                                    {milliseconds(2'012), milliseconds(32)},
                                    {milliseconds(2'016), milliseconds(256)},
                                    {milliseconds(16'124), milliseconds(256)},
                                    {milliseconds(16'128), milliseconds(2'048)},
                                    {seconds(129), milliseconds(2'048)},
                                    {milliseconds(129'024), milliseconds(16'384)}}) {
        Duration latest{};
        const Duration step = row.granule / 32;
        for (std::int64_t i = 0; i < 64; ++i) {
            Host host;
            host.now = Instant{} + step * i;
            const Duration late = host.lateness(row.delay);
            REQUIRE(late > Duration{});
            REQUIRE(late <= row.granule);
            latest = std::max(latest, late);
        }
        CHECK(latest > row.granule - step);
    }
}

TEST_CASE("timers of one granule fire together, the last armed first") {
    Host host;
    for (std::uint32_t timer = 0; timer < 4; ++timer) {
        host.now = Instant{} + milliseconds(5 * timer);
        host.arm(timer, seconds(1));
    }
    CHECK(host.next_bucket() == Order{3, 2, 1, 0});
    for (const std::uint32_t timer : {3U, 2U, 1U, 0U}) {
        host.arm(timer, seconds(1));
    }
    CHECK(host.next_bucket() == Order{0, 1, 2, 3});
}

TEST_CASE("at one jiffy the higher levels run first") {
    Host host;
    // Jiffy 576 from 2.3 s away (level 2), from 1.1 s (level 1) and from 0.1 s (level 0).
    host.arm(1, milliseconds(2'300));
    host.now = Instant{} + milliseconds(1'200);
    host.arm(2, milliseconds(1'080));
    host.now = Instant{} + milliseconds(2'200);
    host.arm(3, milliseconds(100));
    const Instant together = host.wheel.next_deadline();
    REQUIRE(together == Instant{} + milliseconds(2'304));
    CHECK(host.next_bucket() == Order{1, 2, 3});
}

TEST_CASE("a timer armed by a timer for now runs at the next jiffy") {
    Host host;
    host.arm(1, milliseconds(40));
    host.next_bucket();
    const Instant ran = host.now;
    host.arm(2, Duration{});
    CHECK(host.wheel.next_deadline() == ran + milliseconds(4));
    host.arm(3, milliseconds(-500));
    CHECK(host.next_bucket() == Order{3, 2});
    CHECK(host.now == ran + milliseconds(4));
}

TEST_CASE("a timer can be cancelled while it waits to run") {
    Host host;
    for (std::uint32_t timer = 0; timer < 3; ++timer) {
        host.arm(timer, milliseconds(1));
    }
    host.wheel.collect(host.nodes, host.wheel.next_deadline());
    CHECK(host.wheel.next_deadline() == kNever);
    host.cancel(1);
    CHECK(host.popped() == Order{2, 0});
}

TEST_CASE("re-arming a timer that waits to run takes it back") {
    Host host;
    host.arm(0, milliseconds(1));
    host.arm(1, milliseconds(1));
    host.now = host.wheel.next_deadline();
    host.wheel.collect(host.nodes, host.now);
    host.arm(0, seconds(1));
    CHECK(host.popped() == Order{1});
    CHECK(host.next_bucket() == Order{0});
    CHECK(host.now >= Instant{} + seconds(1));
}

TEST_CASE("cancelling the last timer of a bucket leaves nothing to wait for") {
    Host host;
    host.arm(0, seconds(1));
    host.arm(1, seconds(5));
    const Instant later = host.nodes(TimerNodes::ref(1)).deadline;
    host.cancel(0);
    CHECK(host.wheel.next_deadline() > later);
    host.cancel(1);
    host.cancel(1);
    CHECK(host.wheel.next_deadline() == kNever);
}

TEST_CASE("collecting late runs jiffy after jiffy") {
    Host host;
    host.arm(0, milliseconds(400));
    host.arm(1, milliseconds(4));
    host.arm(2, milliseconds(8));
    host.wheel.collect(host.nodes, Instant{} + seconds(1));
    CHECK(host.popped() == Order{1, 2, 0});
}

TEST_CASE("a deadline beyond the wheel is shortened to its capacity") {
    // 62 buckets of 8^8 jiffies with nine levels, of 8^7 with eight; rounded up to a bucket.
    Host nine(250);
    nine.arm(0, seconds(86'400) * 365);
    CHECK(nine.wheel.next_deadline() == nine.wheel.clock().start_of(std::int64_t{63} << 24));
    Host eight(100);
    eight.arm(0, seconds(86'400) * 365);
    CHECK(eight.wheel.next_deadline() == eight.wheel.clock().start_of(std::int64_t{63} << 21));
}

TEST_CASE("a node keeps the deadline that was asked for until its timer runs") {
    Host host;
    host.arm(0, seconds(1));
    CHECK(host.nodes(TimerNodes::ref(0)).deadline == Instant{} + seconds(1));
    host.next_bucket();
    CHECK_FALSE(host.nodes(TimerNodes::ref(0)).armed());
}

}  // namespace synq
