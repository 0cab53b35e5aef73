// Packets as octets: IPv4 (RFC 791) or IPv6 (RFC 8200) with TCP (RFC 9293 3.1) inside, and back.
//
// encode() writes what Linux would write: options in Linux's order, DF set, checksums complete.
// decode() trusts nothing: every length is checked before it is used, and a packet is either
// understood or refused with a name. Neither allocates.
#pragma once

#include "model/wire/segment.h"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

namespace synq {

/// The IP header's fields that a Packet does not carry.
struct IpFields {
    std::uint32_t flow_label = 0;      // IPv6, 20 bits
    std::uint16_t identification = 0;  // IPv4
    std::uint8_t ttl = 64;             // IPv6: hop limit
    std::uint8_t traffic_class = 0;    // IPv4: type of service
    bool dont_fragment = true;         // IPv4

    friend constexpr bool operator==(const IpFields&, const IpFields&) = default;
};

enum class EncodeError : std::uint8_t {
    MixedFamilies,   // one address is IPv4, the other IPv6
    PayloadLength,   // the payload is neither empty nor segment.len octets
    PacketTooLong,   // more than IP's length field can say
    BufferTooSmall,  // nothing was written
};

enum class DecodeError : std::uint8_t {
    Truncated,           // fewer octets than the headers promise
    BadVersion,          // neither 4 nor 6
    BadIpHeaderLength,   // IPv4: header shorter than 20 octets
    BadTotalLength,      // IPv4: packet shorter than its own header
    BadIpChecksum,       // IPv4
    Fragment,            // a part of a packet
    MappedAddress,       // IPv6 with an IPv4-mapped address: never valid on a wire (RFC 4942 2.2)
    NotTcp,              // another protocol
    BadTcpHeaderLength,  // header shorter than 20 octets or longer than the packet
    BadTcpChecksum,
    BadTcpOptionLength,  // an option shorter than two octets or longer than the header
};

/// "buffer too small", "TCP checksum wrong", ...
std::string_view describe(EncodeError error);
std::string_view describe(DecodeError error);

/// Captures on a loopback, or of packets about to be sent, hold checksums that the hardware would
/// have completed: for these, Ignore.
enum class Checksums : std::uint8_t { Verify, Ignore };

struct Decoded {
    Packet packet;
    IpFields ip;
    std::span<const std::byte> payload;  // within the decoded octets; segment.len of them
    std::size_t size = 0;                // octets of the packet; what follows is padding
};

/// Octets of the TCP header with these options: 20 to 40.
[[nodiscard]] std::size_t tcp_header_size(const Options& options);
/// Octets that encode() will write for this packet.
[[nodiscard]] std::size_t encoded_size(const Packet& packet);

/// Writes one packet to the front of `out` and returns its size. An empty payload stands for
/// segment.len zero octets: the model has lengths only.
std::expected<std::size_t, EncodeError> encode(const Packet& packet,
                                               std::span<const std::byte> payload,
                                               std::span<std::byte> out, const IpFields& ip = {});

/// Reads the packet at the front of `octets`. Options are taken as they stand, whatever the flags;
/// an unknown option, or a known one of the wrong size, is skipped; of duplicates the last one
/// counts (Linux tcp_parse_options). A window scale above 14 reads as 14 (RFC 7323 2.3). Urgent
/// pointer and reserved bits are not looked at.
std::expected<Decoded, DecodeError> decode(std::span<const std::byte> octets,
                                           Checksums checksums = Checksums::Verify);

}  // namespace synq
