#include "sim/net/link.h"

#include "tests/catch.h"

#include <vector>

namespace synq {
namespace {

Packet packet_of(Flags flags, std::uint32_t len = 0) {
    Packet packet;
    packet.segment.flags = flags;
    packet.segment.len = len;
    return packet;
}

Instant at(std::int64_t ms) {
    return Instant{} + milliseconds(ms);
}

TEST_CASE("link: a segment arrives after the delay") {
    Link link{1, milliseconds(25), {}};
    REQUIRE(link.send(at(10), packet_of(kSyn), 0));
    CHECK(link.next_arrival() == at(35));
}

TEST_CASE("link: a rule takes the first to the last segment with exactly its flags") {
    Link link{1, milliseconds(25), {{.from = 0, .flags = kSyn, .first = 2, .last = 3}}};
    CHECK(link.send(at(1), packet_of(kSyn), 0));
    CHECK(link.send(at(2), packet_of(kSyn | kAck), 1));
    CHECK_FALSE(link.send(at(3), packet_of(kSyn), 2));
    CHECK_FALSE(link.send(at(4), packet_of(kSyn), 3));
    CHECK(link.send(at(5), packet_of(kSyn), 4));
}

TEST_CASE("link: a segment that a recorded link carried too arrives when that one did") {
    Link link{1, milliseconds(25), {}};
    const std::vector<ReplayedPassage> recorded{{at(10), at(37), kSyn, 0},
                                                {at(11), at(39), kAck, 16}};
    link.follow(recorded);
    const Instant late = at(10) + kSameMoment;
    REQUIRE(link.send(late, packet_of(kSyn), 0));
    CHECK(link.pop().arrival == at(37));
    SECTION("once") {
        REQUIRE(link.send(late, packet_of(kSyn), 1));
        CHECK(link.pop().arrival == at(43));
    }
    SECTION("each its own") {
        REQUIRE(link.send(late, packet_of(kAck, 16), 1));
        CHECK(link.pop().arrival == at(39));
    }
    SECTION("only at that moment") {
        REQUIRE(link.send(at(11) + kSameMoment + nanoseconds(1), packet_of(kAck, 16), 1));
        CHECK(link.pop().arrival > at(39));
    }
    SECTION("only with that length") {
        REQUIRE(link.send(late, packet_of(kAck, 15), 1));
        CHECK(link.pop().arrival == at(43));
    }
}

TEST_CASE("link: what was sent later never arrives earlier") {
    Link link{1, milliseconds(25), {}};
    const std::vector<ReplayedPassage> recorded{{at(10), at(60), kSyn, 0}};
    link.follow(recorded);
    REQUIRE(link.send(at(10), packet_of(kSyn), 0));
    REQUIRE(link.send(at(11), packet_of(kAck), 1));
    CHECK(link.pop().arrival == at(60));
    CHECK(link.pop().arrival == at(60));
}

}  // namespace
}  // namespace synq
