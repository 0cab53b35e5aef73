// A user's mistake as a value: where it is and what to do about it (design decision 10).
#pragma once

#include "sim/proc/program.h"

#include <span>
#include <string>
#include <string_view>

namespace synq {

struct Diagnostic {
    std::string file;     // as the user named it; empty when no file is involved
    SourcePos pos;        // line 0: the file as a whole
    std::string problem;  // "unknown key 'backlogg' in [parameters]"
    std::string remedy;   // "did you mean 'backlog'?"; may be empty
};

/// "six.toml:12:3: error: unknown key ... (did you mean ...?)".
std::string to_string(const Diagnostic& diagnostic);

/// The candidate nearest to `word` by edit distance, or empty when none is near enough to suggest.
std::string nearest(std::string_view word, std::span<const std::string_view> candidates);

/// "did you mean 'listen'? known calls: socket, bind, ..." from nearest() and the whole list;
/// `what` names the list ("known calls"). Empty when there are no candidates.
std::string suggest(std::string_view word, std::span<const std::string_view> candidates,
                    std::string_view what);

}  // namespace synq
