// Program text and expressions into tokens.
//
// Tokens keep views into the text: the text must outlive them. Line breaks inside parentheses are
// not tokens, so that a long call may be broken like in C.
#pragma once

#include "sim/proc/diagnostic.h"
#include "sim/proc/program.h"
#include "sim/proc/value.h"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace synq {

/// Where a text stands in its file, so that a mistake in it is shown in the file.
struct TextOrigin {
    std::string file;
    SourcePos first{1, 1};  // of the text's first character
    /// Set when the file spells the text differently (escapes in a TOML string): one position per
    /// octet of the text and one for its end. Empty: the text stands in the file as it is.
    std::vector<SourcePos> each;
};

enum class TokenKind : std::uint8_t {
    Name,
    Literal,  // a number or a duration
    Address,  // 10.0.0.1 or [2001:db8::1], the brackets left out
    Symbol,
    Break,  // a line break or ';'
    End,
};

struct Token {
    TokenKind kind = TokenKind::End;
    std::string_view text;  // as written; Address: without brackets
    Value value;            // Literal
    SourcePos pos;
    std::size_t begin = 0;  // octets in the text
    std::size_t end = 0;

    [[nodiscard]] bool is(std::string_view symbol) const {
        return kind == TokenKind::Symbol && text == symbol;
    }
    [[nodiscard]] bool is_name(std::string_view name) const {
        return kind == TokenKind::Name && text == name;
    }
};

/// The tokens of `text`; the last one is End. Errors: a character that means nothing here, a
/// malformed number, an unknown unit.
std::expected<std::vector<Token>, Diagnostic> tokenize(std::string_view text,
                                                       const TextOrigin& origin);

/// A letter or underscore, then letters, digits and underscores.
[[nodiscard]] bool is_identifier(std::string_view text);

}  // namespace synq
