// Messages, and the words that they suggest.
#include "sim/scenario/diagnostic.h"

#include "tests/catch.h"

#include <array>

namespace synq {
namespace {

constexpr std::array<std::string_view, 6> kWords{"socket",  "bind", "listen",
                                                 "connect", "recv", "fd"};

}  // namespace

TEST_CASE("a diagnostic prints as compilers do") {
    CHECK(to_string(Diagnostic{"six.toml", {12, 3}, "unknown key 'x'", "did you mean 'y'?"}) ==
          "six.toml:12:3: error: unknown key 'x' (did you mean 'y'?)");
    CHECK(to_string(Diagnostic{"six.toml", {}, "is empty", ""}) == "six.toml: error: is empty");
    CHECK(to_string(Diagnostic{"", {}, "is empty", ""}) == "error: is empty");
    CHECK(to_string(Diagnostic{"", {2, 1}, "p", ""}) == "2:1: error: p");
}

TEST_CASE("a slip of the hand finds the word that was meant") {
    CHECK(nearest("lisetn", kWords) == "listen");
    CHECK(nearest("conect", kWords) == "connect");
    CHECK(nearest("read", kWords) == "recv");
    CHECK(nearest("receive", kWords) == "recv");
    CHECK(nearest("LISTEN", kWords) == "listen");
    CHECK(nearest("fx", kWords) == "fd");
}

TEST_CASE("a word that resembles nothing suggests nothing") {
    CHECK(nearest("frobnicate", kWords).empty());
    CHECK(nearest("x", kWords).empty());
    CHECK(nearest("", kWords).empty());
    CHECK(nearest("listen", {}).empty());
}

TEST_CASE("the nearest of several candidates wins, the first of equals") {
    constexpr std::array<std::string_view, 3> candidates{"min", "max", "mix"};
    CHECK(nearest("mix", candidates) == "mix");
    CHECK(nearest("mux", candidates) == "max");
}

TEST_CASE("a swap of neighbours is one slip") {
    constexpr std::array<std::string_view, 1> candidates{"abc"};
    CHECK(nearest("bac", candidates) == "abc");
    CHECK(nearest("cba", candidates).empty());
}

TEST_CASE("a suggestion ends with the whole list") {
    CHECK(suggest("lisetn", kWords, "calls") ==
          "did you mean 'listen'? calls: socket, bind, listen, connect, recv, fd");
    CHECK(suggest("frobnicate", kWords, "calls") ==
          "calls: socket, bind, listen, connect, recv, fd");
    CHECK(suggest("x", {}, "calls").empty());
}

}  // namespace synq
