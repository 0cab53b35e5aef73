// Times as text, from integer nanoseconds: no floating point, so equal runs print equal bytes.
#pragma once

#include "model/base/time.h"

#include <string>

namespace synq {

/// Decimal seconds with all digits that matter and no others: "35.6", "0.000000001", "-20". A valid
/// JSON number.
std::string exact_seconds(Duration d);
std::string exact_seconds(Instant t);

/// Decimal seconds with `decimals` (0 to 9) digits; the rest is cut off, so order is kept.
std::string fixed_seconds(Instant t, int decimals);

/// Three significant digits and a unit, for sentences: "60 us", "52.1 ms", "5.13 s", "135 s".
std::string rough_duration(Duration d);

}  // namespace synq
