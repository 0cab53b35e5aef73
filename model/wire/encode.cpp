#include "model/wire/codec.h"
#include "model/wire/octets.h"
#include "model/wire/wire_format.h"

#include <algorithm>
#include <array>

namespace synq {
namespace {

using detail::kDontFragment;
using detail::kIpv4Header;
using detail::kIpv6Header;
using detail::kTcp;
using detail::kTcpHeader;

constexpr std::uint8_t kNoOperation = 1;
constexpr std::uint8_t kFastOpen = 34;
constexpr std::size_t kFastOpenSize = 2;  // and the cookie

constexpr std::size_t kLongestLength = 0xffff;  // of IPv4's total and IPv6's payload length

std::array<std::byte, 16> octets_of(const IpAddress& address) {
    std::array<std::byte, 16> out{};
    std::ranges::transform(address.octets(), out.begin(),
                           [](std::uint8_t octet) { return static_cast<std::byte>(octet); });
    return out;
}

// Whole words, no-operations at the end.
std::size_t fast_open_words(const FastOpenCookie& cookie) {
    return cookie.present() ? (kFastOpenSize + cookie.size + 3U) / 4 : 0U;
}

void put_fast_open(std::span<std::byte> out, std::size_t at, const FastOpenCookie& cookie) {
    const std::size_t end = at + 4 * fast_open_words(cookie);
    put8(out, at++, kFastOpen);
    put8(out, at++, static_cast<std::uint8_t>(kFastOpenSize + cookie.size));
    for (std::size_t i = 0; i < cookie.size; ++i) {
        put8(out, at++, cookie.octets[i]);
    }
    while (at < end) {
        put8(out, at++, kNoOperation);
    }
}

// Linux tcp_options_write: the two octets before the timestamps hold SACK-permitted or padding.
// (MUST-68/69)
void put_options(std::span<std::byte> out, const Options& options) {
    std::size_t at = 0;
    const auto put = [&](std::uint32_t word) {
        put32(out, at, word);
        at += 4;
    };
    if (options.mss != 0) {
        put(0x0204'0000U | options.mss);
    }
    if (options.timestamps) {
        put(options.sack_permitted ? 0x0402'080aU : 0x0101'080aU);
        put(options.ts_val);
        put(options.ts_ecr);
    } else if (options.sack_permitted) {
        put(0x0101'0402U);
    }
    if (options.window_scale != Options::kNoScale) {
        put(0x0103'0300U | options.window_scale);
    }
    if (options.fast_open.present()) {
        put_fast_open(out, at, options.fast_open);
    }
}

void put_ipv4_header(std::span<std::byte> out, const Packet& packet, const IpFields& ip) {
    put8(out, 0, 0x45);
    put8(out, 1, ip.traffic_class);
    put16(out, 2, static_cast<std::uint16_t>(out.size()));
    put16(out, 4, ip.identification);
    put16(out, 6, ip.dont_fragment ? kDontFragment : std::uint16_t{0});
    put8(out, 8, ip.ttl);
    put8(out, 9, kTcp);
    put16(out, 10, 0);
    const auto src = octets_of(packet.src.address);
    const auto dst = octets_of(packet.dst.address);
    std::copy(src.begin() + 12, src.end(), out.begin() + 12);
    std::copy(dst.begin() + 12, dst.end(), out.begin() + 16);
    InternetChecksum sum;
    sum.add(out.first(kIpv4Header));
    put16(out, 10, sum.value());
}

void put_ipv6_header(std::span<std::byte> out, const Packet& packet, const IpFields& ip) {
    constexpr std::uint32_t kFlowLabelMask = 0xf'ffff;
    put32(
        out, 0,
        0x6000'0000U | (std::uint32_t{ip.traffic_class} << 20U) | (ip.flow_label & kFlowLabelMask));
    put16(out, 4, static_cast<std::uint16_t>(out.size() - kIpv6Header));
    put8(out, 6, kTcp);
    put8(out, 7, ip.ttl);
    std::ranges::copy(octets_of(packet.src.address), out.begin() + 8);
    std::ranges::copy(octets_of(packet.dst.address), out.begin() + 24);
}

void put_tcp(std::span<std::byte> out, const Packet& packet, std::span<const std::byte> payload) {
    const Segment& segment = packet.segment;
    const std::size_t header = tcp_header_size(segment.options);
    put16(out, 0, packet.src.port);
    put16(out, 2, packet.dst.port);
    put32(out, 4, segment.seq.raw());
    put32(out, 8, segment.ack.raw());
    put8(out, 12, static_cast<std::uint8_t>(header / 4 * 16));
    put8(out, 13, segment.flags.bits());
    put16(out, 14, segment.window);
    put32(out, 16, 0);  // checksum, urgent pointer
    put_options(out.subspan(kTcpHeader, header - kTcpHeader), segment.options);
    const auto body = out.subspan(header);
    if (payload.empty()) {
        std::ranges::fill(body, std::byte{0});
    } else {
        std::ranges::copy(payload, body.begin());
    }
    put16(out, 16, detail::tcp_checksum(packet.src.address, packet.dst.address, out));
}

}  // namespace

std::uint16_t detail::tcp_checksum(const IpAddress& src, const IpAddress& dst,
                                   std::span<const std::byte> segment) {
    InternetChecksum sum;
    const auto from = octets_of(src);
    const auto to = octets_of(dst);
    const std::size_t skip = src.is_v4() ? 12 : 0;
    sum.add(std::span(from).subspan(skip));
    sum.add(std::span(to).subspan(skip));
    sum.add(std::uint32_t{kTcp});
    sum.add(static_cast<std::uint32_t>(segment.size()));
    sum.add(segment);
    return sum.value();
}

std::size_t tcp_header_size(const Options& options) {
    std::size_t size = kTcpHeader;
    size += options.mss != 0 ? 4U : 0U;
    size += options.timestamps ? 12U : (options.sack_permitted ? 4U : 0U);
    size += options.window_scale != Options::kNoScale ? 4U : 0U;
    return size + 4 * fast_open_words(options.fast_open);
}

std::size_t encoded_size(const Packet& packet) {
    const std::size_t ip = packet.src.address.is_v4() ? kIpv4Header : kIpv6Header;
    return ip + tcp_header_size(packet.segment.options) + packet.segment.len;
}

std::expected<std::size_t, EncodeError> encode(const Packet& packet,
                                               std::span<const std::byte> payload,
                                               std::span<std::byte> out, const IpFields& ip) {
    const bool v4 = packet.src.address.is_v4();
    if (v4 != packet.dst.address.is_v4()) {
        return std::unexpected(EncodeError::MixedFamilies);
    }
    if (!payload.empty() && payload.size() != packet.segment.len) {
        return std::unexpected(EncodeError::PayloadLength);
    }
    const std::size_t size = encoded_size(packet);
    if (size - (v4 ? 0 : kIpv6Header) > kLongestLength) {
        return std::unexpected(EncodeError::PacketTooLong);
    }
    if (size > out.size()) {
        return std::unexpected(EncodeError::BufferTooSmall);
    }
    out = out.first(size);
    if (v4) {
        put_ipv4_header(out, packet, ip);
    } else {
        put_ipv6_header(out, packet, ip);
    }
    put_tcp(out.subspan(v4 ? kIpv4Header : kIpv6Header), packet, payload);
    return size;
}

std::string_view describe(EncodeError error) {
    switch (error) {
        case EncodeError::MixedFamilies:
            return "one address is IPv4, the other IPv6";
        case EncodeError::PayloadLength:
            return "payload and segment length differ";
        case EncodeError::PacketTooLong:
            return "packet too long for IP";
        case EncodeError::BufferTooSmall:
            return "buffer too small";
    }
    return {};
}

}  // namespace synq
