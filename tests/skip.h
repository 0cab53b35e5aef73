// Leaving a test that this machine cannot run. ctest shows it as skipped, never as passed.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

namespace synq::test {

/// Ends the process, so it is for tests/kernel, where ctest runs each case in a process of its own.
[[noreturn]] inline void skip(const std::string& why) {
    std::printf("skipped: %s\n", why.c_str());
    std::fflush(nullptr);
    std::_Exit(77);
}

}  // namespace synq::test
