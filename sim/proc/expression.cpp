#include "sim/proc/expression.h"

#include "model/host/call.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace synq {
namespace {

struct Constant {
    std::string_view name;
    std::int64_t value;
};
constexpr std::array<Constant, 8> kConstants{{{"AF_INET", kAfInet},
                                              {"AF_INET6", kAfInet6},
                                              {"SOCK_STREAM", kSockStream},
                                              {"IPPROTO_TCP", kIpprotoTcp},
                                              {"SHUT_RD", 0},
                                              {"SHUT_WR", 1},
                                              {"SHUT_RDWR", 2},
                                              {"SOMAXCONN", 4096}}};

constexpr std::array<std::string_view, 8> kKeywords{"sleep", "exponential", "loop", "repeat",
                                                    "while", "if",          "else", "exit"};

class ExpressionParser {
  public:
    ExpressionParser(TokenStream& stream, const Scope& scope) : stream_(stream), scope_(scope) {}

    Term sum() {
        Term left = product();
        while (stream_.peek().is("+") || stream_.peek().is("-")) {
            const Token op = stream_.next();
            left = fold(op, left, product());
        }
        return left;
    }

  private:
    Term product() {
        Term left = factor();
        while (stream_.peek().is("*") || stream_.peek().is("/") || stream_.peek().is("%")) {
            const Token op = stream_.next();
            left = fold(op, left, factor());
        }
        return left;
    }

    Term factor() {
        const Nesting nesting(stream_);
        const Token token = stream_.peek();
        if (token.is("-")) {
            stream_.next();
            const Term term = factor();
            return fold(token, Term{Value{term.value.kind, 0}}, term);
        }
        if (stream_.accept("(")) {
            const Term term = sum();
            stream_.expect(")", "to close '('");
            return term;
        }
        if (token.kind == TokenKind::Literal) {
            stream_.next();
            return Term{token.value};
        }
        if (token.kind == TokenKind::Name) {
            stream_.next();
            return name(token);
        }
        stream_.fail(
            token.pos,
            fmt::format("expected a number, a duration or a name, found {}", quoted(token)),
            token.kind == TokenKind::Address
                ? "an address stands before a port only, as in connect(fd, 10.0.0.1:80)"
                : "");
        return {};
    }

    Term fold(const Token& op, const Term& left, const Term& right) {
        if (stream_.failed()) {
            return {};
        }
        for (const Term& term : {left, right}) {
            if (!term.constant()) {
                stream_.fail(op.pos,
                             fmt::format("'{}' is a variable: arithmetic is done when the file is "
                                         "read, and its value is not known then",
                                         (*scope_.variables)[term.reg].name),
                             "use a variable alone, and calculate with numbers and parameters");
                return {};
            }
        }
        const auto value = combine(op.text.front(), left.value, right.value);
        if (!value) {
            stream_.fail(op.pos, value.error());
            return {};
        }
        return Term{*value};
    }

    Term name(const Token& token) {
        if (scope_.variables != nullptr) {
            if (const auto reg = scope_.variables->find(token.text)) {
                if (!scope_.variables->assigned(*reg)) {
                    used_before_assignment(token);
                }
                return Term{Value{(*scope_.variables)[*reg].kind, 0}, *reg};
            }
        }
        const auto parameter = scope_.parameters->find(token.text);
        if (parameter != scope_.parameters->end()) {
            return Term{parameter->second};
        }
        if (token.text == "index" && scope_.index) {
            return Term{Value::number(*scope_.index)};
        }
        if (const auto constant = socket_constant(token.text)) {
            return Term{Value::number(*constant)};
        }
        unknown(token);
        return {};
    }

    void used_before_assignment(const Token& token) {
        stream_.fail(token.pos, fmt::format("'{}' may be used before it has a value", token.text),
                     "assign it on every path that leads here");
    }

    void unknown(const Token& token) {
        const auto& later = scope_.assigned_somewhere;
        if (std::find(later.begin(), later.end(), token.text) != later.end()) {
            used_before_assignment(token);
            return;
        }
        if (token.text == "index") {
            stream_.fail(token.pos, "'index' has no meaning here",
                         "it is the instance number in a [[process]]'s start and program");
            return;
        }
        std::vector<std::string_view> candidates(later.begin(), later.end());
        std::vector<std::string_view> parameters;
        for (const auto& [parameter, value] : *scope_.parameters) {
            parameters.emplace_back(parameter);
            candidates.emplace_back(parameter);
        }
        for (const Constant& constant : kConstants) {
            candidates.push_back(constant.name);
        }
        if (scope_.index) {
            candidates.emplace_back("index");
        }
        const std::string near = nearest(token.text, candidates);
        std::string remedy = near.empty() ? suggest("", parameters, "parameters")
                                          : fmt::format("did you mean '{}'?", near);
        stream_.fail(token.pos, fmt::format("unknown name '{}'", token.text), std::move(remedy));
    }

    TokenStream& stream_;
    const Scope& scope_;
};

}  // namespace

Term parse_expression(TokenStream& stream, const Scope& scope) {
    return ExpressionParser(stream, scope).sum();
}

std::expected<Value, Diagnostic> evaluate(std::string_view text, const TextOrigin& origin,
                                          const Scope& scope) {
    TokenStream stream(text, origin);
    const Term term = parse_expression(stream, scope);
    if (stream.peek().kind != TokenKind::End) {
        stream.fail(stream.peek().pos,
                    fmt::format("unexpected {} after the expression", quoted(stream.peek())));
    }
    if (stream.error()) {
        return std::unexpected(*stream.error());
    }
    return term.value;
}

std::optional<std::int64_t> socket_constant(std::string_view name) {
    for (const Constant& constant : kConstants) {
        if (constant.name == name) {
            return constant.value;
        }
    }
    return std::nullopt;
}

std::string_view reserved_as(std::string_view name) {
    if (name == "index") {
        return "is the number of the instance";
    }
    if (socket_constant(name)) {
        return "is a constant";
    }
    if (std::find(kKeywords.begin(), kKeywords.end(), name) != kKeywords.end()) {
        return "is a word of the program language";
    }
    if (socket_option_named(name)) {
        return "is a socket option";
    }
    for (int kind = 0; kind < kCallKindCount; ++kind) {
        if (synq::name(static_cast<CallKind>(kind)) == name) {
            return "is a call";
        }
    }
    return {};
}

}  // namespace synq
