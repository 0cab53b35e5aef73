// The machine's errno numbers as the model's names.
#pragma once

#include "model/base/errors.h"

namespace synq {

/// Errno::Other for a number that the model has no name for; None for 0.
Errno errno_from_number(int number);

}  // namespace synq
