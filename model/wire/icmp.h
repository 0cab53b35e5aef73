// ICMP error messages about TCP segments (RFC 792).
#pragma once

#include "model/base/errors.h"
#include "model/base/seq.h"
#include "model/wire/address.h"

#include <cstdint>

namespace synq {

inline constexpr std::uint8_t kIcmpUnreachable = 3;
inline constexpr std::uint8_t kIcmpFragmentationNeeded = 4;  // a code of it
inline constexpr std::uint8_t kIcmpSourceQuench = 4;
inline constexpr std::uint8_t kIcmpRedirect = 5;
inline constexpr std::uint8_t kIcmpTimeExceeded = 11;
inline constexpr std::uint8_t kIcmpParameterProblem = 12;

/// A message, and the segment of ours that it quotes.
struct IcmpError {
    Endpoint src;  // of the quoted segment: the host that gets the message
    Endpoint dst;
    Seq seq;
    std::uint8_t type = kIcmpUnreachable;
    std::uint8_t code = 0;
    std::uint16_t mtu = 0;  // of the next hop, where fragmentation was needed (RFC 1191)
};

/// The error that it stands for; Errno::None where TCP ignores it (Linux icmp_err_convert,
/// tcp_v4_err).
Errno icmp_errno(const IcmpError& icmp);

}  // namespace synq
