#include "model/base/arena.h"

#include "model/base/ids.h"
#include "tests/catch.h"

namespace synq {
namespace {

struct Record {
    int value = 7;
};
using RecordId = Id<struct RecordTag>;
using Records = Arena<Record, RecordId>;

}  // namespace

TEST_CASE("an arena reuses the slot released last") {
    Records records;
    const RecordId a = records.acquire();
    const RecordId b = records.acquire();
    const RecordId c = records.acquire();
    records.release(a);
    records.release(c);
    records.recycle();
    CHECK(records.acquire() == c);
    CHECK(records.acquire() == a);
    CHECK(records.acquire().value == 3);
    CHECK(b.value == 1);
}

TEST_CASE("a released record stays readable and its slot untouched until it is recycled") {
    Records records;
    const RecordId a = records.acquire();
    records[a].value = 99;
    records.release(a);
    CHECK_FALSE(records.acquire() == a);
    CHECK(records[a].value == 99);
    records.recycle();
    CHECK(records.acquire() == a);
}

TEST_CASE("a reused record starts afresh") {
    Records records;
    const RecordId a = records.acquire();
    records[a].value = 99;
    records.release(a);
    records.recycle();
    const RecordId again = records.acquire();
    REQUIRE(again == a);
    CHECK(records[again].value == 7);
}

TEST_CASE("an arena counts what is alive, and its capacity does not shrink") {
    Records records;
    CHECK(records.live() == 0);
    const RecordId a = records.acquire();
    records.acquire();
    CHECK(records.live() == 2);
    records.release(a);
    CHECK(records.live() == 1);
    records.recycle();
    CHECK(records.live() == 1);
    CHECK(records.capacity() == 2);
}

TEST_CASE("a copied arena is independent and hands out the same slots") {
    Records records;
    const RecordId a = records.acquire();
    records[a].value = 1;
    records.release(records.acquire());
    records.recycle();
    Records copy = records;
    copy[a].value = 2;
    CHECK(records[a].value == 1);
    CHECK(copy.acquire() == records.acquire());
}

TEST_CASE("a default id refers to nothing") {
    CHECK_FALSE(RecordId{}.valid());
    CHECK(RecordId{0}.valid());
}

}  // namespace synq
