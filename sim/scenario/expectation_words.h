// The words of [[expect]]: counters, calls and errors by their names.
#pragma once

#include "model/base/errors.h"
#include "model/host/call.h"
#include "model/tcb/state.h"
#include "sim/scenario/section.h"

#include <string_view>

namespace synq {

/// Fails unless the model has a counter of this name.
void check_counter(LoadContext& context, SourcePos pos, std::string_view counter);
/// "connect" -> CallKind::Connect; fails for other words.
CallKind parse_call_kind(LoadContext& context, SourcePos pos, std::string_view call);
/// "ETIMEDOUT", or "none" for a call that succeeded; fails for other words.
Errno parse_errno(LoadContext& context, SourcePos pos, std::string_view error);

/// As `ss` writes it: "SYN-SENT", "ESTAB", "TIME-WAIT"; fails for other words.
State parse_ss_state(LoadContext& context, SourcePos pos, std::string_view state);

}  // namespace synq
