// One or two hosts under a program that the octets spell.
//
// The first octets choose hosts, profile, backlog and settings; the rest are moves
// (tests/property/host_moves.h). After every entry into a host its invariants are checked. A copy
// taken on the way and a second run of the whole must come to the same digest; and when everything
// has been closed and a long time has passed, nothing may be left.
//
// SYNQ_FUZZ_TRACE=1 in the environment tells the run in words.
#include "tests/fuzz/fail.h"
#include "tests/fuzz/narrate.h"
#include "tests/fuzz/octet_source.h"
#include "tests/property/host_moves.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <vector>

namespace synq {
namespace {

constexpr Duration kLongTime = seconds(1'000'000);
constexpr int kPatience = 20'000;  // timers that may run out in that time

constexpr IpAddress kAddresses[] = {IpAddress::v4(10, 0, 0, 1), IpAddress::v4(10, 0, 0, 2)};

/// A value that a setting may have, small ones preferred: limits that bind.
std::int64_t value_of(const SysctlInfo& info, OctetSource& source) {
    if (info.pair) {
        const auto first = static_cast<std::uint16_t>(1 + source.uniform(60'000));
        return packed({first, static_cast<std::uint16_t>(first + source.uniform(4))});
    }
    switch (source.uniform(6)) {
        case 0:
            return info.min;
        case 1:
            return std::min(info.max, info.min + 1);
        case 2:
            return std::min(info.max, info.min + 2);
        case 3:
            return std::min(info.max, info.min + 5);
        case 4:
            return info.max;
        default:
            return info.fallback;
    }
}

HostConfig config_from(OctetSource& source, std::uint16_t number) {
    const Profile* profile = find_profile(source.chance(2, 3) ? "linux-6.18" : "rfc9293");
    HostConfig out{.owner = number,
                   .profile = profile,
                   .sysctl = profile->sysctl,
                   .secret = {.k0 = 1, .k1 = number},
                   .address = kAddresses[number],
                   .report = true};
    for (std::uint64_t changes = source.uniform(6); changes > 0; --changes) {
        const auto table = sysctl_table();
        const SysctlInfo& info = table[source.uniform(table.size())];
        out.sysctl.*info.field = value_of(info, source);
    }
    return out;
}

/// One host alone, or two that reach each other.
class World {
  public:
    explicit World(OctetSource& source) {
        const auto count = static_cast<std::uint16_t>(1 + source.uniform(2));
        for (std::uint16_t i = 0; i < count; ++i) {
            hosts_.emplace_back(config_from(source, i), kAddresses[1 - i]);
            static constexpr std::int64_t kBacklogs[] = {2, 0, 1, 3, 8, 128};
            HostMoves(hosts_.back(), source)
                .serve(HostDriver::kServerPort, kBacklogs[source.uniform(std::size(kBacklogs))]);
        }
    }

    void step(OctetSource& source) {
        const std::size_t acting = hosts_.size() == 2 ? source.uniform(2) : 0;
        HostDriver& host = hosts_[acting];
        HostMoves(host, source).step();
        if (hosts_.size() == 2) {
            HostDriver& other = hosts_[1 - acting];
            other.go_to(host.now);
            hand_over(host, other);
            hand_over(other, host);
        }
    }
    /// Everything is closed, time passes, nothing is left.
    void wind_up() {
        for (HostDriver& host : hosts_) {
            const bool ended = host.wind_up(kLongTime, kPatience);
            require_all();
            require(ended, "timers come to an end");
            const char* remains = host.remains();
            require(remains == nullptr, remains);
        }
    }

    void require_all() const {
        for (const HostDriver& host : hosts_) {
            require(host.broken == nullptr, host.broken);
        }
    }
    void check(bool checked) {
        for (HostDriver& host : hosts_) {
            host.checked = checked;
        }
    }
    void tell() {
        for (HostDriver& host : hosts_) {
            host.watcher = narrate;
        }
    }
    [[nodiscard]] std::uint64_t digest() const {
        Fnv64 out;
        for (const HostDriver& host : hosts_) {
            out.add(host.digest.value());
            out.add(static_cast<std::uint64_t>(host.now.ns));
        }
        return out.value();
    }

  private:
    static void hand_over(HostDriver& from, HostDriver& to) {
        for (const Packet& packet : from.outgoing) {
            to.expect(packet);
        }
        from.outgoing.clear();
    }

    std::vector<HostDriver> hosts_;
};

std::uint64_t digest_of_rest(World world, OctetSource source) {
    world.check(false);
    while (!source.empty()) {
        world.step(source);
    }
    return world.digest();
}

void run(std::span<const std::uint8_t> octets) {
    OctetSource source(octets);
    const std::uint64_t copied_at = source.uniform(64);
    const OctetSource from_the_start = source;
    World world(source);
    if (std::getenv("SYNQ_FUZZ_TRACE") != nullptr) {
        world.tell();
    }
    std::optional<std::uint64_t> of_copy;
    for (std::uint64_t number = 0; !source.empty(); ++number) {
        if (number == copied_at) {
            of_copy = digest_of_rest(world, source);
        }
        world.step(source);
        world.require_all();
    }
    require(of_copy.value_or(world.digest()) == world.digest(), "a copy goes on alike");
    OctetSource again = from_the_start;
    World fresh(again);
    require(digest_of_rest(fresh, again) == world.digest(), "equal inputs give equal outputs");
    world.wind_up();
}

}  // namespace
}  // namespace synq

// The name is libFuzzer's. NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    synq::run({data, size});
    return 0;
}
