#include "sim/scenario/string_origin.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace synq {
namespace {

bool continues_character(char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

/// A place in the file that knows its line and column (in characters).
class Cursor {
  public:
    explicit Cursor(std::string_view text) : text_(text) {}

    [[nodiscard]] SourcePos pos() const { return pos_; }
    [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
    [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }

    void advance(std::size_t octets = 1) {
        for (; octets > 0 && !at_end(); --octets, ++at_) {
            if (text_[at_] == '\n') {
                ++pos_.line;
                pos_.column = 1;
            } else if (at_ + 1 >= text_.size() || !continues_character(text_[at_ + 1])) {
                ++pos_.column;
            }
        }
    }

    void go_to(SourcePos wanted) {
        while (!at_end() && pos_.line < wanted.line) {
            at_ = std::min(text_.find('\n', at_), text_.size() - 1) + 1;
            pos_ = {pos_.line + 1, 1};
        }
        while (!at_end() && pos_.line == wanted.line && pos_.column < wanted.column) {
            advance();
        }
    }

    bool accept(std::string_view what) {
        if (!rest().starts_with(what)) {
            return false;
        }
        advance(what.size());
        return true;
    }

  private:
    std::string_view text_;
    std::size_t at_ = 0;
    SourcePos pos_{1, 1};
};

std::size_t utf8_length(std::string_view hex_digits) {
    unsigned long value = 0;
    for (const char c : hex_digits) {
        const unsigned long digit = c <= '9' ? static_cast<unsigned long>(c - '0')
                                             : static_cast<unsigned long>((c | 0x20) - 'a' + 10);
        value = value * 16 + digit;
    }
    if (value < 0x80) {
        return 1;
    }
    if (value < 0x800) {
        return 2;
    }
    return value < 0x10000 ? 3 : 4;
}

/// One escape sequence: appends as many places as octets it stands for.
void escape(Cursor& cursor, std::vector<SourcePos>& places) {
    const SourcePos pos = cursor.pos();
    cursor.advance();  // the backslash
    const std::string_view rest = cursor.rest();
    const std::size_t word = rest.find_first_not_of(" \t\r");
    if (word != std::string_view::npos && rest[word] == '\n') {
        // A line-ending backslash swallows all white space that follows.
        cursor.advance(std::min(rest.find_first_not_of(" \t\r\n"), rest.size()));
        return;
    }
    const char kind = rest.empty() ? '\\' : rest.front();
    std::size_t digits = 0;
    if (kind == 'u' || kind == 'U') {
        digits = kind == 'u' ? 4 : 8;
    } else if (kind == 'x') {
        digits = 2;
    }
    places.insert(places.end(), digits == 0 ? 1 : utf8_length(rest.substr(1, digits)), pos);
    cursor.advance(1 + digits);
}

}  // namespace

TextOrigin locate_string(std::string_view file_text, std::string_view file, SourcePos opening,
                         std::string_view value) {
    TextOrigin origin{.file = std::string(file), .first = opening, .each = {}};
    Cursor cursor(file_text);
    cursor.go_to(opening);
    const bool multi = cursor.rest().starts_with("\"\"\"") || cursor.rest().starts_with("'''");
    const bool basic = cursor.rest().starts_with('"');
    cursor.advance(multi ? 3 : 1);
    if (multi && !cursor.accept("\n")) {
        cursor.accept("\r\n");
    }
    origin.first = cursor.pos();
    if (cursor.rest().starts_with(value)) {
        return origin;
    }
    std::vector<SourcePos> places;
    while (!cursor.at_end() && places.size() < value.size()) {
        if (basic && cursor.rest().starts_with('\\')) {
            escape(cursor, places);
        } else if (value[places.size()] == '\n' && cursor.rest().starts_with("\r\n")) {
            cursor.advance();  // the TOML parser made one line break of two octets
        } else {
            places.push_back(cursor.pos());
            cursor.advance();
        }
    }
    if (places.size() == value.size()) {
        places.push_back(cursor.pos());
        origin.each = std::move(places);
    }
    return origin;
}

}  // namespace synq
