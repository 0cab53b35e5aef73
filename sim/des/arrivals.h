// When things arrive one after another: SYNs of a flood, clients of a workload.
#pragma once

#include "model/base/time.h"
#include "sim/des/random.h"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace synq {

/// How far arrivals are apart.
struct ArrivalLaw {
    enum class Gaps : std::uint8_t {
        Constant,
        Exponential,  // a Poisson process
    };
    Duration every;  // the gap, or its mean; positive
    Gaps gaps = Gaps::Constant;
};

/// A constant law has its first arrival at its beginning; a Poisson process after a gap.
class Arrivals {
  public:
    Arrivals(const ArrivalLaw& law, const RandomStream& random)
        : law_(law), random_(random), next_(first()) {}

    /// The next arrival, from the beginning of the process.
    Duration next() {
        const Duration arrival = next_;
        next_ = std::min(next_ + gap(), kEnd);
        return arrival;
    }

  private:
    /// Nothing is later than this, so that no sum overflows.
    static constexpr Duration kEnd = nanoseconds(std::numeric_limits<std::int64_t>::max() / 2);

    Duration first() { return law_.gaps == ArrivalLaw::Gaps::Constant ? Duration{} : gap(); }
    Duration gap() {
        return law_.gaps == ArrivalLaw::Gaps::Constant ? law_.every
                                                       : random_.exponential(law_.every);
    }

    ArrivalLaw law_;
    RandomStream random_;
    Duration next_;
};

}  // namespace synq
