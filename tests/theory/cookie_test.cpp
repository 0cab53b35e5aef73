// SYN cookies: of 2^32 acknowledgement numbers eight are valid at any time.
#include "model/listen/cookie.h"

#include "sim/des/random.h"
#include "tests/catch.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <set>

namespace synq {
namespace {

constexpr std::array<std::uint16_t, 4> kMssValues{536, 1'300, 1'440, 1'460};

struct Handshake {
    Secret secret{0x0123'4567'89ab'cdef, 0xfedc'ba98'7654'3210};
    FlowKey flow{{IpAddress::v4(10, 0, 0, 1), 8000}, {IpAddress::v4(198, 51, 100, 7), 40'000}};
    Seq irs{0xcafe'0000};
    Instant now = Instant{} + seconds(1'234);
};

/// Made for this SYN in this minute and in the one before.
std::set<std::uint32_t> made(const Handshake& at) {
    std::set<std::uint32_t> cookies;
    for (const std::uint16_t mss : kMssValues) {
        for (const Instant minute : {at.now, at.now - seconds(60)}) {
            cookies.insert(make_cookie(at.secret, at.flow, at.irs, mss, minute).raw());
        }
    }
    return cookies;
}

bool valid(const Handshake& at, std::uint32_t cookie) {
    return check_cookie(at.secret, at.flow, Seq{cookie}, at.irs, at.now).has_value();
}

}  // namespace

TEST_CASE("eight cookies are valid: four MSS values in two periods") {
    const Handshake at;
    const std::set<std::uint32_t> cookies = made(at);
    CHECK(cookies.size() == 8);
    for (const std::uint32_t cookie : cookies) {
        CHECK(valid(at, cookie));
    }
}

TEST_CASE("around the eight cookies, and in every 256th of the space, there is no ninth") {
    const Handshake at;
    const std::set<std::uint32_t> cookies = made(at);
    const auto count = [&at](std::uint32_t first, std::uint32_t numbers, std::uint32_t step) {
        int found = 0;
        for (std::uint32_t i = 0; i < numbers; ++i) {
            found += valid(at, first + i * step) ? 1 : 0;
        }
        return found;
    };
    // The four MSS values of a period are neighbours: a window around one holds all four.
    constexpr std::uint32_t kHalf = 1U << 14U;
    for (const std::uint32_t cookie : cookies) {
        CHECK(count(cookie - kHalf, 2 * kHalf, 1) == 4);
        // The same low bits with each of the 256 values of the minute's octet.
        CHECK(count(cookie, 256, 1U << 24U) == 1);
    }
}

TEST_CASE("a random ACK guesses a cookie with 1.9e-9, half of 3.7e8 ACKs do") {
    const double one = 8.0 / 4'294'967'296.0;
    CHECK(one == Approx(1.9e-9).epsilon(0.03));
    CHECK(std::log(0.5) / std::log1p(-one) == Approx(3.7e8).epsilon(0.01));
    // A million random ACKs, of which 0.002 are expected to guess one.
    const Handshake at;
    RandomStream random(1, "guess", 0);
    int guessed = 0;
    for (int i = 0; i < 1'000'000; ++i) {
        guessed += valid(at, static_cast<std::uint32_t>(random.next())) ? 1 : 0;
    }
    CHECK(guessed == 0);
}

}  // namespace synq
