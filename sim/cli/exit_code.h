// Exit codes, the same for every command.
#pragma once

namespace synq {

inline constexpr int kDone = 0;       // and as expected
inline constexpr int kDifferent = 1;  // done: a difference or a failed expectation was found
inline constexpr int kWrong = 2;      // wrong input or environment
/// A run that Ctrl-C ended, with what it had found by then: 128 + SIGINT, as shells say it.
inline constexpr int kInterrupted = 130;

}  // namespace synq
