// What the parts of the program parser share. Not for other rooms: they use parser.h.
#pragma once

#include "sim/proc/expression.h"
#include "sim/proc/parser.h"
#include "sim/proc/token_stream.h"
#include "sim/proc/variables.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace synq::detail {

struct ParserState {
    ParserState(std::string_view text, const ProgramContext& program_context);
    ParserState(const ParserState&) = delete;
    ParserState& operator=(const ParserState&) = delete;
    ~ParserState() = default;

    const ProgramContext& context;
    TokenStream stream;
    Variables variables;
    Scope scope;  // refers to `variables`
    Program program;

    /// Appends an operation. The reference holds until the next one is appended.
    Operation& emit(OpKind kind, SourcePos pos, std::string text);
    [[nodiscard]] std::uint32_t here() const {
        return static_cast<std::uint32_t>(program.operations.size());
    }

    /// The register of a name that the program, or the parser itself, assigns; fails when a
    /// variable would change its kind or there are too many.
    std::uint8_t assign(std::string_view name, Value::Kind kind, SourcePos pos);

    /// The tokens from `first` to before `last` as written, with the values of parameters in place
    /// of their names; the tokens from `keep_from` to before `keep_to` are left as they are.
    [[nodiscard]] std::string render(std::size_t first, std::size_t last, std::size_t keep_from = 0,
                                     std::size_t keep_to = 0) const;

    /// An expression of one kind; `what` says who asks: "sleep()", "a port".
    Term expression(Value::Kind kind, std::string_view what);
    /// A plain number; when known now it must lie in [min, max].
    Term number(std::string_view what, std::int64_t min, std::int64_t max);
    /// A duration; when known now it must not be negative nor absurdly long.
    Term duration(std::string_view what);
};

/// Reads a call whose name is the next token, and appends it (without a destination).
void parse_call(ParserState& state);
/// Reads the condition of `owner` (`while` or `if`), and appends its calls and its JumpUnless. The
/// index of the latter, whose target is still to be set.
std::uint32_t parse_condition(ParserState& state, const Token& owner);

}  // namespace synq::detail
