// Numbers of the wire that the codec's two halves share. Internal to this room.
#pragma once

#include "model/wire/address.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace synq::detail {

inline constexpr std::size_t kIpv4Header = 20;
inline constexpr std::size_t kIpv6Header = 40;
inline constexpr std::size_t kTcpHeader = 20;
inline constexpr std::uint8_t kTcp = 6;
inline constexpr std::uint16_t kDontFragment = 0x4000;

/// Checksum of pseudo-header and segment (RFC 9293 3.1, RFC 8200 8.1): what belongs into a field
/// that is zero, or 0 over a segment that is intact.
[[nodiscard]] std::uint16_t tcp_checksum(const IpAddress& src, const IpAddress& dst,
                                         std::span<const std::byte> segment);

}  // namespace synq::detail
