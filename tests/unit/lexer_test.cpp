// Tokens of the program language, their values and their places.
#include "sim/proc/lexer.h"

#include "tests/catch.h"

#include <string>
#include <vector>

namespace synq {
namespace {

std::vector<Token> tokens_of(std::string_view text, const TextOrigin& origin = {}) {
    auto tokens = tokenize(text, origin);
    REQUIRE(tokens.has_value());
    return *tokens;
}

Value literal(std::string_view text) {
    const auto tokens = tokens_of(text);
    REQUIRE(tokens.size() == 2);
    REQUIRE(tokens[0].kind == TokenKind::Literal);
    return tokens[0].value;
}

Diagnostic mistake(std::string_view text, const TextOrigin& origin = {}) {
    const auto tokens = tokenize(text, origin);
    REQUIRE_FALSE(tokens.has_value());
    return tokens.error();
}

void check_place(SourcePos pos, std::uint32_t line, std::uint32_t column) {
    CHECK(pos.line == line);
    CHECK(pos.column == column);
}

}  // namespace

TEST_CASE("a plain number is an integer and a number with a unit is nanoseconds") {
    CHECK(literal("0") == Value::number(0));
    CHECK(literal("8000") == Value::number(8000));
    CHECK(literal("9223372036854775807") == Value::number(INT64_MAX));
    CHECK(literal("3ns") == Value::duration(nanoseconds(3)));
    CHECK(literal("10us") == Value::duration(microseconds(10)));
    CHECK(literal("250ms") == Value::duration(milliseconds(250)));
    CHECK(literal("20s") == Value::duration(seconds(20)));
    CHECK(literal("2min") == Value::duration(seconds(120)));
}

TEST_CASE("a fraction of a unit is exact") {
    CHECK(literal("1.5s") == Value::duration(milliseconds(1500)));
    CHECK(literal("0.1s") == Value::duration(milliseconds(100)));
    CHECK(literal("36.1s") == Value::duration(milliseconds(36'100)));
    CHECK(literal("0.000000001s") == Value::duration(nanoseconds(1)));
    CHECK(literal("1.0000000000000s") == Value::duration(seconds(1)));
    CHECK(literal("0.5min") == Value::duration(seconds(30)));
    CHECK(literal("0.00000000005min") == Value::duration(nanoseconds(3)));
    CHECK(literal("2.0ns") == Value::duration(nanoseconds(2)));
}

TEST_CASE("a malformed number says what is wrong with it") {
    CHECK(mistake("1.5").problem == "1.5 has no unit, and plain numbers are integers");
    CHECK(mistake("1.5ns").problem == "1.5ns is not a whole number of nanoseconds");
    CHECK(mistake("0.0000000001s").problem == "0.0000000001s is not a whole number of nanoseconds");
    CHECK(mistake("0.00000000001min").problem ==
          "0.00000000001min is not a whole number of nanoseconds");
    CHECK(mistake("20sec").problem == "'20sec' has an unknown unit 'sec'");
    CHECK(mistake("0x10").problem == "'0x10' has an unknown unit 'x10'");
    CHECK(mistake("1.s").problem == "'1.s' is not a number");
    CHECK(mistake("9223372036854775808").problem == "9223372036854775808 is too large for 64 bits");
    CHECK(mistake("9223372037s").problem == "9223372037s is too large for 64 bits");
    CHECK(mistake("1.2.3").problem == "'1.2.3' is neither a number nor an IPv4 address");
    CHECK(mistake("20sec").remedy == "units are ns, us, ms, s and min, as in 250ms or 1.5s");
}

TEST_CASE("addresses of both families are one token") {
    const auto four = tokens_of("10.0.0.1:80");
    REQUIRE(four.size() == 4);
    CHECK(four[0].kind == TokenKind::Address);
    CHECK(four[0].text == "10.0.0.1");
    const auto six = tokens_of("[2001:db8::1]:80");
    REQUIRE(six.size() == 4);
    CHECK(six[0].kind == TokenKind::Address);
    CHECK(six[0].text == "2001:db8::1");
    CHECK(six[1].is(":"));
    CHECK(mistake("10.0.0.256").problem == "'10.0.0.256' is neither a number nor an IPv4 address");
    CHECK(mistake("[::g]").problem == "'::g' is not an IPv6 address");
    CHECK(mistake("[::1").problem == "'[' without ']'");
    CHECK(mistake("[10.0.0.1]").problem == "'10.0.0.1' is not an IPv6 address");
}

TEST_CASE("symbols of two characters are not two symbols") {
    const auto tokens = tokens_of("a<=b == c != d >= e && f || g");
    CHECK(tokens[1].is("<="));
    CHECK(tokens[3].is("=="));
    CHECK(tokens[5].is("!="));
    CHECK(tokens[7].is(">="));
    CHECK(tokens[9].is("&&"));
    CHECK(tokens[11].is("||"));
}

TEST_CASE("comments end with the line and statements with a line break or a semicolon") {
    const auto tokens = tokens_of("a # b; c\nd;e");
    REQUIRE(tokens.size() == 6);
    CHECK(tokens[1].kind == TokenKind::Break);
    CHECK(tokens[1].text == "\n");
    CHECK(tokens[2].text == "d");
    CHECK(tokens[3].text == ";");
    CHECK(tokens[5].kind == TokenKind::End);
}

TEST_CASE("a line break inside parentheses is white space") {
    const auto tokens = tokens_of("f(\n  1,\n  2\n)\n");
    REQUIRE(tokens.size() == 8);
    CHECK(tokens[5].is(")"));
    CHECK(tokens[6].kind == TokenKind::Break);
}

TEST_CASE("places count lines and characters from the text's first one") {
    const auto tokens = tokens_of("a\n  b", TextOrigin{.first = {10, 5}});
    check_place(tokens[0].pos, 10, 5);
    check_place(tokens[1].pos, 10, 6);
    check_place(tokens[2].pos, 11, 3);
    check_place(tokens[3].pos, 11, 4);
}

TEST_CASE("columns count characters of UTF-8 rather than octets") {
    const auto tokens = tokens_of("# \xc3\xa4\xc3\xb6\n x");
    check_place(tokens[1].pos, 2, 2);
    check_place(mistake("a \xc3\xa4").pos, 1, 3);
    CHECK(mistake("\xc3\xa4").problem == "the octet 0xc3 means nothing here");
}

TEST_CASE("a text with escapes has a place of its own for each octet") {
    const TextOrigin origin{.first = {1, 1}, .each = {{7, 3}, {7, 4}, {7, 6}, {7, 7}}};
    const auto tokens = tokens_of("a;b", origin);
    check_place(tokens[1].pos, 7, 4);
    check_place(tokens[2].pos, 7, 6);
    check_place(tokens[3].pos, 7, 7);
}

TEST_CASE("characters that mean nothing are shown with their place") {
    const Diagnostic error = mistake("a = 1\nb = $");
    CHECK(error.problem == "'$' means nothing here");
    check_place(error.pos, 2, 5);
    CHECK(mistake("a // b").problem == "'//' does not begin a comment here");
    CHECK(mistake("/* b */").remedy == "comments begin with '#' and end with the line");
    CHECK(mistake(std::string_view("\0", 1)).problem == "the octet 0x00 means nothing here");
}

}  // namespace synq
