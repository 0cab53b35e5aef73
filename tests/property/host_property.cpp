// What holds for a host at every moment, whatever arrives, whoever calls, whichever timer runs out:
// tests/invariants.h and tests/entry_invariants.h, asked for after every entry.
#include "sim/des/random.h"
#include "tests/catch.h"
#include "tests/property/host_driver.h"
#include "tests/property/host_moves.h"

namespace synq {
namespace {

constexpr IpAddress kOwn = IpAddress::v4(10, 0, 0, 1);
constexpr IpAddress kPeers = IpAddress::v4(10, 0, 0, 2);

struct Setting {
    std::uint64_t seed;
    std::int64_t backlog;
    std::int64_t syncookies;
    std::int64_t abort_on_overflow;
    std::string_view profile;
    std::int64_t fastopen = 1;
};

/// A host that serves, and the moves that will happen to it.
struct Run {
    explicit Run(const Setting& setting)
        : driver(config(setting), kPeers), random(setting.seed, "host", 0) {
        HostMoves(driver, random).serve(HostDriver::kServerPort, setting.backlog);
    }

    static HostConfig config(const Setting& setting) {
        const Profile* profile = find_profile(setting.profile);
        HostConfig out{.profile = profile,
                       .sysctl = profile->sysctl,
                       .secret = {.k0 = 1, .k1 = 2},
                       .address = kOwn};
        out.sysctl.syncookies = setting.syncookies;
        out.sysctl.abort_on_overflow = setting.abort_on_overflow;
        out.sysctl.fastopen = setting.fastopen;
        out.report = true;
        return out;
    }
    void step() { HostMoves(driver, random).step(); }

    HostDriver driver;
    RandomStream random;
};

constexpr int kSteps = 30'000;
constexpr Setting kPlain{5, 2, 1, 0, "linux-6.18"};

}  // namespace

TEST_CASE("a host keeps its records, queues, timers and counters consistent") {
    const Setting settings[] = {{1, 3, 0, 0, "linux-6.18"},       {2, 0, 0, 1, "linux-6.18"},
                                {3, 1, 1, 0, "linux-6.18"},       {4, 2, 2, 0, "linux-6.18"},
                                {6, 2, 0, 0, "rfc9293"},          {7, 0, 0, 1, "rfc9293"},
                                {8, 3, 1, 0, "linux-6.18", 0x603}};
    for (const Setting& setting : settings) {
        Run run(setting);
        HostDriver& driver = run.driver;
        INFO("seed " << setting.seed);
        for (int number = 0; number < kSteps; ++number) {
            run.step();
            if (driver.broken != nullptr) {
                FAIL("step " << number << ": " << driver.broken);
            }
        }
        // Something must have happened.
        const MibCounters& mib = driver.host.counters();
        CHECK(mib[Mib::PassiveOpens] > 50);
        CHECK(mib[Mib::ActiveOpens] > 50);
        CHECK(mib[Mib::TW] > 5);
        CHECK(mib[Mib::RetransSegs] > 50);

        // And nothing must remain.
        REQUIRE(driver.wind_up(seconds(1'000'000), 100'000));
        CHECK(driver.broken == nullptr);
        CHECK(driver.remains() == nullptr);
    }
}

TEST_CASE("so it does with every profile's listeners") {
    std::uint64_t seed = 8;
    for (const std::string_view profile : profile_names()) {
        Run run({seed++, 2, 0, 0, profile});
        HostDriver& driver = run.driver;
        INFO(profile);
        for (int number = 0; number < kSteps / 3; ++number) {
            run.step();
            if (driver.broken != nullptr) {
                FAIL("step " << number << ": " << driver.broken);
            }
        }
        CHECK(driver.host.counters()[Mib::PassiveOpens] > 15);
        REQUIRE(driver.wind_up(seconds(1'000'000), 100'000));
        CHECK(driver.broken == nullptr);
        CHECK(driver.remains() == nullptr);
    }
}

TEST_CASE("equal inputs give equal outputs") {
    const auto digest = [](std::uint64_t seed) {
        Setting setting = kPlain;
        setting.seed = seed;
        Run run(setting);
        for (int i = 0; i < 5'000; ++i) {
            run.step();
        }
        return run.driver.digest.value();
    };
    REQUIRE(digest(1) == digest(1));
    REQUIRE(digest(1) != digest(2));
}

TEST_CASE("a copy of a host goes on as the original does") {
    Run original(kPlain);
    for (int round = 0; round < 20; ++round) {
        Run copy = original;
        for (int i = 0; i < 300; ++i) {
            original.step();
        }
        for (int i = 0; i < 300; ++i) {
            copy.step();
        }
        REQUIRE(copy.driver.digest.value() == original.driver.digest.value());
        REQUIRE(copy.driver.now == original.driver.now);
    }
}

}  // namespace synq
