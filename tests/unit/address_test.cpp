#include "model/wire/address.h"

#include "tests/catch.h"

#include <string>
#include <string_view>

namespace synq {
namespace {

// What an address reads as after it was parsed; "-" when it was not accepted.
std::string canonical(std::string_view text) {
    const auto address = parse_address(text);
    return address ? to_string(*address) : "-";
}

}  // namespace

TEST_CASE("IPv4 addresses are dotted quads") {
    CHECK(canonical("10.0.0.1") == "10.0.0.1");
    CHECK(canonical("0.0.0.0") == "0.0.0.0");
    CHECK(canonical("255.255.255.255") == "255.255.255.255");
    CHECK(parse_address("127.0.0.1") == IpAddress::loopback_v4());
}

TEST_CASE("what is not quite an IPv4 address is refused") {
    for (const std::string_view text :
         {"", ".", "1", "1.2.3", "1.2.3.", ".1.2.3", "1..2.3", "1.2.3.4.", "1.2.3.4.5", "256.0.0.1",
          "1.2.3.0004", "01.2.3.4", "1.2.3.4 ", " 1.2.3.4", "1.2.3.a", "1.2.3.-4", "+1.2.3.4"}) {
        INFO(text);
        CHECK(canonical(text) == "-");
    }
}

TEST_CASE("IPv6 addresses print as RFC 5952 says") {
    // 4.1 no leading zeros, 4.2 the longest run of zeros and the first of equals, 4.3 lower case.
    CHECK(canonical("2001:0db8::0001") == "2001:db8::1");
    CHECK(canonical("2001:db8:0:0:0:0:2:1") == "2001:db8::2:1");
    CHECK(canonical("2001:db8:0:1:1:1:1:1") == "2001:db8:0:1:1:1:1:1");
    CHECK(canonical("2001:0:0:1:0:0:0:1") == "2001:0:0:1::1");
    CHECK(canonical("2001:db8:0:0:1:0:0:1") == "2001:db8::1:0:0:1");
    CHECK(canonical("2001:DB8::ABCD") == "2001:db8::abcd");
    CHECK(canonical("::") == "::");
    CHECK(canonical("0:0:0:0:0:0:0:1") == "::1");
    CHECK(canonical("1::") == "1::");
    CHECK(canonical("1:0:0:0:0:0:0:0") == "1::");
    CHECK(canonical("1:2:3:4:5:6:7:8") == "1:2:3:4:5:6:7:8");
    CHECK(canonical("1:2:3:4:5:6:7::") == "1:2:3:4:5:6:7:0");
    CHECK(canonical("::2:3:4:5:6:7:8") == "0:2:3:4:5:6:7:8");
}

TEST_CASE("an IPv6 address may end in a dotted quad") {
    CHECK(canonical("64:ff9b::192.0.2.33") == "64:ff9b::c000:221");
    CHECK(canonical("1:2:3:4:5:6:1.2.3.4") == "1:2:3:4:5:6:102:304");
    CHECK(canonical("::1.2.3.4") == "::102:304");
}

TEST_CASE("an IPv4-mapped address is that IPv4 address") {
    CHECK(parse_address("::ffff:10.1.2.3") == IpAddress::v4(10, 1, 2, 3));
    CHECK(parse_address("::FFFF:0a01:0203") == IpAddress::v4(10, 1, 2, 3));
    CHECK(canonical("::ffff:10.1.2.3") == "10.1.2.3");
}

TEST_CASE("what is not quite an IPv6 address is refused") {
    for (const std::string_view text : {":",
                                        ":::",
                                        "1:",
                                        ":1",
                                        "1:2:3:4:5:6:7",
                                        "1:2:3:4:5:6:7:8:9",
                                        "1:2:3:4:5:6:7:8:",
                                        "1::2::3",
                                        "::1::",
                                        "1:2:3:4:5:6:7::8",
                                        "1:2:3:4::5:6:7:8",
                                        "12345::",
                                        "g::",
                                        "::1:",
                                        ":1::",
                                        "1:::2",
                                        "1.2.3.4::",
                                        "1:2:3:4:5:6:7:1.2.3.4",
                                        "::1.2.3",
                                        "::1.2.3.4:5",
                                        "fe80::1%1",
                                        "[::1]",
                                        "::1 "}) {
        INFO(text);
        CHECK(canonical(text) == "-");
    }
}

TEST_CASE("an endpoint brackets an IPv6 address") {
    CHECK(to_string(Endpoint{IpAddress::v4(10, 0, 0, 1), 80}) == "10.0.0.1:80");
    CHECK(to_string(Endpoint{*parse_address("2001:db8::1"), 65535}) == "[2001:db8::1]:65535");
}

TEST_CASE("both wildcards are wildcards") {
    CHECK(IpAddress{}.is_any());
    CHECK(IpAddress::any_v4().is_any());
    CHECK_FALSE(IpAddress::loopback_v4().is_any());
    CHECK_FALSE(IpAddress{}.is_v4());
}

}  // namespace synq
