// Arithmetic over numbers and durations, folded while it is read.
//
//   expression = product { (+|-) product }
//   product    = factor { (*|/|%) factor }
//   factor     = - factor | ( expression ) | literal | name
//
// Names are scenario parameters, `index`, constants of the socket interface and, in programs,
// variables. A variable is known only at run time, so it may stand alone but not be calculated
// with.
#pragma once

#include "sim/proc/token_stream.h"
#include "sim/proc/value.h"
#include "sim/proc/variables.h"

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace synq {

/// What names mean. `parameters` must be set.
struct Scope {
    const ParameterMap* parameters = nullptr;
    std::optional<std::int64_t> index;     // the instance number; unset: there is none here
    const Variables* variables = nullptr;  // programs only
    /// Names that the program assigns somewhere, for better messages.
    std::vector<std::string> assigned_somewhere;
};

/// A value, or the variable that will hold one of that kind.
struct Term {
    Value value;
    std::uint8_t reg = Operand::kConstant;

    [[nodiscard]] bool constant() const { return reg == Operand::kConstant; }
    [[nodiscard]] Operand operand() const { return {constant() ? value.amount : 0, reg}; }
};

/// Reads one expression; mistakes go to the stream.
Term parse_expression(TokenStream& stream, const Scope& scope);

/// A whole text that is one expression over parameters (and `index` where the scope has one).
std::expected<Value, Diagnostic> evaluate(std::string_view text, const TextOrigin& origin,
                                          const Scope& scope);

/// AF_INET, SOMAXCONN ...: as Linux numbers them, so that a program may print or compare them.
std::optional<std::int64_t> socket_constant(std::string_view name);
/// What may not name a parameter or a variable: "is a call", "is a constant"; empty: it may.
std::string_view reserved_as(std::string_view name);

inline constexpr std::int64_t kAfInet = 2;
inline constexpr std::int64_t kAfInet6 = 10;
inline constexpr std::int64_t kSockStream = 1;
inline constexpr std::int64_t kIpprotoTcp = 6;

}  // namespace synq
