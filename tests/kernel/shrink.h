// From a script that fails to the shortest that still does.
#pragma once

#include "tests/kernel/script.h"

#include <functional>

namespace synq::test {

/// Leaves out and simplifies steps as long as `fails` holds.
Script shrink(Script script, const std::function<bool(const Script&)>& fails);

}  // namespace synq::test
