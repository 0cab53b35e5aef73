#include "sim/proc/lexer.h"

#include "model/wire/address.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>
#include <utility>

namespace synq {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_word(char c) {
    return is_letter(c) || is_digit(c);
}

// Longest first: "<=" is not "<" and "=".
constexpr std::array<std::string_view, 24> kSymbols{"==", "!=", "<=", ">=", "&&", "||", "(", ")",
                                                    "{",  "}",  ",",  ":",  "+",  "-",  "*", "/",
                                                    "%",  "=",  "<",  ">",  "!",  "&",  "|", "."};

constexpr std::string_view kUnitRemedy = "units are ns, us, ms, s and min, as in 250ms or 1.5s";

class Lexer {
  public:
    Lexer(std::string_view text, const TextOrigin& origin)
        : text_(text), origin_(origin), pos_(origin.first) {}

    std::expected<std::vector<Token>, Diagnostic> run() {
        while (!error_ && at_ < text_.size()) {
            step();
        }
        if (error_) {
            return std::unexpected(std::move(*error_));
        }
        add(TokenKind::End, 0);
        return std::move(tokens_);
    }

  private:
    [[nodiscard]] SourcePos here() const {
        return origin_.each.empty() ? pos_ : origin_.each[std::min(at_, origin_.each.size() - 1)];
    }
    [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }

    void advance(std::size_t octets) {
        for (const char c : text_.substr(at_, octets)) {
            if (c == '\n') {
                ++pos_.line;
                pos_.column = 1;
            } else if ((static_cast<unsigned char>(c) & 0xc0U) != 0x80U) {
                ++pos_.column;  // columns count characters, not octets, of UTF-8
            }
        }
        at_ += octets;
    }

    void add(TokenKind kind, std::size_t octets, Value value = {}) {
        Token token{.kind = kind,
                    .text = text_.substr(at_, octets),
                    .value = value,
                    .pos = here(),
                    .begin = at_,
                    .end = at_ + octets};
        if (kind == TokenKind::Address && token.text.starts_with('[')) {
            token.text = token.text.substr(1, octets - 2);
        }
        tokens_.push_back(token);
        advance(octets);
    }

    void fail(std::string problem, std::string_view remedy) {
        error_ = Diagnostic{origin_.file, here(), std::move(problem), std::string(remedy)};
    }

    template <class Predicate>
    [[nodiscard]] std::size_t span(Predicate holds) const {
        const std::string_view left = rest();
        const auto* const end = std::find_if_not(left.begin(), left.end(), holds);
        return static_cast<std::size_t>(end - left.begin());
    }

    void step() {
        const char c = text_[at_];
        if (c == ' ' || c == '\t' || c == '\r') {
            advance(1);
        } else if (c == '#') {
            advance(std::min(rest().find('\n'), rest().size()));
        } else if (c == '\n' || c == ';') {
            if (c == '\n' && parentheses_ > 0) {
                advance(1);
            } else {
                add(TokenKind::Break, 1);
            }
        } else if (is_letter(c)) {
            add(TokenKind::Name, span(is_word));
        } else if (is_digit(c)) {
            number();
        } else if (c == '[') {
            bracketed_address();
        } else {
            symbol();
        }
    }

    void number() {
        const std::size_t length = span([](char c) { return is_word(c) || c == '.'; });
        const std::string_view word = text_.substr(at_, length);
        if (std::count(word.begin(), word.end(), '.') > 1) {
            if (const auto address = parse_address(word)) {
                add(TokenKind::Address, length);
            } else {
                fail(fmt::format("'{}' is neither a number nor an IPv4 address", word),
                     "an address is four numbers from 0 to 255, as in 10.0.0.1");
            }
            return;
        }
        const auto value = parse_literal(word);
        if (!value) {
            fail(value.error(), kUnitRemedy);
            return;
        }
        add(TokenKind::Literal, length, *value);
    }

    void bracketed_address() {
        const std::size_t close = rest().find_first_of("]\n");
        if (close == std::string_view::npos || rest()[close] != ']') {
            fail("'[' without ']'", "an IPv6 address is written [2001:db8::1]");
            return;
        }
        const std::string_view inside = rest().substr(1, close - 1);
        const auto address = parse_address(inside);
        if (!address || address->is_v4()) {
            fail(fmt::format("'{}' is not an IPv6 address", inside),
                 "an IPv6 address is written [2001:db8::1]");
            return;
        }
        add(TokenKind::Address, close + 1);
    }

    void symbol() {
        if (rest().starts_with("//") || rest().starts_with("/*")) {
            fail(fmt::format("'{}' does not begin a comment here", rest().substr(0, 2)),
                 "comments begin with '#' and end with the line");
            return;
        }
        const auto* const found =
            std::find_if(kSymbols.begin(), kSymbols.end(),
                         [this](std::string_view s) { return rest().starts_with(s); });
        if (found == kSymbols.end()) {
            fail(unexpected_character(), "");
            return;
        }
        if (*found == "(") {
            ++parentheses_;
        } else if (*found == ")" && parentheses_ > 0) {
            --parentheses_;
        }
        add(TokenKind::Symbol, found->size());
    }

    [[nodiscard]] std::string unexpected_character() const {
        const auto octet = static_cast<unsigned char>(text_[at_]);
        if (octet > 0x20 && octet < 0x7f) {
            return fmt::format("'{}' means nothing here", text_[at_]);
        }
        return fmt::format("the octet 0x{:02x} means nothing here", octet);
    }

    std::string_view text_;
    const TextOrigin& origin_;
    std::size_t at_ = 0;
    SourcePos pos_;
    int parentheses_ = 0;
    std::vector<Token> tokens_;
    std::optional<Diagnostic> error_;
};

}  // namespace

std::expected<std::vector<Token>, Diagnostic> tokenize(std::string_view text,
                                                       const TextOrigin& origin) {
    return Lexer(text, origin).run();
}

bool is_identifier(std::string_view text) {
    return !text.empty() && is_letter(text.front()) &&
           std::all_of(text.begin(), text.end(), is_word);
}

}  // namespace synq
