// Work with the kernel, done by a child process in a network of its own.
#pragma once

#include "tests/kernel/kernel_subject.h"

#include <functional>
#include <string>
#include <vector>

namespace synq::test {

/// What the child has to say: a line, or many in one text.
using Findings = std::vector<std::string>;

/// Runs `work` in a child. Leaves the test, with the reason, where the kernel cannot be used so
/// (tests/skip.h); fails it when the child breaks.
Findings in_private_network(const std::function<Findings(KernelLab&)>& work,
                            const Settings& settings = {});

}  // namespace synq::test
