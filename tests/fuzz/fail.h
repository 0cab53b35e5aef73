// How a fuzz target says that something does not hold: a line, and an abort that the fuzzer sees.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace synq {

inline void require(bool holds, const char* claim) {
    if (!holds) {
        std::fprintf(stderr, "does not hold: %s\n", claim);
        std::abort();
    }
}

}  // namespace synq
