// Conditions of `while` and `if`: one comparison of two operands, each a call or an expression.
#include "sim/proc/parser_state.h"

#include <fmt/format.h>
#include <optional>

namespace synq::detail {
namespace {

std::optional<Relation> relation_of(const Token& token) {
    return token.kind == TokenKind::Symbol ? relation_named(token.text) : std::nullopt;
}

class ConditionParser {
  public:
    ConditionParser(ParserState& state, const Token& owner)
        : state_(state), stream_(state.stream), owner_(owner) {}

    std::uint32_t run() {
        const std::size_t first = stream_.index();
        const bool wrapped = in_parentheses() && stream_.accept("(");
        const Term left = operand("(left)");
        const Token token = stream_.next();
        const auto relation = relation_of(token);
        if (!relation) {
            stream_.fail(
                token.pos,
                fmt::format("'{}' needs a comparison, found {}", owner_.text, quoted(token)),
                token.is("=") ? "to compare say '=='" : "as in recv(fd, 512) > 0");
        }
        const Term right = operand("(right)");
        if (left.value.kind != right.value.kind) {
            stream_.fail(token.pos,
                         fmt::format("{} cannot be compared with {}", describe(left.value.kind),
                                     describe(right.value.kind)));
        }
        if (wrapped) {
            stream_.expect(")", "to close the condition");
        }
        if (stream_.peek().is("&&") || stream_.peek().is("||")) {
            stream_.fail(stream_.peek().pos, "a condition is a single comparison",
                         "put one 'if' inside another");
        }
        const std::string text =
            fmt::format("{} {}", owner_.text, state_.render(first, stream_.index()));
        Operation& test = state_.emit(OpKind::JumpUnless, owner_.pos, text);
        test.args = {left.operand(), right.operand()};
        test.relation = relation.value_or(Relation::Equal);
        return state_.here() - 1;
    }

  private:
    /// `while (a > b)`: the parenthesis encloses a comparison, as C has it.
    [[nodiscard]] bool in_parentheses() const {
        std::size_t depth = 0;
        for (std::size_t i = 0; stream_.peek().is("(") && stream_.peek(i).kind != TokenKind::End;
             ++i) {
            const Token& token = stream_.peek(i);
            depth += token.is("(") ? 1U : 0U;
            if (token.is(")") && --depth == 0) {
                return false;
            }
            if (depth == 1 && (relation_of(token) || token.is("="))) {
                return true;
            }
        }
        return false;
    }

    Term operand(std::string_view hidden_register) {
        if (stream_.peek().kind != TokenKind::Name || !stream_.peek(1).is("(")) {
            return parse_expression(stream_, state_.scope);
        }
        const SourcePos pos = stream_.peek().pos;
        parse_call(state_);
        const std::uint8_t reg = state_.assign(hidden_register, Value::Kind::Number, pos);
        if (!stream_.failed()) {
            state_.program.operations.back().dest = reg;
        }
        return Term{Value::number(0), reg};
    }

    ParserState& state_;
    TokenStream& stream_;
    const Token& owner_;
};

}  // namespace

std::uint32_t parse_condition(ParserState& state, const Token& owner) {
    return ConditionParser(state, owner).run();
}

}  // namespace synq::detail
