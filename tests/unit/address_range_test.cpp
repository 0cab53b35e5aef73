// Ranges of addresses: what is one, what is in it, and drawing from it.
#include "model/wire/address_range.h"

#include "tests/catch.h"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace synq {
namespace {

constexpr std::uint64_t kOnes = std::numeric_limits<std::uint64_t>::max();

AddressRange range(std::string_view text) {
    const auto out = parse_address_range(text);
    INFO(text);
    REQUIRE(out.has_value());
    return *out;
}
IpAddress address(std::string_view text) {
    return *parse_address(text);
}

}  // namespace

TEST_CASE("a range is an address and the length of its prefix") {
    for (const char* text : {"198.51.100.0/24", "0.0.0.0/0", "10.1.2.3", "10.0.0.128/25",
                             "2001:db8::/32", "::/0", "2001:db8::1"}) {
        CHECK(to_string(range(text)) == text);
    }
    CHECK(to_string(range("10.1.2.3/32")) == "10.1.2.3");
    for (const char* text : {"", "/24", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/2x",
                             "10.0.0.1/24", "2001:db8::/129", "2001:db8::1/64", "10.0.0/8"}) {
        INFO(text);
        CHECK_FALSE(parse_address_range(text).has_value());
    }
}

TEST_CASE("a range has the addresses between its first and its last one") {
    const AddressRange some = range("10.1.2.64/26");
    CHECK_FALSE(some.contains(address("10.1.2.63")));
    CHECK(some.contains(address("10.1.2.64")));
    CHECK(some.contains(address("10.1.2.127")));
    CHECK_FALSE(some.contains(address("10.1.2.128")));
    CHECK(range("10.1.2.3").contains(address("10.1.2.3")));
    CHECK_FALSE(range("10.1.2.3").contains(address("10.1.2.2")));
    CHECK_FALSE(range("2001:db8::/32").contains(address("10.1.2.3")));
    CHECK(range("0.0.0.0/0").contains(address("255.255.255.255")));
    CHECK_FALSE(range("0.0.0.0/0").contains(address("2001:db8::1")));
}

TEST_CASE("two ranges overlap when one contains the other") {
    CHECK(range("10.0.0.0/8").overlaps(range("10.1.0.0/16")));
    CHECK(range("10.1.0.0/16").overlaps(range("10.0.0.0/8")));
    CHECK_FALSE(range("10.0.0.0/9").overlaps(range("10.128.0.0/9")));
}

TEST_CASE("bits after the prefix are taken from numbers") {
    const AddressRange some = range("198.51.100.0/24");
    CHECK(some.at(0, 0) == address("198.51.100.0"));
    CHECK(some.at(kOnes, kOnes) == address("198.51.100.255"));
    CHECK(some.at(kOnes, 0x1'0007) == address("198.51.100.7"));
    CHECK(range("10.0.0.0/12").at(0, 0xffff'ffff) == address("10.15.255.255"));
    CHECK(range("2001:db8::/32").at(kOnes, 1) == address("2001:db8:ffff:ffff::1"));
    CHECK(range("10.1.2.3").at(kOnes, kOnes) == address("10.1.2.3"));
}

}  // namespace synq
