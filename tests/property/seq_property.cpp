// Laws of sequence arithmetic, near the wrap and anywhere.
#include "model/base/seq.h"
#include "sim/des/random.h"
#include "tests/catch.h"

#include <cstdint>

namespace synq {
namespace {

// Half of the numbers lie close to an edge of the circle's two halves.
std::uint32_t drawn(RandomStream& random) {
    const auto any = static_cast<std::uint32_t>(random.next());
    switch (random.uniform(4)) {
        case 0:
            return (any % 9) - 4;
        case 1:
            return 0x8000'0000U + (any % 9) - 4;
        default:
            return any;
    }
}

}  // namespace

TEST_CASE("adding and subtracting octets are inverse, and distance measures them") {
    RandomStream random(1, "seq", 0);
    for (int i = 0; i < 100'000; ++i) {
        const Seq s{drawn(random)};
        const std::uint32_t octets = drawn(random);
        REQUIRE((s + octets) - octets == s);
        REQUIRE((s + octets) - s == static_cast<std::int32_t>(octets));
        Seq moved = s;
        moved += octets;
        REQUIRE(moved == s + octets);
    }
}

TEST_CASE("of two numbers less than half a circle apart exactly one is before the other") {
    RandomStream random(2, "seq", 0);
    for (int i = 0; i < 100'000; ++i) {
        const Seq a{drawn(random)};
        const auto distance = static_cast<std::uint32_t>(1 + random.uniform(0x7fff'ffff));
        const Seq b = a + distance;
        REQUIRE(before(a, b));
        REQUIRE(after(b, a));
        REQUIRE_FALSE(before(b, a));
        REQUIRE_FALSE(at_or_after(a, b));
        REQUIRE(at_or_before(a, b));
        REQUIRE(later(a, b) == b);
        REQUIRE(later(b, a) == b);
    }
}

TEST_CASE("a window holds exactly as many numbers as its size, wherever it begins") {
    RandomStream random(3, "seq", 0);
    for (int i = 0; i < 100'000; ++i) {
        const Seq left{drawn(random)};
        const std::uint32_t size = drawn(random);
        const std::uint32_t offset = drawn(random);
        REQUIRE(in_window(left + offset, left, size) == (offset < size));
    }
}

TEST_CASE("a window is the same when everything moves") {
    RandomStream random(4, "seq", 0);
    for (int i = 0; i < 100'000; ++i) {
        const Seq s{drawn(random)};
        const Seq left{drawn(random)};
        const std::uint32_t size = drawn(random);
        const std::uint32_t shift = drawn(random);
        REQUIRE(in_window(s, left, size) == in_window(s + shift, left + shift, size));
    }
}

TEST_CASE("for windows below half the circle two comparisons say the same") {
    RandomStream random(5, "seq", 0);
    for (int i = 0; i < 100'000; ++i) {
        const Seq left{drawn(random)};
        const auto size = static_cast<std::uint32_t>(random.uniform(0x4000'0000));
        const Seq s =
            left + (static_cast<std::uint32_t>(random.uniform(0x8000'0000)) - 0x4000'0000);
        REQUIRE(in_window(s, left, size) == (at_or_after(s, left) && before(s, left + size)));
    }
}

}  // namespace synq
