#include "sim/des/random.h"

#include "model/base/hash.h"

#include <bit>
#include <cassert>
#include <cmath>
#include <numbers>

namespace synq {
namespace {

constexpr std::uint32_t low(std::uint64_t x) {
    return static_cast<std::uint32_t>(x);
}
constexpr std::uint32_t high(std::uint64_t x) {
    return static_cast<std::uint32_t>(x >> 32U);
}
constexpr std::uint64_t joined(std::uint32_t low_word, std::uint32_t high_word) {
    return (std::uint64_t{high_word} << 32U) | low_word;
}

std::uint64_t stream_number(std::string_view purpose, std::uint64_t entity) {
    Fnv64 hash;
    hash.add(purpose);
    hash.add(entity);
    return hash.value();
}

std::uint64_t number_of(std::string_view name) {
    Fnv64 hash;
    hash.add(name);
    return hash.value();
}

}  // namespace

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key) {
    constexpr std::uint64_t kMultiplier0 = 0xd251'1f53;
    constexpr std::uint64_t kMultiplier1 = 0xcd9e'8d57;
    constexpr std::uint32_t kWeyl0 = 0x9e37'79b9;  // golden ratio
    constexpr std::uint32_t kWeyl1 = 0xbb67'ae85;  // sqrt(3) - 1
    constexpr int kRounds = 10;
    for (int round = 0; round < kRounds; ++round) {
        const std::uint64_t product0 = kMultiplier0 * counter[0];
        const std::uint64_t product1 = kMultiplier1 * counter[2];
        counter = {high(product1) ^ counter[1] ^ key[0], low(product1),
                   high(product0) ^ counter[3] ^ key[1], low(product0)};
        key[0] += kWeyl0;
        key[1] += kWeyl1;
    }
    return counter;
}

double portable_log(double x) {
    // x = m * 2^e with m in [sqrt(1/2), sqrt(2)).
    constexpr std::uint64_t kMantissa = 0x000f'ffff'ffff'ffff;
    constexpr std::uint64_t kExponentOfOne = 0x3ff0'0000'0000'0000;
    const auto bits = std::bit_cast<std::uint64_t>(x);
    auto e = static_cast<int>(bits >> 52U) - 1023;
    double m = std::bit_cast<double>((bits & kMantissa) | kExponentOfOne);
    if (m > std::numbers::sqrt2) {
        m *= 0.5;
        ++e;
    }
    // log m = 2 atanh s = 2 (s + s^3/3 + s^5/5 + ...) with |s| < 0.1716: 12 terms reach 2^-56.
    const double s = (m - 1.0) / (m + 1.0);
    const double square = s * s;
    double sum = 0.0;
    for (int k = 23; k >= 3; k -= 2) {
        sum = (sum + 1.0 / k) * square;
    }
    // ln 2 in two parts: the product of the first one with an exponent is exact.
    constexpr double kLn2High = 0x1.62e42feep-1;
    constexpr double kLn2Low = 0x1.a39ef35793c76p-33;
    return e * kLn2High + (2.0 * s + (2.0 * s * sum + e * kLn2Low));
}

RandomStream::RandomStream(std::uint64_t seed, std::string_view purpose, std::uint64_t entity)
    : seed_(seed), stream_(stream_number(purpose, entity)) {}

RandomStream::RandomStream(std::uint64_t seed, std::string_view purpose, std::string_view entity)
    : RandomStream(seed, purpose, number_of(entity)) {}

std::uint64_t RandomStream::next() {
    const std::uint64_t draw = draws_++;
    if (draw % 2 != 0) {
        return second_half_;
    }
    const std::uint64_t block = draw / 2;
    const auto words =
        philox({low(block), high(block), low(stream_), high(stream_)}, {low(seed_), high(seed_)});
    second_half_ = joined(words[2], words[3]);
    return joined(words[0], words[1]);
}

std::uint64_t RandomStream::uniform(std::uint64_t n) {
    assert(n != 0);
    // What is left of 2^64 after whole multiples of n would favour small results: draw again.
    const std::uint64_t excess = (0 - n) % n;
    std::uint64_t draw = next();
    while (draw < excess) {
        draw = next();
    }
    return draw % n;
}

double RandomStream::unit() {
    return static_cast<double>(next() >> 11U) * 0x1p-53;
}

bool RandomStream::chance(std::uint64_t numerator, std::uint64_t denominator) {
    return uniform(denominator) < numerator;
}

Duration RandomStream::exponential(Duration mean) {
    return {std::llround(-portable_log(1.0 - unit()) * static_cast<double>(mean.ns))};
}

}  // namespace synq
