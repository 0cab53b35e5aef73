// Statements and blocks. Blocks become jumps: see program.h for the operations.
#include "sim/proc/parser.h"

#include "model/host/call.h"
#include "sim/proc/parser_state.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <limits>
#include <utility>

namespace synq {
namespace {

using detail::ParserState;

constexpr std::array<std::string_view, 18> kStatements{
    "socket", "bind",     "listen", "connect",    "accept",     "send",
    "recv",   "shutdown", "close",  "setsockopt", "getsockopt", "disconnect",
    "sleep",  "loop",     "repeat", "while",      "if",         "exit"};

class ProgramParser {
  public:
    ProgramParser(std::string_view text, const ProgramContext& context)
        : state_(text, context), stream_(state_.stream) {}

    std::expected<Program, Diagnostic> run() {
        statements();
        if (stream_.peek().is("}")) {
            stream_.fail(stream_.peek().pos, "'}' without '{'");
        }
        if (state_.program.operations.empty()) {
            stream_.fail(stream_.at(0).pos, "the program is empty",
                         "write at least one call, as in fd = socket(AF_INET, SOCK_STREAM)");
        }
        if (stream_.error()) {
            return std::unexpected(*stream_.error());
        }
        state_.emit(OpKind::Exit, stream_.peek().pos, "exit");
        for (const Variables::Variable& variable : state_.variables.all()) {
            state_.program.registers.push_back(variable.name);
        }
        return std::move(state_.program);
    }

  private:
    void skip_breaks() {
        while (stream_.peek().kind == TokenKind::Break) {
            stream_.next();
        }
    }

    /// Up to a '}' or the end.
    void statements() {
        skip_breaks();
        while (stream_.peek().kind != TokenKind::End && !stream_.peek().is("}")) {
            statement();
            const Token& after = stream_.peek();
            if (after.kind != TokenKind::Break && after.kind != TokenKind::End && !after.is("}")) {
                stream_.fail(after.pos,
                             fmt::format("expected a new line or ';', found {}", quoted(after)),
                             after.is("==") ? "to assign say '='" : "");
            }
            skip_breaks();
        }
    }

    void block(std::string_view owner) {
        const Nesting nesting(stream_);
        while (stream_.peek().kind == TokenKind::Break && stream_.peek().text == "\n") {
            stream_.next();
        }
        const SourcePos open = stream_.peek().pos;
        if (!stream_.expect("{", fmt::format("after '{}'", owner))) {
            return;
        }
        statements();
        if (!stream_.accept("}")) {
            stream_.fail(open, "'{' without '}'", fmt::format("close the block of '{}'", owner));
        }
    }

    void statement() {
        const Token token = stream_.peek();
        const Token& following = stream_.peek(1);
        if (token.kind != TokenKind::Name) {
            stream_.fail(
                token.pos, fmt::format("expected a statement, found {}", quoted(token)),
                token.is("{") ? "a block stands after loop, repeat, while, if or else" : "");
        } else if (following.is("=")) {
            assignment();
        } else if (token.text == "sleep") {
            sleep();
        } else if (token.text == "loop") {
            loop();
        } else if (token.text == "repeat") {
            repeat();
        } else if (token.text == "while") {
            while_loop();
        } else if (token.text == "if") {
            branch();
        } else if (token.text == "exit") {
            stream_.next();
            state_.emit(OpKind::Exit, token.pos, "exit");
            state_.variables.set_unreachable();
        } else if (token.text == "else") {
            stream_.fail(token.pos, "'else' without 'if'");
        } else if (following.is("(")) {
            detail::parse_call(state_);
        } else {
            stream_.fail(token.pos, fmt::format("'{}' is not a statement", token.text),
                         suggest(token.text, kStatements, "statements"));
        }
    }

    void assignment() {
        const std::size_t first = stream_.index();
        const Token name = stream_.next();
        stream_.next();  // '='
        const bool is_parameter =
            state_.context.parameters->find(name.text) != state_.context.parameters->end();
        if (is_parameter) {
            stream_.fail(name.pos,
                         fmt::format("'{}' is a parameter: it cannot be assigned", name.text),
                         "use another name for the variable");
            return;
        }
        if (const std::string_view reserved = reserved_as(name.text); !reserved.empty()) {
            stream_.fail(name.pos,
                         fmt::format("'{}' {}: it cannot be assigned", name.text, reserved),
                         "use another name for the variable");
            return;
        }
        if (stream_.peek().kind == TokenKind::Name && stream_.peek(1).is("(")) {
            detail::parse_call(state_);
            const std::uint8_t dest = state_.assign(name.text, Value::Kind::Number, name.pos);
            if (!stream_.failed()) {
                state_.program.operations.back().dest = dest;
            }
            return;
        }
        const Term term = parse_expression(stream_, state_.scope);
        const std::uint8_t dest = state_.assign(name.text, term.value.kind, name.pos);
        Operation& operation =
            state_.emit(OpKind::Assign, name.pos, state_.render(first, stream_.index()));
        operation.dest = dest;
        operation.args[0] = term.operand();
    }

    void sleep() {
        const std::size_t first = stream_.index();
        const Token name = stream_.next();
        stream_.expect("(", "after 'sleep'");
        const bool random = stream_.peek().is_name("exponential") && stream_.peek(1).is("(");
        if (random) {
            stream_.next();
            stream_.next();
        }
        const Term term = state_.duration(random ? "exponential()" : "sleep()");
        if (random) {
            stream_.expect(")", "after the mean of exponential()");
        }
        stream_.expect(")", "after the duration of sleep()");
        Operation& operation =
            state_.emit(OpKind::Sleep, name.pos, state_.render(first, stream_.index()));
        operation.random = random;
        operation.args[0] = term.operand();
    }

    void jump(std::uint32_t target, SourcePos pos, std::string text) {
        state_.emit(OpKind::Jump, pos, std::move(text)).target = target;
    }

    /// A cycle in which nothing takes time would stop the virtual clock for ever. (A `while` may
    /// also come to its end by an assignment.)
    void must_wait(const Token& owner, std::uint32_t first, bool assignment_counts) {
        const auto& operations = state_.program.operations;
        const bool waits = std::any_of(
            operations.begin() + first, operations.end(), [&](const Operation& operation) {
                return operation.kind == OpKind::Call || operation.kind == OpKind::Sleep ||
                       operation.kind == OpKind::Exit ||
                       (assignment_counts && operation.kind == OpKind::Assign);
            });
        if (!waits && !stream_.failed()) {
            stream_.fail(owner.pos,
                         fmt::format("this '{}' turns for ever without waiting", owner.text),
                         "put a call or a sleep() in it");
        }
    }

    void loop() {
        const Token token = stream_.next();
        const std::uint32_t head = state_.here();
        block("loop");
        must_wait(token, head, false);
        jump(head, token.pos, "loop");
        state_.variables.set_unreachable();
    }

    void repeat() {
        const std::size_t first = stream_.index();
        const Token token = stream_.next();
        const Term count = state_.number("repeat", 0, std::numeric_limits<std::int64_t>::max());
        const std::string text = state_.render(first, stream_.index());
        ++repeats_;
        const std::uint8_t counter =
            state_.assign(fmt::format("(repeat {})", repeats_), Value::Kind::Number, token.pos);
        Operation& initial = state_.emit(OpKind::Assign, token.pos, text);
        initial.dest = counter;
        initial.args[0] = count.operand();
        const std::uint32_t head = state_.here();
        state_.emit(OpKind::CountDown, token.pos, text).dest = counter;
        const Variables::Assigned before = state_.variables.assigned();
        block("repeat");
        if (!count.constant() || count.value.amount == 0) {
            state_.variables.set_assigned(before & state_.variables.assigned());
        }
        jump(head, token.pos, text);
        state_.program.operations[head].target = state_.here();
        --repeats_;
    }

    void while_loop() {
        const Token token = stream_.next();
        const std::uint32_t head = state_.here();
        const std::uint32_t test = detail::parse_condition(state_, token);
        const Variables::Assigned before = state_.variables.assigned();
        block("while");
        must_wait(token, head, true);
        state_.variables.set_assigned(before & state_.variables.assigned());
        jump(head, token.pos, "while");
        patch(test);
    }

    void branch() {
        const Token token = stream_.next();
        const std::uint32_t test = detail::parse_condition(state_, token);
        const Variables::Assigned before = state_.variables.assigned();
        block("if");
        const Variables::Assigned after_then = state_.variables.assigned();
        state_.variables.set_assigned(before);
        if (!take_else()) {
            patch(test);
        } else {
            const std::uint32_t skip = state_.here();
            jump(0, token.pos, "else");
            patch(test);
            if (stream_.peek().is_name("if")) {
                const Nesting nesting(stream_);
                branch();
            } else {
                block("else");
            }
            patch(skip);
        }
        state_.variables.set_assigned(after_then & state_.variables.assigned());
    }

    /// `else` may stand on a line of its own after the block.
    bool take_else() {
        std::size_t breaks = 0;
        while (stream_.peek(breaks).kind == TokenKind::Break) {
            ++breaks;
        }
        if (!stream_.peek(breaks).is_name("else")) {
            return false;
        }
        skip_breaks();
        stream_.next();
        return true;
    }

    /// Lets the operation jump to what comes next.
    void patch(std::uint32_t operation) {
        if (operation < state_.here()) {
            state_.program.operations[operation].target = state_.here();
        }
    }

    ParserState state_;
    TokenStream& stream_;
    int repeats_ = 0;  // how many `repeat` enclose this place
};

}  // namespace

std::expected<Program, Diagnostic> parse_program(std::string_view text,
                                                 const ProgramContext& context) {
    return ProgramParser(text, context).run();
}

}  // namespace synq
