// What the parsers read from: tokens, and the first mistake.
//
// After a mistake the stream is at its end, so every loop of a parser ends by itself and nobody has
// to test for failure in between; whatever was built by then is thrown away.
#pragma once

#include "sim/proc/lexer.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace synq {

class TokenStream {
  public:
    /// Tokenizes; a mistake there is the stream's first. `text` and `origin` must outlive it.
    TokenStream(std::string_view text, const TextOrigin& origin);

    [[nodiscard]] const Token& peek(std::size_t ahead = 0) const;
    /// The index of peek() among all tokens.
    [[nodiscard]] std::size_t index() const { return at_; }
    [[nodiscard]] const Token& at(std::size_t index) const { return tokens_[index]; }
    Token next();
    /// Takes the symbol if it is next.
    bool accept(std::string_view symbol);
    /// Takes the symbol, or fails saying what it is for: "expected ')' after the arguments".
    bool expect(std::string_view symbol, std::string_view purpose);

    /// As written, from the token with index `first` up to but without the one with index `last`.
    [[nodiscard]] std::string_view source(std::size_t first, std::size_t last) const;

    /// Remembers the first mistake and goes to the end.
    void fail(SourcePos pos, std::string problem, std::string remedy = {});
    [[nodiscard]] bool failed() const { return error_.has_value(); }
    [[nodiscard]] const std::optional<Diagnostic>& error() const { return error_; }

    /// How deep parentheses, signs and blocks may nest: the parsers recurse.
    static constexpr int kMaxNesting = 64;

  private:
    friend class Nesting;

    std::string_view text_;
    const TextOrigin& origin_;
    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    int nesting_ = 0;
    std::optional<Diagnostic> error_;
};

/// One level of recursion, for as long as it lives; fails when there are too many.
class Nesting {
  public:
    explicit Nesting(TokenStream& stream);
    ~Nesting() { --stream_.nesting_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

  private:
    TokenStream& stream_;
};

/// "'listen'", "the end of the line" and so on, for messages.
std::string quoted(const Token& token);

}  // namespace synq
