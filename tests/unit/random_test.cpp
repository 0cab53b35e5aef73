#include "sim/des/random.h"

#include "tests/catch.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace synq {
namespace {

using Words = std::array<std::uint32_t, 4>;

}  // namespace

TEST_CASE("Philox-4x32-10 yields the published vectors") {
    CHECK(philox({0, 0, 0, 0}, {0, 0}) ==
          Words{0x6627'e8d5, 0xe169'c58d, 0xbc57'ac4c, 0x9b00'dbd8});
    CHECK(
        philox({0xffff'ffff, 0xffff'ffff, 0xffff'ffff, 0xffff'ffff}, {0xffff'ffff, 0xffff'ffff}) ==
        Words{0x408f'276d, 0x41c8'3b0e, 0xa20b'c7c6, 0x6d54'51fd});
    CHECK(
        philox({0x243f'6a88, 0x85a3'08d3, 0x1319'8a2e, 0x0370'7344}, {0xa409'3822, 0x299f'31d0}) ==
        Words{0xd16c'fe09, 0x94fd'cceb, 0x5001'e420, 0x2412'6ea1});
}

TEST_CASE("a stream is the same on every machine and compiler") {
    RandomStream stream(1, "loss", 7);
    CHECK(stream.next() == 0x473b'5ff5'e7bd'3108U);
    CHECK(stream.next() == 0xa018'd8be'483f'd50cU);
    CHECK(stream.next() == 0xe4b8'f2c0'aa14'db54U);
    RandomStream arrivals(42, "arrival", 0);
    CHECK(arrivals.exponential(seconds(1)).ns == 1'829'670'226);
    CHECK(arrivals.exponential(seconds(1)).ns == 53'464'092);
    CHECK(arrivals.exponential(seconds(3600)).ns == 1'174'539'657'288);
    CHECK(std::bit_cast<std::uint64_t>(arrivals.unit()) == 0x3fef'd966'ee8f'7867U);
}

TEST_CASE("seed, purpose and entity each make a stream of its own") {
    const std::uint64_t base = RandomStream(1, "loss", 0).next();
    CHECK(RandomStream(1, "loss", 0).next() == base);
    CHECK(RandomStream(2, "loss", 0).next() != base);
    CHECK(RandomStream(1, "delay", 0).next() != base);
    CHECK(RandomStream(1, "loss", 1).next() != base);
    CHECK(RandomStream(std::uint64_t{1} << 63U, "loss", 0).next() != base);
}

TEST_CASE("a copied stream goes on with the same numbers") {
    RandomStream stream(5, "copy", 0);
    stream.next();
    RandomStream copy = stream;
    for (int i = 0; i < 5; ++i) {
        CHECK(copy.next() == stream.next());
    }
}

TEST_CASE("uniform draws stay below n and reach every value equally often") {
    RandomStream stream(3, "die", 0);
    std::array<int, 6> counts{};
    constexpr int kDraws = 60'000;
    for (int i = 0; i < kDraws; ++i) {
        const std::uint64_t draw = stream.uniform(6);
        REQUIRE(draw < 6);
        ++counts[static_cast<std::size_t>(draw)];
    }
    double chi_squared = 0;
    for (const int count : counts) {
        const double off = count - kDraws / 6.0;
        chi_squared += off * off / (kDraws / 6.0);
    }
    CHECK(chi_squared < 25.7);  // one in 1e4 for 5 degrees of freedom
    CHECK(stream.uniform(1) == 0);
}

TEST_CASE("uniform draws of a large n are not folded onto small values") {
    // With next() % n the lower third would be drawn twice as often.
    constexpr std::uint64_t kThird = std::uint64_t{1} << 62U;
    RandomStream stream(4, "fold", 0);
    int low = 0;
    for (int i = 0; i < 30'000; ++i) {
        low += stream.uniform(3 * kThird) < kThird ? 1 : 0;
    }
    CHECK(low > 9'600);
    CHECK(low < 10'400);
}

TEST_CASE("unit draws are multiples of 2^-53 in [0, 1) with mean one half") {
    RandomStream stream(6, "unit", 0);
    double sum = 0;
    for (int i = 0; i < 100'000; ++i) {
        const double u = stream.unit();
        REQUIRE(u >= 0.0);
        REQUIRE(u < 1.0);
        REQUIRE(u * 0x1p53 == std::floor(u * 0x1p53));
        sum += u;
    }
    CHECK(std::abs(sum / 100'000 - 0.5) < 0.005);
}

TEST_CASE("certain and impossible chances are just that") {
    RandomStream stream(8, "chance", 0);
    int hits = 0;
    for (int i = 0; i < 10'000; ++i) {
        REQUIRE(stream.chance(5, 5));
        REQUIRE_FALSE(stream.chance(0, 5));
        hits += stream.chance(1, 4) ? 1 : 0;
    }
    CHECK(hits > 2'300);
    CHECK(hits < 2'700);
}

TEST_CASE("exponential waits have their mean and the share of long ones") {
    RandomStream stream(7, "wait", 0);
    constexpr int kDraws = 100'000;
    std::int64_t sum = 0;
    int long_waits = 0;
    for (int i = 0; i < kDraws; ++i) {
        const Duration wait = stream.exponential(milliseconds(10));
        REQUIRE(wait.ns >= 0);
        REQUIRE(wait < milliseconds(370));
        sum += wait.ns;
        long_waits += wait > milliseconds(30) ? 1 : 0;
    }
    CHECK(std::abs(static_cast<double>(sum) / kDraws / 1e7 - 1.0) < 0.015);
    CHECK(std::abs(long_waits / double{kDraws} - std::exp(-3.0)) < 0.003);
}

TEST_CASE("portable_log agrees with the library's logarithm") {
    CHECK(portable_log(1.0) == 0.0);
    RandomStream stream(9, "log", 0);
    for (int i = 0; i < 50'000; ++i) {
        const auto exponent = static_cast<int>(stream.uniform(600)) - 300;
        const double x = std::ldexp(1.0 + stream.unit(), exponent);
        const double expected = std::log(x);
        REQUIRE(std::abs(portable_log(x) - expected) <= 4.5e-16 * std::abs(expected) + 1e-16);
    }
}

}  // namespace synq
