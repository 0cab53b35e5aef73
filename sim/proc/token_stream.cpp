#include "sim/proc/token_stream.h"

#include <algorithm>
#include <fmt/format.h>

namespace synq {

TokenStream::TokenStream(std::string_view text, const TextOrigin& origin)
    : text_(text), origin_(origin) {
    auto tokens = tokenize(text, origin);
    if (tokens) {
        tokens_ = std::move(*tokens);
    } else {
        tokens_.push_back(Token{.pos = tokens.error().pos});
        error_ = std::move(tokens.error());
    }
}

const Token& TokenStream::peek(std::size_t ahead) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
}

Token TokenStream::next() {
    const Token& token = peek();
    at_ = std::min(at_ + 1, tokens_.size() - 1);
    return token;
}

bool TokenStream::accept(std::string_view symbol) {
    if (!peek().is(symbol)) {
        return false;
    }
    next();
    return true;
}

bool TokenStream::expect(std::string_view symbol, std::string_view purpose) {
    if (accept(symbol)) {
        return true;
    }
    fail(peek().pos, fmt::format("expected '{}' {}, found {}", symbol, purpose, quoted(peek())));
    return false;
}

std::string_view TokenStream::source(std::size_t first, std::size_t last) const {
    if (last <= first || last > tokens_.size()) {
        return {};
    }
    const std::size_t begin = tokens_[first].begin;
    return text_.substr(begin, tokens_[last - 1].end - begin);
}

void TokenStream::fail(SourcePos pos, std::string problem, std::string remedy) {
    if (!error_) {
        error_ = Diagnostic{origin_.file, pos, std::move(problem), std::move(remedy)};
    }
    at_ = tokens_.size() - 1;
}

Nesting::Nesting(TokenStream& stream) : stream_(stream) {
    if (++stream_.nesting_ > TokenStream::kMaxNesting) {
        stream_.fail(stream_.peek().pos,
                     fmt::format("nested deeper than {} levels", TokenStream::kMaxNesting),
                     "take it apart into smaller pieces");
    }
}

std::string quoted(const Token& token) {
    switch (token.kind) {
        case TokenKind::End:
            return "the end of the text";
        case TokenKind::Break:
            return token.text == ";" ? "';'" : "the end of the line";
        default:
            return fmt::format("'{}'", token.text);
    }
}

}  // namespace synq
