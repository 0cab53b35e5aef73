// What a pop costs: N timers pending, each pop re-arms the timer that was popped and, every second
// time, another one too (1.5 arms and 0.5 cancels a pop). Records are 64 octets and touched at
// random, as connections are. The order's digest shows that two builds did the same work.
// The drawing of delays and the digest are some 30 ns of it.
// Usage: bench_wheel_bench [largest N, default 1000000]
#include "model/base/hash.h"
#include "sim/des/linux_wheel.h"
#include "sim/des/random.h"
#include "sim/des/timing_wheel.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fmt/format.h>
#include <vector>

namespace synq {
namespace {

struct alignas(64) Record {
    TimerNode timer;
    std::uint64_t touched = 0;
};

struct Records {
    std::vector<Record> records;

    TimerNode& operator()(TimerRef timer) { return records[timer.index].timer; }
};

TimerRef ref(std::uint64_t index) {
    return {.index = static_cast<std::uint32_t>(index), .owner = 0};
}

// Connections' delays: mostly a second, some of a round trip, some of TIME-WAIT.
Duration any_delay(RandomStream& random) {
    const std::uint64_t draw = random.next();
    const auto within = static_cast<std::int64_t>(draw >> 24U);  // 40 bits: 0 to 1100 s
    switch (draw % 4) {
        case 0:
            return nanoseconds(within % 50'000'000);
        case 1:
            return seconds(60) + nanoseconds(within % 1'000'000);
        default:
            return nanoseconds(within % 2'000'000'000);
    }
}

struct Result {
    std::uint64_t pops = 0;
    double ns_per_pop = 0;
    Instant reached;
    std::uint64_t digest = 0;
};

// `Driver` has arm(timer, now, delay) and pop(), which returns the timer and moves now().
template <class Driver>
Result measure(std::size_t pending, std::uint64_t pops) {
    Driver driver(pending);
    RandomStream random(1, "bench", pending);
    for (std::size_t i = 0; i < pending; ++i) {
        driver.arm(ref(i), any_delay(random));
    }
    Fnv64 digest;
    Result out{.pops = pops};
    const auto begin = std::chrono::steady_clock::now();
    for (std::uint64_t i = 0; i < pops; ++i) {
        const TimerRef timer = driver.pop();
        ++driver.nodes.records[timer.index].touched;
        digest.add(timer.index);
        driver.arm(timer, any_delay(random));
        if (i % 2 == 0) {
            const TimerRef other = ref(random.uniform(pending));
            driver.arm(other, any_delay(random));
        }
    }
    const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - begin;
    out.ns_per_pop = spent.count() / static_cast<double>(pops);
    out.reached = driver.now();
    out.digest = digest.value();
    return out;
}

struct ExactDriver {
    Records nodes;
    TimingWheel<Records> wheel;

    explicit ExactDriver(std::size_t pending) { nodes.records.resize(pending); }

    [[nodiscard]] Instant now() const { return wheel.now(); }
    void arm(TimerRef timer, Duration delay) { wheel.arm(nodes, timer, now() + delay); }
    TimerRef pop() { return wheel.pop_due(nodes, kNever); }
};

struct LinuxDriver {
    Records nodes;
    LinuxWheel<Records> wheel{250, Duration{}};
    Instant clock;

    explicit LinuxDriver(std::size_t pending) { nodes.records.resize(pending); }

    [[nodiscard]] Instant now() const { return clock; }
    void arm(TimerRef timer, Duration delay) { wheel.arm(nodes, timer, clock, clock + delay); }
    TimerRef pop() {
        TimerRef timer = wheel.pop_expired(nodes);
        if (!timer.valid()) {
            clock = wheel.next_deadline();
            wheel.collect(nodes, clock);
            timer = wheel.pop_expired(nodes);
        }
        return timer;
    }
};

void print(const char* name, std::size_t pending, const Result& result) {
    fmt::print("{:<12} pending {:>9}  pops {:>9}  {:>7.1f} ns/pop  reached {:>10.3f} s  {:016x}\n",
               name, pending, result.pops, result.ns_per_pop, to_seconds(result.reached),
               result.digest);
}

}  // namespace
}  // namespace synq

int main(int argc, char** argv) {
    const std::size_t largest = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
    for (std::size_t pending = 1'000; pending <= largest; pending *= 10) {
        const std::uint64_t pops = pending * 4 > 2'000'000 ? pending * 4 : 2'000'000;
        synq::print("TimingWheel", pending, synq::measure<synq::ExactDriver>(pending, pops));
        synq::print("LinuxWheel", pending, synq::measure<synq::LinuxDriver>(pending, pops));
    }
}
