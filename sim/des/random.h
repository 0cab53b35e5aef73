// Named random streams (design decision 7).
//
// A stream is a function of (seed, purpose, entity) and of nothing else: a draw added to one stream
// shifts nothing in another, and two policies compared under one seed see the same arrivals.
//
// The generator is Philox-4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
// 2011), which passes BigCrush: the seed is its key; one half of its 128-bit counter is the hash of
// (purpose, entity), the other counts. Streams of one seed therefore never overlap, short of a
// collision of 64-bit hashes. A stream repeats after 2^65 draws. Integers only: the same numbers
// on every machine.
#pragma once

#include "model/base/time.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace synq {

/// One block of Philox-4x32-10.
[[nodiscard]] std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                                  std::array<std::uint32_t, 2> key);

/// The natural logarithm of x, for finite normal x > 0, within 2 units in the last place of the
/// result or 1e-16 absolutely. Unlike std::log it is the same on every machine: it is made of
/// + - * / on IEEE doubles in a fixed order, each rounded by itself as long as the compiler does
/// not fuse them (the build says -ffp-contract=off).
[[nodiscard]] double portable_log(double x);

/// Copyable: a copy goes on with the same numbers.
class RandomStream {
  public:
    /// `purpose` names what is drawn ("loss", "arrival"), `entity` whose draws they are.
    RandomStream(std::uint64_t seed, std::string_view purpose, std::uint64_t entity);
    /// Of an entity that has a name rather than a number.
    RandomStream(std::uint64_t seed, std::string_view purpose, std::string_view entity);

    /// 64 uniform bits.
    std::uint64_t next();
    /// 0 .. n - 1, each equally likely; n must not be 0. May take several draws.
    std::uint64_t uniform(std::uint64_t n);
    /// A multiple of 2^-53 in [0, 1).
    double unit();
    /// True with probability `numerator` / `denominator`, exactly; denominator must not be 0.
    bool chance(std::uint64_t numerator, std::uint64_t denominator);
    /// A waiting time of this mean, rounded to a nanosecond; at most 37 times the mean. Identical
    /// across compilers and optimisation levels (portable_log).
    Duration exponential(Duration mean);

  private:
    std::uint64_t seed_;
    std::uint64_t stream_;
    std::uint64_t draws_ = 0;
    std::uint64_t second_half_ = 0;  // of the current block, when draws_ is odd
};

}  // namespace synq
