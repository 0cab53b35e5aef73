// A short result, all of it known before it is written.
#pragma once

#include <string>
#include <string_view>

namespace synq {

/// To standard output, or to a file as Output writes it. Returns the exit code.
int print(std::string_view text, const std::string& path = {});

}  // namespace synq
