#ifdef __linux__

#include "sim/kernel/wheel_probe.h"

#include "tests/catch.h"

namespace synq {
namespace {

constexpr int kHz = 250;
constexpr std::int64_t kJiffyNs = 4'000'000;

std::optional<std::int64_t> phase_in_jiffies(const std::vector<BucketStarts>& levels,
                                             std::int64_t start_jiffy) {
    const auto phase = wheel_phase(levels, start_jiffy * kJiffyNs, kHz);
    return phase ? std::optional{phase->ns / kJiffyNs} : std::nullopt;
}

TEST_CASE("wheel probe: the phase is how long ago a bucket of every level began") {
    CHECK(phase_in_jiffies({{8, {1003}}}, 1003) == 0);
    CHECK(phase_in_jiffies({{8, {1003}}}, 1002) == 7);
    CHECK(phase_in_jiffies({{8, {1003}}, {64, {1051}}}, 1000) == 13);
    CHECK(phase_in_jiffies({{8, {1003}}, {64, {1051}}, {512, {1563}}}, 1051) == 0);
}

TEST_CASE("wheel probe: the rest of a jiffy is part of the phase") {
    const auto phase = wheel_phase({{8, {1003}}}, 1004 * kJiffyNs + 123, kHz);
    REQUIRE(phase);
    CHECK(phase->ns == kJiffyNs + 123);
}

TEST_CASE("wheel probe: of several sightings the earliest in the cycle counts") {
    CHECK(phase_in_jiffies({{8, {1003, 1012, 1019}}}, 1003) == 0);
    CHECK(phase_in_jiffies({{8, {1012, 1003, 1019}}}, 1003) == 0);
}

TEST_CASE("wheel probe: a level that was seen late is put right by the others") {
    CHECK(phase_in_jiffies({{8, {1003}}, {64, {1052}}}, 1051) == 0);
    CHECK(phase_in_jiffies({{8, {1004}}, {64, {1051}}}, 1051) == 0);
}

TEST_CASE("wheel probe: without a sighting, or with jiffies of no whole nanoseconds, no phase") {
    CHECK_FALSE(wheel_phase({{8, {}}}, 0, kHz));
    CHECK_FALSE(wheel_phase({{8, {1003}}}, 0, 300));
    CHECK(phase_in_jiffies({{8, {1003}}, {64, {}}}, 1004) == 1);
}

}  // namespace
}  // namespace synq

#endif
