// SipHash-2-4 against the vectors of its reference implementation, FNV-1a against those of its
// authors.
#include "model/base/hash.h"

#include "model/base/siphash.h"
#include "tests/catch.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace synq {
namespace {

constexpr SipKey kReferenceKey{0x0706'0504'0302'0100U, 0x0f0e'0d0c'0b0a'0908U};

constexpr std::array<std::byte, 64> counting_octets() {
    std::array<std::byte, 64> out{};
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = static_cast<std::byte>(i);
    }
    return out;
}
constexpr std::array<std::byte, 64> kMessage = counting_octets();

constexpr std::uint64_t reference(std::size_t length) {
    return siphash(kReferenceKey, std::span(kMessage).first(length));
}

std::uint64_t fnv(std::string_view text) {
    Fnv64 hash;
    hash.add(text);
    return hash.value();
}

}  // namespace

TEST_CASE("SipHash-2-4 yields the published vectors") {
    // Key 00 01 .. 0f, message 00 01 .. (length - 1).
    STATIC_REQUIRE(reference(0) == 0x726f'db47'dd0e'0e31U);
    STATIC_REQUIRE(reference(1) == 0x74f8'39c5'93dc'67fdU);
    CHECK(reference(2) == 0x0d6c'8009'd9a9'4f5aU);
    CHECK(reference(3) == 0x8567'6696'd7fb'7e2dU);
    CHECK(reference(7) == 0xab02'00f5'8b01'd137U);
    CHECK(reference(8) == 0x93f5'f579'9a93'2462U);
    CHECK(reference(15) == 0xa129'ca61'49be'45e5U);
    CHECK(reference(63) == 0x958a'324c'eb06'4572U);
}

TEST_CASE("SipHash of words is the SipHash of their little-endian octets") {
    CHECK(siphash(kReferenceKey, {}) == reference(0));
    CHECK(siphash(kReferenceKey, {0x0706'0504'0302'0100U}) == reference(8));
    CHECK(siphash(kReferenceKey, {0x0706'0504'0302'0100U, 0x0f0e'0d0c'0b0a'0908U}) ==
          reference(16));
}

TEST_CASE("every bit of the SipHash key matters") {
    const std::uint64_t plain = reference(13);
    for (unsigned bit = 0; bit < 64; ++bit) {
        SipKey key = kReferenceKey;
        key.k0 ^= std::uint64_t{1} << bit;
        CHECK(siphash(key, std::span(kMessage).first(13)) != plain);
        key = kReferenceKey;
        key.k1 ^= std::uint64_t{1} << bit;
        CHECK(siphash(key, std::span(kMessage).first(13)) != plain);
    }
}

TEST_CASE("FNV-1a yields the published vectors") {
    CHECK(fnv("") == 0xcbf2'9ce4'8422'2325U);
    CHECK(fnv("a") == 0xaf63'dc4c'8601'ec8cU);
    CHECK(fnv("b") == 0xaf63'df4c'8601'f1a5U);
    CHECK(fnv("foobar") == 0x8594'4171'f739'67e8U);
}

TEST_CASE("FNV-1a does not care where its input is cut") {
    Fnv64 pieces;
    pieces.add("foo");
    pieces.add("");
    pieces.add("bar");
    CHECK(pieces.value() == fnv("foobar"));
}

TEST_CASE("FNV-1a takes a number as eight octets, least significant first") {
    Fnv64 number;
    number.add(0x6867'6665'6463'6261U);
    CHECK(number.value() == fnv("abcdefgh"));
}

}  // namespace synq
