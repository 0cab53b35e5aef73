#include "model/base/seq.h"

#include "tests/catch.h"

namespace synq {

TEST_CASE("a sequence number after the wrap is after one before it") {
    const Seq last{0xffff'ffff};
    const Seq first{0};
    CHECK(after(first, last));
    CHECK(before(last, first));
    CHECK(first - last == 1);
    CHECK(last - first == -1);
    CHECK(last + 1 == first);
    CHECK(first - 1U == last);
    CHECK(later(last, first) == first);
    CHECK(later(first, last) == first);
}

TEST_CASE("equal sequence numbers are neither before nor after") {
    const Seq s{0x8000'0000};
    CHECK_FALSE(before(s, s));
    CHECK_FALSE(after(s, s));
    CHECK(at_or_before(s, s));
    CHECK(at_or_after(s, s));
}

TEST_CASE("a window holds its left edge and not its right one") {
    const Seq left{0xffff'fff0};
    CHECK(in_window(left, left, 0x20));
    CHECK(in_window(left + 0x1f, left, 0x20));
    CHECK_FALSE(in_window(left + 0x20, left, 0x20));
    CHECK_FALSE(in_window(left - 1U, left, 0x20));
}

TEST_CASE("a window of size zero holds nothing") {
    CHECK_FALSE(in_window(Seq{7}, Seq{7}, 0));
}

TEST_CASE("a window beyond half the circle is exact") {
    // Here before(left + size) would say the opposite.
    CHECK(in_window(Seq{0x9000'0000}, Seq{0}, 0xffff'ffff));
    CHECK_FALSE(in_window(Seq{0xffff'ffff}, Seq{0}, 0xffff'ffff));
}

}  // namespace synq
