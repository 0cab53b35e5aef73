// Both wheels against models that are slow and obvious.
#include "sim/des/linux_wheel.h"
#include "sim/des/random.h"
#include "sim/des/timing_wheel.h"
#include "tests/catch.h"
#include "tests/unit/timer_nodes.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <ranges>
#include <vector>

namespace synq {
namespace {

constexpr std::uint32_t kTimers = 200;

// From nothing to 2.4 hours, every magnitude equally often.
Duration any_span(RandomStream& random) {
    const std::uint64_t bits = random.uniform(44);
    return nanoseconds(static_cast<std::int64_t>(random.next() >> (63 - bits)));
}

std::uint32_t any_timer(RandomStream& random) {
    return static_cast<std::uint32_t>(random.uniform(kTimers));
}

// A multimap keeps equal keys in the order of insertion.
struct SortedTimers {
    std::multimap<Instant, std::uint32_t> order;
    std::map<std::uint32_t, std::multimap<Instant, std::uint32_t>::iterator> places;
    Instant now;

    void cancel(std::uint32_t timer) {
        if (const auto place = places.find(timer); place != places.end()) {
            order.erase(place->second);
            places.erase(place);
        }
    }
    void arm(std::uint32_t timer, Instant deadline) {
        cancel(timer);
        places[timer] = order.emplace(std::max(deadline, now), timer);
    }
    [[nodiscard]] Instant first() const { return order.empty() ? kNever : order.begin()->first; }
    void advance(Instant limit) {
        if (const Instant reached = std::min(limit, first()); reached != kNever) {
            now = std::max(now, reached);
        }
    }
    std::optional<std::uint32_t> pop(Instant limit) {
        advance(limit);
        if (order.empty() || first() != now) {
            return std::nullopt;
        }
        const std::uint32_t timer = order.begin()->second;
        cancel(timer);
        return timer;
    }
};

struct Pair {
    TimerNodes nodes{kTimers};
    TimingWheel<TimerNodes> wheel;
    SortedTimers model;

    void arm(std::uint32_t timer, Instant deadline) {
        wheel.arm(nodes, TimerNodes::ref(timer), deadline);
        model.arm(timer, deadline);
    }
    void cancel(std::uint32_t timer) {
        wheel.cancel(nodes, TimerNodes::ref(timer));
        model.cancel(timer);
    }
    bool pop(Instant limit) {
        const TimerRef timer = wheel.pop_due(nodes, limit);
        const auto expected = model.pop(limit);
        REQUIRE(timer.valid() == expected.has_value());
        if (expected) {
            REQUIRE(timer == TimerNodes::ref(*expected));
        }
        return expected.has_value();
    }
    void advance(Instant limit) {
        wheel.advance(nodes, limit);
        model.advance(limit);
    }
    void check() const {
        REQUIRE(wheel.now() == model.now);
        REQUIRE(wheel.empty() == model.order.empty());
        REQUIRE(wheel.next_deadline() <= model.first());
        REQUIRE(wheel.next_deadline() >= wheel.now());
        REQUIRE((wheel.next_deadline() == kNever) == model.order.empty());
    }
};

void random_step(Pair& pair, RandomStream& random) {
    const std::uint64_t choice = random.uniform(10);
    const std::uint32_t timer = any_timer(random);
    if (choice < 4) {
        // A coarse deadline now and then, so that equal ones occur.
        const Instant deadline = pair.wheel.now() + any_span(random);
        pair.arm(timer,
                 random.chance(1, 3) ? Instant{deadline.ns & ~std::int64_t{0xfff}} : deadline);
    } else if (choice < 5) {
        pair.cancel(timer);
    } else if (choice < 6) {
        pair.advance(pair.wheel.now() + any_span(random) / 16);
    } else if (choice < 7) {
        pair.pop(pair.wheel.next_deadline());
    } else {
        pair.pop(pair.wheel.now() + any_span(random) / 4);
    }
}

// Linux's wheel without buckets: what is due is found by looking at every timer.
struct SlowLinux {
    struct Armed {
        std::uint32_t timer;
        int level;
        std::int64_t runs_at;  // jiffy
    };

    int hz;
    Duration phase;
    std::vector<Armed> armed;  // oldest first
    std::vector<std::uint32_t> expired;
    std::int64_t clk = 0;

    [[nodiscard]] std::int64_t jiffy(Instant t) const {
        return (t + phase).ns / (1'000'000'000 / hz);
    }
    [[nodiscard]] std::int64_t next() const {
        std::int64_t earliest = kNever.ns;
        for (const Armed& entry : armed) {
            earliest = std::min(earliest, entry.runs_at);
        }
        return earliest;
    }
    void cancel(std::uint32_t timer) {
        std::erase_if(armed, [=](const Armed& entry) { return entry.timer == timer; });
        std::erase(expired, timer);
    }
    void arm(std::uint32_t timer, Instant now, Instant deadline) {
        cancel(timer);
        clk = std::max(clk, std::min(jiffy(now), next()));
        std::int64_t expires = std::max(jiffy(deadline), jiffy(now));
        const int levels = hz > 100 ? 9 : 8;
        std::int64_t granule = 1;
        std::int64_t reach = 63;
        int level = 0;
        while (expires - clk >= reach && level + 1 < levels) {
            ++level;
            granule *= 8;
            reach *= 8;
        }
        if (expires - clk >= reach) {
            expires = clk + reach - granule;
        }
        const std::int64_t runs_at = expires < clk ? clk : (expires / granule + 1) * granule;
        armed.push_back({timer, level, runs_at});
    }
    void collect(Instant now) {
        for (std::int64_t due = next(); due <= jiffy(now); due = next()) {
            for (int level = 8; level >= 0; --level) {
                for (const Armed& entry : std::views::reverse(armed)) {
                    if (entry.runs_at == due && entry.level == level) {
                        expired.push_back(entry.timer);
                    }
                }
            }
            std::erase_if(armed, [=](const Armed& entry) { return entry.runs_at == due; });
            clk = due + 1;
        }
    }
};

struct LinuxPair {
    LinuxPair(int hz, Duration phase) : wheel(hz, phase), model{hz, phase, {}, {}} {}

    TimerNodes nodes{kTimers};
    LinuxWheel<TimerNodes> wheel;
    SlowLinux model;
    Instant now;

    void arm(std::uint32_t timer, Duration delay) {
        wheel.arm(nodes, TimerNodes::ref(timer), now, now + delay);
        model.arm(timer, now, now + delay);
    }
    void cancel(std::uint32_t timer) {
        wheel.cancel(nodes, TimerNodes::ref(timer));
        model.cancel(timer);
    }
    void go_to(Instant t) {
        now = std::max(now, t);
        wheel.collect(nodes, now);
        model.collect(now);
    }
    bool pop() {
        const TimerRef timer = wheel.pop_expired(nodes);
        REQUIRE(timer.valid() == !model.expired.empty());
        if (!timer.valid()) {
            return false;
        }
        REQUIRE(timer == TimerNodes::ref(model.expired.front()));
        model.expired.erase(model.expired.begin());
        return true;
    }
    void check() const {
        const Instant next = wheel.next_deadline();
        REQUIRE((next == kNever) == model.armed.empty());
        if (next != kNever) {
            REQUIRE(wheel.clock().jiffy_at(next) == model.next());
            REQUIRE(wheel.clock().start_of(model.next()) == next);
        }
    }
};

void random_step(LinuxPair& pair, RandomStream& random) {
    const std::uint64_t choice = random.uniform(10);
    const std::uint32_t timer = any_timer(random);
    if (choice < 5) {
        const std::int64_t factor = random.chance(1, 10) ? 4'096 : 1;
        const Duration delay = any_span(random) * factor;
        pair.arm(timer, random.chance(1, 20) ? Duration{} - delay : delay);
    } else if (choice < 6) {
        pair.cancel(timer);
    } else if (choice < 7) {
        pair.go_to(pair.now + any_span(random) / 64);
    } else if (choice < 8 && pair.wheel.next_deadline() != kNever) {
        pair.go_to(pair.wheel.next_deadline());
    } else if (random.chance(1, 4)) {
        pair.now = pair.now + any_span(random) / 64;  // what is due waits to be collected
    } else {
        pair.pop();
    }
}

}  // namespace

TEST_CASE("the timing wheel does what a sorted map does") {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        CAPTURE(seed);
        RandomStream random(seed, "timing wheel", 0);
        Pair pair;
        for (int step = 0; step < 3'000; ++step) {
            random_step(pair, random);
            pair.check();
        }
        while (pair.pop(kNever)) {
            pair.check();
        }
    }
}

TEST_CASE("a copy of the timing wheel, taken at any time, goes on alike") {
    RandomStream random(99, "timing wheel copy", 0);
    Pair pair;
    for (int copies = 0; copies < 20; ++copies) {
        for (int step = 0; step < 200; ++step) {
            random_step(pair, random);
        }
        TimerNodes nodes = pair.nodes;
        auto wheel = pair.wheel;
        SortedTimers model;
        model.now = pair.model.now;
        for (const auto& [deadline, timer] : pair.model.order) {
            model.arm(timer, deadline);
        }
        while (const auto expected = model.pop(kNever)) {
            REQUIRE(wheel.pop_due(nodes, kNever) == TimerNodes::ref(*expected));
            REQUIRE(wheel.now() == model.now);
        }
        REQUIRE(wheel.empty());
    }
}

TEST_CASE("the Linux wheel does what looking at every timer does") {
    for (const int hz : {100, 250, 1'000}) {
        for (std::uint64_t seed = 0; seed < 12; ++seed) {
            CAPTURE(hz, seed);
            RandomStream random(seed, "linux wheel", static_cast<std::uint64_t>(hz));
            LinuxPair pair(hz, any_span(random));
            for (int step = 0; step < 2'000; ++step) {
                random_step(pair, random);
                pair.check();
            }
            while (pair.wheel.next_deadline() != kNever) {
                pair.go_to(pair.wheel.next_deadline());
                pair.check();
            }
            while (pair.pop()) {
                pair.check();
            }
        }
    }
}

TEST_CASE("no Linux timer is early, nor later than an eighth of its delay and a jiffy") {
    RandomStream random(7, "lateness", 0);
    for (int i = 0; i < 20'000; ++i) {
        const Instant now = Instant{} + any_span(random);
        const Duration delay = any_span(random);
        TimerNodes nodes{1};
        LinuxWheel<TimerNodes> wheel(250, any_span(random));
        wheel.arm(nodes, TimerNodes::ref(0), now, now + delay);
        const Duration late = wheel.next_deadline() - (now + delay);
        REQUIRE(late > Duration{});
        REQUIRE(late <= milliseconds(4) + round_up(delay, milliseconds(4)) * 8 / 63);
    }
}

}  // namespace synq
