// Random packets, whole, cut and damaged.
#include "model/wire/codec.h"
#include "sim/des/random.h"
#include "tests/catch.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace synq {
namespace {

using Octets = std::vector<std::byte>;

class Generator {
  public:
    explicit Generator(std::uint64_t seed) : random_(seed, "packets", 0) {}

    Packet packet(std::uint32_t longest_payload) {
        const bool v4 = coin();
        return {.src = endpoint(v4), .dst = endpoint(v4), .segment = segment(longest_payload)};
    }
    IpFields ip(bool v4) {
        if (v4) {
            return {.identification = u16(),
                    .ttl = u8(),
                    .traffic_class = u8(),
                    .dont_fragment = coin()};
        }
        return {.flow_label = u32() & 0xf'ffffU, .ttl = u8(), .traffic_class = u8()};
    }
    Octets octets(std::size_t count) {
        Octets out(count);
        for (std::byte& octet : out) {
            octet = static_cast<std::byte>(u8());
        }
        return out;
    }
    std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_.uniform(n)); }
    bool coin() { return random_.chance(1, 2); }

  private:
    std::uint8_t u8() { return static_cast<std::uint8_t>(random_.next()); }
    std::uint16_t u16() { return static_cast<std::uint16_t>(random_.next()); }
    std::uint32_t u32() { return static_cast<std::uint32_t>(random_.next()); }

    Endpoint endpoint(bool v4) {
        std::array<std::uint8_t, 16> octets{};
        for (std::uint8_t& octet : octets) {
            octet = u8();
        }
        octets[0] = 0x20;  // not IPv4-mapped
        return {v4 ? IpAddress::v4(u32()) : IpAddress::v6(octets), u16()};
    }

    Segment segment(std::uint32_t longest_payload) {
        Segment out{.seq = Seq{u32()},
                    .ack = Seq{u32()},
                    .flags = Flags{u8()},
                    .window = u16(),
                    .len = static_cast<std::uint32_t>(below(longest_payload + 1))};
        if (coin()) {
            out.options.mss = u16();
        }
        if (coin()) {
            out.options.window_scale = static_cast<std::uint8_t>(below(15));
        }
        out.options.sack_permitted = coin();
        if (coin()) {
            out.options.timestamps = true;
            out.options.ts_val = u32();
            out.options.ts_ecr = u32();
        }
        if (coin()) {
            out.options.fast_open = cookie();
        }
        return out;
    }

    /// A request, or a cookie of any length: with all the other options 40 octets, the most.
    FastOpenCookie cookie() {
        const std::size_t size = 2 * below(9);
        FastOpenCookie out{.size = static_cast<std::uint8_t>(size < 4 ? 0 : size)};
        for (std::size_t i = 0; i < out.size; ++i) {
            out.octets[i] = u8();
        }
        return out;
    }

    RandomStream random_;
};

struct Sample {
    Packet packet;
    IpFields ip;
    Octets payload;
    Octets octets;
};

Sample sample(Generator& generator, std::uint32_t longest_payload) {
    Sample out;
    out.packet = generator.packet(longest_payload);
    out.ip = generator.ip(out.packet.src.address.is_v4());
    out.payload = generator.octets(out.packet.segment.len);
    out.octets.resize(encoded_size(out.packet));
    const auto size = encode(out.packet, out.payload, out.octets, out.ip);
    REQUIRE(size == out.octets.size());
    return out;
}

bool same(const Decoded& decoded, const Sample& original) {
    return decoded.packet == original.packet && decoded.ip == original.ip &&
           Octets(decoded.payload.begin(), decoded.payload.end()) == original.payload;
}

// Every octet that decode() reads lies in a block of its own, so that a sanitizer sees a step
// beyond it.
std::expected<Decoded, DecodeError> decode_alone(const Octets& octets, Checksums checksums) {
    const Octets alone(octets.begin(), octets.end());
    auto decoded = decode(alone, checksums);
    if (decoded) {
        REQUIRE(decoded->size <= alone.size());
        REQUIRE(decoded->payload.size() == decoded->packet.segment.len);
        decoded->payload = {};
    }
    return decoded;
}

}  // namespace

TEST_CASE("a random packet survives the wire") {
    Generator generator(1);
    for (int i = 0; i < 5'000; ++i) {
        const Sample original = sample(generator, 300);
        const auto decoded = decode(original.octets);
        REQUIRE(decoded);
        REQUIRE(same(*decoded, original));
        REQUIRE(decoded->size == original.octets.size());
    }
}

TEST_CASE("a packet cut at any length is refused") {
    Generator generator(2);
    for (int i = 0; i < 100; ++i) {
        Octets octets = sample(generator, 40).octets;
        while (!octets.empty()) {
            octets.pop_back();
            const auto decoded = decode_alone(octets, Checksums::Ignore);
            REQUIRE_FALSE(decoded);
            REQUIRE(decoded.error() == DecodeError::Truncated);
        }
    }
}

TEST_CASE("a flipped bit is detected, or seen in the result") {
    Generator generator(3);
    int accepted = 0;
    for (int i = 0; i < 100; ++i) {
        const Sample original = sample(generator, 20);
        for (std::size_t bit = 0; bit < original.octets.size() * 8; ++bit) {
            Sample damaged = original;
            damaged.octets[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
            const auto decoded = decode(damaged.octets);
            if (decoded) {
                // Only IPv6 has fields without a checksum.
                REQUIRE_FALSE(original.packet.src.address.is_v4());
                REQUIRE_FALSE(same(*decoded, original));
                ++accepted;
            }
        }
    }
    CHECK(accepted > 0);
}

TEST_CASE("damaged packets without checksums never lead out of bounds") {
    Generator generator(4);
    int accepted = 0;
    for (int i = 0; i < 50'000; ++i) {
        Octets octets = sample(generator, 20).octets;
        for (std::size_t n = 1 + generator.below(4); n > 0; --n) {
            const std::size_t at = generator.below(octets.size());
            octets[at] = generator.octets(1)[0];
        }
        const std::size_t kept = generator.below(octets.size());
        octets.resize(generator.coin() ? kept : octets.size());
        accepted += decode_alone(octets, Checksums::Ignore) ? 1 : 0;
    }
    CHECK(accepted > 100);
}

TEST_CASE("noise never leads out of bounds") {
    Generator generator(5);
    int refused = 0;
    for (int i = 0; i < 50'000; ++i) {
        Octets octets = generator.octets(generator.below(120));
        if (!octets.empty() && generator.coin()) {
            octets[0] = generator.coin() ? std::byte{0x45} : std::byte{0x60};
        }
        const auto decoded =
            decode_alone(octets, generator.coin() ? Checksums::Ignore : Checksums::Verify);
        refused += decoded ? 0 : 1;
    }
    CHECK(refused > 49'000);
}

TEST_CASE("random addresses survive their text") {
    RandomStream random(6, "addresses", 0);
    for (int i = 0; i < 20'000; ++i) {
        std::array<std::uint8_t, 16> octets{};
        for (std::uint8_t& octet : octets) {
            // Zeros are frequent, so that runs of them are.
            octet =
                random.chance(2, 3) ? std::uint8_t{0} : static_cast<std::uint8_t>(random.next());
        }
        const IpAddress v6 = IpAddress::v6(octets);
        REQUIRE(parse_address(to_string(v6)) == v6);
        const IpAddress v4 = IpAddress::v4(static_cast<std::uint32_t>(random.next()));
        REQUIRE(parse_address(to_string(v4)) == v4);
    }
}

}  // namespace synq
