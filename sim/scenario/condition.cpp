#include "sim/scenario/condition.h"

#include "sim/proc/token_stream.h"

#include <cstddef>
#include <fmt/format.h>
#include <optional>

namespace synq {
namespace {

std::optional<Relation> relation_of(const Token& token) {
    return token.kind == TokenKind::Symbol ? relation_named(token.text) : std::nullopt;
}

class ConditionReader {
  public:
    ConditionReader(TokenStream& stream, const Scope& scope) : stream_(stream), scope_(scope) {}

    bool disjunction() {
        bool holds = conjunction();
        while (stream_.accept("||")) {
            const bool right = conjunction();
            holds = holds || right;
        }
        return holds;
    }

  private:
    bool conjunction() {
        bool holds = negation();
        while (stream_.accept("&&")) {
            const bool right = negation();
            holds = holds && right;
        }
        return holds;
    }

    bool negation() {
        const Nesting nesting(stream_);
        if (stream_.accept("!")) {
            return !negation();
        }
        if (encloses_condition()) {
            stream_.next();
            const bool holds = disjunction();
            stream_.expect(")", "to close '('");
            return holds;
        }
        return comparison();
    }

    /// "(a == b)" against "(a + b) * 2 == c": an expression's parentheses compare nothing.
    [[nodiscard]] bool encloses_condition() const {
        std::size_t depth = 0;
        for (std::size_t i = 0; stream_.peek().is("("); ++i) {
            const Token& token = stream_.peek(i);
            if (token.kind == TokenKind::End) {
                return false;
            }
            depth += token.is("(") ? 1U : 0U;
            if (token.is(")") && --depth == 0) {
                return false;
            }
            if (relation_of(token) || token.is("!") || token.is("=")) {
                return true;
            }
        }
        return false;
    }

    bool comparison() {
        const Term left = parse_expression(stream_, scope_);
        const Token token = stream_.next();
        const auto relation = relation_of(token);
        if (!relation) {
            stream_.fail(token.pos, fmt::format("expected a comparison, found {}", quoted(token)),
                         token.is("=") ? "to compare say '=='" : "as in backlog == 2");
            return false;
        }
        const Term right = parse_expression(stream_, scope_);
        if (!stream_.failed() && left.value.kind != right.value.kind) {
            stream_.fail(token.pos,
                         fmt::format("{} is {} and {} is {}: they cannot be compared",
                                     to_string(left.value), describe(left.value.kind),
                                     to_string(right.value), describe(right.value.kind)));
        }
        return compare(left.value.amount, *relation, right.value.amount);
    }

    TokenStream& stream_;
    const Scope& scope_;
};

}  // namespace

std::expected<bool, Diagnostic> evaluate_condition(std::string_view text, const TextOrigin& origin,
                                                   const Scope& scope) {
    TokenStream stream(text, origin);
    const bool holds = ConditionReader(stream, scope).disjunction();
    if (stream.peek().kind != TokenKind::End) {
        stream.fail(stream.peek().pos,
                    fmt::format("unexpected {} after the condition", quoted(stream.peek())));
    }
    if (stream.error()) {
        return std::unexpected(*stream.error());
    }
    return holds;
}

}  // namespace synq
