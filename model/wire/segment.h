// A TCP segment as a value (RFC 9293 3.1). Payload is a length: connection management never looks
// at the octets; the codec takes them separately where real packets are made.
#pragma once

#include "model/base/seq.h"
#include "model/wire/address.h"

#include <array>
#include <cstdint>
#include <string>

namespace synq {

class Flags {
  public:
    constexpr Flags() = default;
    constexpr explicit Flags(std::uint8_t bits) : bits_(bits) {}

    [[nodiscard]] constexpr std::uint8_t bits() const { return bits_; }
    [[nodiscard]] constexpr bool fin() const { return (bits_ & 0x01) != 0; }
    [[nodiscard]] constexpr bool syn() const { return (bits_ & 0x02) != 0; }
    [[nodiscard]] constexpr bool rst() const { return (bits_ & 0x04) != 0; }
    [[nodiscard]] constexpr bool psh() const { return (bits_ & 0x08) != 0; }
    [[nodiscard]] constexpr bool ack() const { return (bits_ & 0x10) != 0; }

    friend constexpr Flags operator|(Flags a, Flags b) {
        return Flags{static_cast<std::uint8_t>(a.bits_ | b.bits_)};
    }
    friend constexpr bool operator==(Flags, Flags) = default;

  private:
    std::uint8_t bits_ = 0;
};

inline constexpr Flags kFin{0x01};
inline constexpr Flags kSyn{0x02};
inline constexpr Flags kRst{0x04};
inline constexpr Flags kPsh{0x08};
inline constexpr Flags kAck{0x10};

/// The Fast Open option (RFC 7413 4.1.1): a cookie, or on a client's SYN the wish for one. Its
/// experimental form (kind 254) is an option like any other unknown one.
struct FastOpenCookie {
    static constexpr std::uint8_t kAbsent = 0xff;
    static constexpr std::uint8_t kRequest = 0;
    static constexpr std::uint8_t kShortest = 4;
    static constexpr std::uint8_t kLongest = 16;

    std::array<std::uint8_t, kLongest> octets{};  // zero from `size` on
    std::uint8_t size = kAbsent;                  // an even number

    [[nodiscard]] constexpr bool present() const { return size != kAbsent; }
    [[nodiscard]] constexpr bool requested() const { return size == kRequest; }

    friend constexpr bool operator==(const FastOpenCookie&, const FastOpenCookie&) = default;
};

/// The options that connection management negotiates (RFC 9293 3.2, RFC 7323, RFC 2018, RFC 7413).
struct Options {
    static constexpr std::uint8_t kNoScale = 0xff;

    std::uint32_t ts_val = 0;  // TSval, valid when timestamps
    std::uint32_t ts_ecr = 0;  // TSecr, valid when timestamps
    std::uint16_t mss = 0;     // octets; 0: option absent
    std::uint8_t window_scale = kNoScale;
    bool sack_permitted = false;
    bool timestamps = false;
    FastOpenCookie fast_open{};

    friend constexpr bool operator==(const Options&, const Options&) = default;
};

static_assert(sizeof(Options) == 32);

struct Segment {
    Seq seq;
    Seq ack;  // meaningful when flags.ack()
    Flags flags;
    std::uint16_t window = 0;  // as on the wire, unscaled
    std::uint32_t len = 0;     // payload octets
    Options options;

    /// SEG.LEN of RFC 9293: payload plus SYN and FIN.
    [[nodiscard]] constexpr std::uint32_t length() const {
        return len + (flags.syn() ? 1U : 0U) + (flags.fin() ? 1U : 0U);
    }
    /// The sequence number after the segment's last octet.
    [[nodiscard]] constexpr Seq end() const { return seq + length(); }

    friend constexpr bool operator==(const Segment&, const Segment&) = default;
};

struct Packet {
    Endpoint src;
    Endpoint dst;
    Segment segment;

    friend constexpr bool operator==(const Packet&, const Packet&) = default;
};

/// "SYN+ACK", "FIN+ACK+PSH"; "NONE" when no flag is set.
std::string flag_names(Flags flags);
/// tcpdump's notation: "S", "S.", "P.", "F.", "R", ".", "none".
std::string tcpdump_flags(Flags flags);

}  // namespace synq
