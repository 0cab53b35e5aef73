#include "sim/des/timing_wheel.h"

#include "tests/catch.h"
#include "tests/unit/timer_nodes.h"

#include <cstdint>
#include <vector>

namespace synq {
namespace {

struct Fixture {
    TimerNodes nodes{64};
    TimingWheel<TimerNodes> wheel;

    void arm(std::uint32_t timer, Duration delay) {
        wheel.arm(nodes, TimerNodes::ref(timer), wheel.now() + delay);
    }
    // Indices in the order in which they are due up to `limit`.
    std::vector<std::uint32_t> popped(Instant limit = kNever) {
        std::vector<std::uint32_t> out;
        for (TimerRef t = wheel.pop_due(nodes, limit); t.valid(); t = wheel.pop_due(nodes, limit)) {
            CHECK(t == TimerNodes::ref(t.index));
            CHECK_FALSE(nodes(t).armed());
            out.push_back(t.index);
        }
        return out;
    }
};

using Order = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE_METHOD(Fixture, "an empty wheel has no deadline and its clock only moves to a limit") {
    CHECK(wheel.empty());
    CHECK(wheel.next_deadline() == kNever);
    CHECK_FALSE(wheel.pop_due(nodes, kNever).valid());
    CHECK(wheel.now() == Instant{0});
    CHECK_FALSE(wheel.pop_due(nodes, Instant{100}).valid());
    CHECK(wheel.now() == Instant{100});
    CHECK(wheel.advance(nodes, kNever) == Instant{100});
    CHECK(wheel.advance(nodes, Instant{5}) == Instant{100});
}

TEST_CASE_METHOD(Fixture, "a timer is due at its deadline and not a nanosecond before") {
    arm(3, seconds(60));
    CHECK_FALSE(wheel.pop_due(nodes, Instant{59'999'999'999}).valid());
    CHECK(wheel.now() == Instant{59'999'999'999});
    CHECK(wheel.next_deadline() <= Instant{60'000'000'000});
    CHECK(wheel.pop_due(nodes, Instant{60'000'000'000}) == TimerNodes::ref(3));
    CHECK(wheel.empty());
}

TEST_CASE_METHOD(Fixture, "timers come in order of deadline whatever the order of arming") {
    arm(1, seconds(3'600));
    arm(2, nanoseconds(1));
    arm(3, milliseconds(200));
    arm(4, nanoseconds(63));
    arm(5, nanoseconds(64));
    arm(6, seconds(86'400) * 300);
    arm(7, microseconds(1));
    CHECK(popped() == Order{2, 4, 5, 7, 3, 1, 6});
}

TEST_CASE_METHOD(Fixture, "equal deadlines come in order of arming, across levels") {
    const Instant deadline{1'000'000};
    wheel.arm(nodes, TimerNodes::ref(1), deadline);
    wheel.advance(nodes, Instant{999'000});
    wheel.arm(nodes, TimerNodes::ref(2), deadline);
    wheel.advance(nodes, Instant{999'990});
    wheel.arm(nodes, TimerNodes::ref(0), deadline);
    wheel.advance(nodes, deadline);
    wheel.arm(nodes, TimerNodes::ref(3), deadline);
    CHECK(popped() == Order{1, 2, 0, 3});
}

TEST_CASE_METHOD(Fixture, "popping sets the clock to the deadline, not to the limit") {
    arm(1, nanoseconds(50));
    arm(2, nanoseconds(100));
    CHECK(wheel.pop_due(nodes, Instant{100}) == TimerNodes::ref(1));
    CHECK(wheel.now() == Instant{50});
    arm(3, nanoseconds(10));
    CHECK(popped(Instant{100}) == Order{3, 2});
    CHECK(wheel.now() == Instant{100});
}

TEST_CASE_METHOD(Fixture, "advancing stops at the first deadline") {
    arm(1, seconds(7));
    CHECK(wheel.advance(nodes, Instant{} + seconds(9)) == Instant{} + seconds(7));
    CHECK(wheel.next_deadline() == Instant{} + seconds(7));
    CHECK(popped(wheel.now()) == Order{1});
}

TEST_CASE_METHOD(Fixture, "a deadline in the past means now, behind what is due now") {
    wheel.advance(nodes, Instant{1'000});
    wheel.arm(nodes, TimerNodes::ref(1), Instant{1'000});
    wheel.arm(nodes, TimerNodes::ref(2), Instant{10});
    CHECK(nodes(TimerNodes::ref(2)).deadline == Instant{1'000});
    CHECK(popped(Instant{1'000}) == Order{1, 2});
}

TEST_CASE_METHOD(Fixture, "re-arming loses the place among equals") {
    arm(1, nanoseconds(5));
    arm(2, nanoseconds(5));
    arm(1, nanoseconds(5));
    CHECK(popped() == Order{2, 1});
}

TEST_CASE_METHOD(Fixture, "a cancelled timer does not come, first, middle or last of its slot") {
    for (std::uint32_t timer = 0; timer < 5; ++timer) {
        arm(timer, milliseconds(1));
    }
    for (const std::uint32_t timer : {0U, 2U, 4U}) {
        wheel.cancel(nodes, TimerNodes::ref(timer));
        CHECK_FALSE(nodes(TimerNodes::ref(timer)).armed());
    }
    CHECK(popped() == Order{1, 3});
}

TEST_CASE_METHOD(Fixture, "cancelling the only timer empties the wheel, twice does nothing") {
    arm(1, seconds(1));
    wheel.cancel(nodes, TimerNodes::ref(1));
    wheel.cancel(nodes, TimerNodes::ref(1));
    CHECK(wheel.empty());
    CHECK(wheel.next_deadline() == kNever);
}

TEST_CASE_METHOD(Fixture, "arming for never cancels") {
    arm(1, seconds(1));
    wheel.arm(nodes, TimerNodes::ref(1), kNever);
    CHECK_FALSE(nodes(TimerNodes::ref(1)).armed());
    CHECK(wheel.empty());
}

TEST_CASE_METHOD(Fixture, "the last instant before never can be waited for") {
    wheel.arm(nodes, TimerNodes::ref(1), kNever - nanoseconds(1));
    arm(2, nanoseconds(0));
    CHECK(popped() == Order{2, 1});
    CHECK(wheel.now() == kNever - nanoseconds(1));
}

TEST_CASE_METHOD(Fixture, "a long slot keeps its order through every level") {
    for (std::uint32_t timer = 0; timer < 60; ++timer) {
        arm(timer, seconds(1) + nanoseconds(timer % 4));
    }
    Order expected;
    for (std::uint32_t remainder = 0; remainder < 4; ++remainder) {
        for (std::uint32_t timer = remainder; timer < 60; timer += 4) {
            expected.push_back(timer);
        }
    }
    CHECK(popped() == expected);
}

TEST_CASE_METHOD(Fixture, "following next_deadline() reaches every timer at its deadline") {
    arm(1, seconds(3) + nanoseconds(17));
    arm(2, seconds(3) + nanoseconds(18));
    Order order;
    int steps = 0;
    while (!wheel.empty()) {
        const Instant bound = wheel.next_deadline();
        const TimerRef timer = wheel.pop_due(nodes, bound);
        REQUIRE(wheel.now() == bound);
        if (timer.valid()) {
            order.push_back(timer.index);
        }
        REQUIRE(++steps < 20);
    }
    CHECK(order == Order{1, 2});
    CHECK(wheel.now() == Instant{3'000'000'018});
}

TEST_CASE_METHOD(Fixture, "a copied wheel with its records runs on its own") {
    arm(1, seconds(1));
    arm(2, seconds(2));
    Fixture copy = *this;
    wheel.cancel(nodes, TimerNodes::ref(1));
    CHECK(popped() == Order{2});
    CHECK(copy.popped() == Order{1, 2});
}

}  // namespace synq
