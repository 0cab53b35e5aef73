// What goes to standard error: one line each, so that scripts and people can rely on it.
#pragma once

#include "sim/scenario/diagnostic.h"

#include <string_view>

namespace synq {

/// "synq: error: ..."; line breaks inside the text become blanks. Returns kWrong, the exit code.
int report_error(std::string_view problem);
/// "synq: error: six.toml:12:3: unknown key 'backlogg' (did you mean 'backlog'?)".
int report_error(const Diagnostic& diagnostic);
/// "synq: ...", for what is no error.
void report_note(std::string_view text);

}  // namespace synq
