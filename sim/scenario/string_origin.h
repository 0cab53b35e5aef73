// Where the characters of a TOML string stand in the file. Programs and expressions live inside
// such strings, and a mistake in one is shown where the author sees it.
#pragma once

#include "sim/proc/lexer.h"

#include <string_view>

namespace synq {

/// `opening` is the place of the string's first quote, `value` what the TOML parser read.
TextOrigin locate_string(std::string_view file_text, std::string_view file, SourcePos opening,
                         std::string_view value);

}  // namespace synq
