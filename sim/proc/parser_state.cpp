#include "sim/proc/parser_state.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace synq::detail {
namespace {

std::string kind_remedy(Value::Kind wanted, const Term& term, std::string_view source) {
    if (wanted == Value::Kind::Number) {
        return "leave the unit out, or divide by a duration";
    }
    const bool digits =
        std::all_of(source.begin(), source.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (digits) {
        return fmt::format("say {0}s or {0}ms", source);
    }
    return term.constant() ? fmt::format("multiply it by a unit, as in {} * 1s", source)
                           : "assign it with a unit, as in 20s";
}

}  // namespace

ParserState::ParserState(std::string_view text, const ProgramContext& program_context)
    : context(program_context), stream(text, program_context.origin) {
    scope.parameters = context.parameters;
    scope.index = context.index;
    scope.variables = &variables;
    for (std::size_t i = 0; stream.at(i).kind != TokenKind::End; ++i) {
        if (stream.at(i).kind == TokenKind::Name && stream.at(i + 1).is("=")) {
            scope.assigned_somewhere.emplace_back(stream.at(i).text);
        }
    }
}

Operation& ParserState::emit(OpKind kind, SourcePos pos, std::string text) {
    Operation operation;
    operation.kind = kind;
    operation.pos = pos;
    operation.text = std::move(text);
    return program.operations.emplace_back(std::move(operation));
}

std::uint8_t ParserState::assign(std::string_view name, Value::Kind kind, SourcePos pos) {
    if (const auto known = variables.find(name)) {
        if (variables[*known].kind != kind) {
            stream.fail(pos,
                        fmt::format("'{}' holds {}: {} cannot be assigned to it", name,
                                    describe(variables[*known].kind), describe(kind)),
                        "use another variable");
        }
        variables.set_assigned(*known);
        return *known;
    }
    const auto reg = variables.add(std::string(name), kind);
    if (!reg) {
        stream.fail(pos, fmt::format("more than {} variables", kMaxRegisters),
                    "use some of them again (repeat and calls in conditions take one, too)");
        return 0;
    }
    variables.set_assigned(*reg);
    return *reg;
}

std::string ParserState::render(std::size_t first, std::size_t last, std::size_t keep_from,
                                std::size_t keep_to) const {
    std::string out;
    for (std::size_t i = first; i < last; ++i) {
        const Token& token = stream.at(i);
        if (i > first && token.begin > stream.at(i - 1).end) {
            out += ' ';  // whatever stood between: spaces, a line break, a comment
        }
        const bool keep = i >= keep_from && i < keep_to;
        const auto parameter = context.parameters->find(token.text);
        if (token.kind == TokenKind::Name && !keep && parameter != context.parameters->end()) {
            out += to_string(parameter->second);
        } else if (token.is_name("index") && !keep) {
            out += fmt::format("{}", context.index);
        } else if (token.kind == TokenKind::Address &&
                   token.text.find(':') != std::string_view::npos) {
            out += fmt::format("[{}]", token.text);
        } else {
            out += token.text;
        }
    }
    return out;
}

Term ParserState::expression(Value::Kind kind, std::string_view what) {
    const std::size_t first = stream.index();
    const SourcePos pos = stream.peek().pos;
    const Term term = parse_expression(stream, scope);
    if (!stream.failed() && term.value.kind != kind) {
        const std::string source(stream.source(first, stream.index()));
        const std::string value = to_string(term.value);
        stream.fail(pos,
                    fmt::format("{} takes {}, and {}{} is {}", what, describe(kind), source,
                                term.constant() && value != source ? " = " + value : "",
                                describe(term.value.kind)),
                    kind_remedy(kind, term, source));
    }
    return term;
}

Term ParserState::number(std::string_view what, std::int64_t min, std::int64_t max) {
    const SourcePos pos = stream.peek().pos;
    const Term term = expression(Value::Kind::Number, what);
    if (term.constant() && (term.value.amount < min || term.value.amount > max)) {
        stream.fail(pos, fmt::format("{} takes a number from {} to {}, not {}", what, min, max,
                                     term.value.amount));
    }
    return term;
}

Term ParserState::duration(std::string_view what) {
    const SourcePos pos = stream.peek().pos;
    const Term term = expression(Value::Kind::Duration, what);
    if (term.constant() && term.value.amount < 0) {
        stream.fail(pos, fmt::format("{} cannot take a negative duration, {}", what,
                                     to_string(term.value)));
    }
    if (term.constant() && term.value.as_duration() > kLongestDuration) {
        stream.fail(pos,
                    fmt::format("{} takes at most 365 days, not {}", what, to_string(term.value)));
    }
    return term;
}

}  // namespace synq::detail
