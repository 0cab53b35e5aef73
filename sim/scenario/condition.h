// Conditions over parameters, as in when = "backlog == 2 && rtt == 0ms".
//
//   condition  = conjunction { || conjunction }
//   conjunction= negation { && negation }
//   negation   = ! negation | ( condition ) | comparison
//   comparison = expression (== | != | < | <= | > | >=) expression
#pragma once

#include "sim/proc/expression.h"
#include "sim/scenario/diagnostic.h"

#include <expected>
#include <string_view>

namespace synq {

/// Both sides of && and || are always read, so a mistake shows whatever the parameters are.
std::expected<bool, Diagnostic> evaluate_condition(std::string_view text, const TextOrigin& origin,
                                                   const Scope& scope);

}  // namespace synq
