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

constexpr std::uint8_t kHopByHop = 0;
constexpr std::uint8_t kRouting = 43;
constexpr std::uint8_t kIpv6Fragment = 44;
constexpr std::uint8_t kDestinationOptions = 60;

constexpr std::uint16_t kMoreFragments = 0x2000;
constexpr std::uint16_t kFragmentOffset = 0x1fff;

constexpr std::uint8_t kEndOfOptions = 0;
constexpr std::uint8_t kNoOperation = 1;
constexpr std::uint8_t kMss = 2;
constexpr std::uint8_t kWindowScale = 3;
constexpr std::uint8_t kSackPermitted = 4;
constexpr std::uint8_t kTimestamps = 8;
constexpr std::uint8_t kFastOpen = 34;
constexpr std::size_t kMssSize = 4;
constexpr std::size_t kWindowScaleSize = 3;
constexpr std::size_t kSackPermittedSize = 2;
constexpr std::size_t kTimestampsSize = 10;
constexpr std::size_t kFastOpenSize = 2;  // and the cookie
constexpr std::uint8_t kLargestWindowScale = 14;

IpAddress v6_at(std::span<const std::byte> octets, std::size_t at) {
    std::array<std::uint8_t, 16> out{};
    std::ranges::transform(octets.subspan(at, out.size()), out.begin(),
                           [](std::byte octet) { return std::to_integer<std::uint8_t>(octet); });
    return IpAddress::v6(out);
}

// An IP packet taken apart, its TCP part not yet looked at.
struct IpPacket {
    IpAddress src;
    IpAddress dst;
    IpFields fields;
    std::span<const std::byte> tcp;
    std::size_t size = 0;
};

std::expected<IpPacket, DecodeError> decode_ipv4(std::span<const std::byte> octets,
                                                 Checksums checksums) {
    if (octets.size() < kIpv4Header) {
        return std::unexpected(DecodeError::Truncated);
    }
    const std::size_t header = std::size_t{4} * (get8(octets, 0) & 0x0fU);
    if (header < kIpv4Header) {
        return std::unexpected(DecodeError::BadIpHeaderLength);
    }
    const std::size_t total = get16(octets, 2);
    if (total < header) {
        return std::unexpected(DecodeError::BadTotalLength);
    }
    if (total > octets.size()) {
        return std::unexpected(DecodeError::Truncated);
    }
    InternetChecksum sum;
    sum.add(octets.first(header));
    if (checksums == Checksums::Verify && sum.value() != 0) {
        return std::unexpected(DecodeError::BadIpChecksum);
    }
    const std::uint16_t fragment = get16(octets, 6);
    if ((fragment & (kMoreFragments | kFragmentOffset)) != 0) {
        return std::unexpected(DecodeError::Fragment);
    }
    if (get8(octets, 9) != kTcp) {
        return std::unexpected(DecodeError::NotTcp);
    }
    return IpPacket{.src = IpAddress::v4(get32(octets, 12)),
                    .dst = IpAddress::v4(get32(octets, 16)),
                    .fields = {.identification = get16(octets, 4),
                               .ttl = get8(octets, 8),
                               .traffic_class = get8(octets, 1),
                               .dont_fragment = (fragment & kDontFragment) != 0},
                    .tcp = octets.subspan(header, total - header),
                    .size = total};
}

// Steps over the extension headers that may precede TCP (RFC 8200 4); what remains is TCP.
std::expected<std::span<const std::byte>, DecodeError> skip_extensions(
    std::uint8_t next, std::span<const std::byte> rest) {
    while (next != kTcp) {
        if (next == kIpv6Fragment) {
            return std::unexpected(DecodeError::Fragment);
        }
        if (next != kHopByHop && next != kRouting && next != kDestinationOptions) {
            return std::unexpected(DecodeError::NotTcp);
        }
        if (rest.size() < 8) {
            return std::unexpected(DecodeError::Truncated);
        }
        const std::size_t length = std::size_t{8} * (1U + get8(rest, 1));
        if (length > rest.size()) {
            return std::unexpected(DecodeError::Truncated);
        }
        next = get8(rest, 0);
        rest = rest.subspan(length);
    }
    return rest;
}

std::expected<IpPacket, DecodeError> decode_ipv6(std::span<const std::byte> octets) {
    if (octets.size() < kIpv6Header) {
        return std::unexpected(DecodeError::Truncated);
    }
    const std::size_t total = kIpv6Header + get16(octets, 4);
    if (total > octets.size()) {
        return std::unexpected(DecodeError::Truncated);
    }
    const std::uint32_t first_word = get32(octets, 0);
    IpPacket out{.src = v6_at(octets, 8),
                 .dst = v6_at(octets, 24),
                 .fields = {.flow_label = first_word & 0xf'ffffU,
                            .ttl = get8(octets, 7),
                            .traffic_class = static_cast<std::uint8_t>(first_word >> 20U)},
                 .size = total};
    if (out.src.is_v4() || out.dst.is_v4()) {
        return std::unexpected(DecodeError::MappedAddress);
    }
    const auto tcp =
        skip_extensions(get8(octets, 6), octets.subspan(kIpv6Header, total - kIpv6Header));
    if (!tcp) {
        return std::unexpected(tcp.error());
    }
    out.tcp = *tcp;
    return out;
}

/// A cookie of odd or impossible length is none (7413-4.1.1).
void read_cookie(std::span<const std::byte> cookie, FastOpenCookie& out) {
    const bool fits = cookie.size() >= FastOpenCookie::kShortest &&
                      cookie.size() <= FastOpenCookie::kLongest && cookie.size() % 2 == 0;
    if (!fits && !cookie.empty()) {
        return;
    }
    out = {.size = static_cast<std::uint8_t>(cookie.size())};
    std::ranges::transform(cookie, out.octets.begin(),
                           [](std::byte octet) { return std::to_integer<std::uint8_t>(octet); });
}

/// (7323-2.3)
void read_option(std::uint8_t kind, std::span<const std::byte> option, Options& out) {
    if (kind == kMss && option.size() == kMssSize) {
        out.mss = get16(option, 2);
    } else if (kind == kWindowScale && option.size() == kWindowScaleSize) {
        out.window_scale = std::min(get8(option, 2), kLargestWindowScale);
    } else if (kind == kSackPermitted && option.size() == kSackPermittedSize) {
        out.sack_permitted = true;
    } else if (kind == kTimestamps && option.size() == kTimestampsSize) {
        out.timestamps = true;
        out.ts_val = get32(option, 2);
        out.ts_ecr = get32(option, 6);
    } else if (kind == kFastOpen) {
        read_cookie(option.subspan(kFastOpenSize), out.fast_open);
    }
}

/// In any segment, wherever they begin (MUST-4, MUST-5, MUST-64); unknown ones are skipped
/// (MUST-6), impossible lengths refused (MUST-7).
std::expected<Options, DecodeError> decode_options(std::span<const std::byte> rest) {
    Options out;
    while (!rest.empty()) {
        const std::uint8_t kind = get8(rest, 0);
        if (kind == kEndOfOptions) {
            break;
        }
        if (kind == kNoOperation) {
            rest = rest.subspan(1);
            continue;
        }
        if (rest.size() < 2 || get8(rest, 1) < 2 || get8(rest, 1) > rest.size()) {
            return std::unexpected(DecodeError::BadTcpOptionLength);
        }
        const std::size_t length = get8(rest, 1);
        read_option(kind, rest.first(length), out);
        rest = rest.subspan(length);
    }
    return out;
}

std::expected<Decoded, DecodeError> decode_tcp(const IpPacket& ip, Checksums checksums) {
    const auto tcp = ip.tcp;
    if (tcp.size() < kTcpHeader) {
        return std::unexpected(DecodeError::Truncated);
    }
    const std::size_t header = std::size_t{4} * (get8(tcp, 12) >> 4U);
    if (header < kTcpHeader || header > tcp.size()) {
        return std::unexpected(DecodeError::BadTcpHeaderLength);
    }
    if (checksums == Checksums::Verify && detail::tcp_checksum(ip.src, ip.dst, tcp) != 0) {
        return std::unexpected(DecodeError::BadTcpChecksum);
    }
    const auto options = decode_options(tcp.subspan(kTcpHeader, header - kTcpHeader));
    if (!options) {
        return std::unexpected(options.error());
    }
    const auto payload = tcp.subspan(header);
    return Decoded{.packet = {.src = {ip.src, get16(tcp, 0)},
                              .dst = {ip.dst, get16(tcp, 2)},
                              .segment = {.seq = Seq{get32(tcp, 4)},
                                          .ack = Seq{get32(tcp, 8)},
                                          .flags = Flags{get8(tcp, 13)},
                                          .window = get16(tcp, 14),
                                          .len = static_cast<std::uint32_t>(payload.size()),
                                          .options = *options}},
                   .ip = ip.fields,
                   .payload = payload,
                   .size = ip.size};
}

}  // namespace

std::expected<Decoded, DecodeError> decode(std::span<const std::byte> octets, Checksums checksums) {
    if (octets.empty()) {
        return std::unexpected(DecodeError::Truncated);
    }
    const unsigned version = get8(octets, 0) >> 4U;
    if (version != 4 && version != 6) {
        return std::unexpected(DecodeError::BadVersion);
    }
    const auto ip = version == 4 ? decode_ipv4(octets, checksums) : decode_ipv6(octets);
    if (!ip) {
        return std::unexpected(ip.error());
    }
    return decode_tcp(*ip, checksums);
}

std::string_view describe(DecodeError error) {
    switch (error) {
        case DecodeError::Truncated:
            return "fewer octets than the headers promise";
        case DecodeError::BadVersion:
            return "neither IPv4 nor IPv6";
        case DecodeError::BadIpHeaderLength:
            return "IP header shorter than 20 octets";
        case DecodeError::BadTotalLength:
            return "IP packet shorter than its header";
        case DecodeError::BadIpChecksum:
            return "IP checksum wrong";
        case DecodeError::Fragment:
            return "a fragment";
        case DecodeError::MappedAddress:
            return "IPv4-mapped address in an IPv6 packet";
        case DecodeError::NotTcp:
            return "not TCP";
        case DecodeError::BadTcpHeaderLength:
            return "TCP header shorter than 20 octets or longer than the packet";
        case DecodeError::BadTcpChecksum:
            return "TCP checksum wrong";
        case DecodeError::BadTcpOptionLength:
            return "TCP option shorter than two octets or longer than the header";
    }
    return {};
}

}  // namespace synq
