// Octets that arrive, and packets that leave.
//
// The first octet says whether checksums are verified. What follows is decoded as it stands; then
// it is read once more as the fields of a packet, which must survive the way out and back.
#include "model/wire/codec.h"
#include "tests/fuzz/fail.h"
#include "tests/fuzz/octet_source.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace synq {
namespace {

using Octets = std::vector<std::byte>;

constexpr std::size_t kLongestPacket = 65'535;

bool same(std::span<const std::byte> a, std::span<const std::byte> b) {
    return Octets(a.begin(), a.end()) == Octets(b.begin(), b.end());
}

/// The packet as octets, exactly as many as were announced; none when IP cannot say its length.
Octets encoded(const Packet& packet, std::span<const std::byte> payload, const IpFields& ip) {
    Octets out(encoded_size(packet));
    const auto size = encode(packet, payload, out, ip);
    if (!size) {
        require(size.error() == EncodeError::PacketTooLong && out.size() > kLongestPacket,
                "what was decoded can be encoded");
        return {};
    }
    require(*size == out.size(), "encode() writes what encoded_size() says");
    return out;
}

/// decode(encode(x)) is x.
void go_out_and_back(const Packet& packet, std::span<const std::byte> payload, const IpFields& ip) {
    const Octets octets = encoded(packet, payload, ip);
    if (octets.empty()) {
        return;
    }
    const auto again = decode(octets);
    require(again.has_value(), "what was encoded can be decoded");
    require(again->packet == packet, "the packet comes back");
    require(again->ip == ip, "the IP header comes back");
    require(same(again->payload, payload), "the payload comes back");
    require(again->size == octets.size(), "nothing is left over");
}

void decode_anything(std::span<const std::byte> octets, Checksums checksums) {
    const Octets alone(octets.begin(), octets.end());  // a block of its own: ASan guards its ends
    const auto decoded = decode(alone, checksums);
    if (!decoded) {
        require(!describe(decoded.error()).empty(), "a refusal has a reason");
        return;
    }
    require(decoded->size <= alone.size(), "a packet lies within the octets");
    require(decoded->payload.size() == decoded->packet.segment.len, "the payload has its length");
    go_out_and_back(decoded->packet, decoded->payload, decoded->ip);
}

Endpoint endpoint(OctetSource& source, bool v4) {
    const auto port = static_cast<std::uint16_t>(source.uniform(0x1'0000));
    if (v4) {
        return {IpAddress::v4(static_cast<std::uint32_t>(source.next())), port};
    }
    std::array<std::uint8_t, 16> octets{};
    for (std::uint8_t& octet : octets) {
        octet = static_cast<std::uint8_t>(source.uniform(0x100));
    }
    octets[0] |= 0x20U;  // not IPv4-mapped
    return {IpAddress::v6(octets), port};
}

Segment segment(OctetSource& source) {
    Segment out{.seq = Seq{static_cast<std::uint32_t>(source.next())},
                .ack = Seq{static_cast<std::uint32_t>(source.next())},
                .flags = Flags{static_cast<std::uint8_t>(source.uniform(0x100))},
                .window = static_cast<std::uint16_t>(source.uniform(0x1'0000))};
    const auto options = static_cast<std::uint8_t>(source.uniform(0x20));
    if ((options & 1U) != 0) {
        out.options.mss = static_cast<std::uint16_t>(source.uniform(0x1'0000));
    }
    if ((options & 2U) != 0) {
        out.options.window_scale = static_cast<std::uint8_t>(source.uniform(15));
    }
    out.options.sack_permitted = (options & 4U) != 0;
    if ((options & 8U) != 0) {
        out.options.timestamps = true;
        out.options.ts_val = static_cast<std::uint32_t>(source.next());
        out.options.ts_ecr = static_cast<std::uint32_t>(source.next());
    }
    if ((options & 16U) != 0) {
        const auto size = static_cast<std::uint8_t>(2 * source.uniform(9));
        out.options.fast_open.size = size < FastOpenCookie::kShortest ? std::uint8_t{0} : size;
        for (std::size_t i = 0; i < out.options.fast_open.size; ++i) {
            out.options.fast_open.octets.at(i) = static_cast<std::uint8_t>(source.uniform(0x100));
        }
    }
    return out;
}

void encode_anything(OctetSource source) {
    const bool v4 = source.chance(1, 2);
    IpFields ip{.ttl = static_cast<std::uint8_t>(source.uniform(0x100)),
                .traffic_class = static_cast<std::uint8_t>(source.uniform(0x100))};
    if (v4) {
        ip.identification = static_cast<std::uint16_t>(source.uniform(0x1'0000));
        ip.dont_fragment = source.chance(1, 2);
    } else {
        ip.flow_label = static_cast<std::uint32_t>(source.uniform(0x10'0000));
    }
    Packet packet{.src = endpoint(source, v4), .dst = endpoint(source, v4)};
    packet.segment = segment(source);
    Octets payload;
    while (!source.empty()) {
        payload.push_back(static_cast<std::byte>(source.uniform(0x100)));
    }
    packet.segment.len = static_cast<std::uint32_t>(payload.size());
    go_out_and_back(packet, payload, ip);
}

}  // namespace
}  // namespace synq

// The name is libFuzzer's. NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace synq;
    if (size == 0) {
        return 0;
    }
    const std::span<const std::uint8_t> rest(data + 1, size - 1);
    decode_anything(std::as_bytes(rest), (*data & 1U) == 0 ? Checksums::Ignore : Checksums::Verify);
    encode_anything(OctetSource(rest));
    return 0;
}
