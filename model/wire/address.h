// Addresses and endpoints. IPv4 lives as IPv4-mapped IPv6 (RFC 4291 2.5.5.2), so that one record
// layout serves both families.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace synq {

class IpAddress {
  public:
    constexpr IpAddress() = default;  // the unspecified address ::

    static constexpr IpAddress v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
        IpAddress out;
        out.octets_ = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d};
        return out;
    }
    /// Host byte order.
    static constexpr IpAddress v4(std::uint32_t a) {
        return v4(static_cast<std::uint8_t>(a >> 24), static_cast<std::uint8_t>(a >> 16),
                  static_cast<std::uint8_t>(a >> 8), static_cast<std::uint8_t>(a));
    }
    static constexpr IpAddress v6(const std::array<std::uint8_t, 16>& octets) {
        IpAddress out;
        out.octets_ = octets;
        return out;
    }
    static constexpr IpAddress any_v4() { return v4(0, 0, 0, 0); }
    static constexpr IpAddress loopback_v4() { return v4(127, 0, 0, 1); }
    static constexpr IpAddress loopback_v6() {
        return v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
    }

    [[nodiscard]] constexpr bool is_v4() const {
        for (std::size_t i = 0; i < 10; ++i) {
            if (octets_[i] != 0) {
                return false;
            }
        }
        return octets_[10] == 0xff && octets_[11] == 0xff;
    }
    /// 127.0.0.0/8 or ::1.
    [[nodiscard]] constexpr bool is_loopback() const {
        return is_v4() ? octets_[12] == 127 : *this == loopback_v6();
    }
    /// 0.0.0.0 or ::.
    [[nodiscard]] constexpr bool is_any() const {
        return *this == IpAddress{} || *this == any_v4();
    }
    [[nodiscard]] constexpr const std::array<std::uint8_t, 16>& octets() const { return octets_; }

    friend constexpr bool operator==(const IpAddress&, const IpAddress&) = default;

  private:
    std::array<std::uint8_t, 16> octets_{};
};

/// Dotted quad, or RFC 5952 text for IPv6.
std::string to_string(const IpAddress& address);
/// Parses either family; nullopt when the text is not an address.
std::optional<IpAddress> parse_address(std::string_view text);

struct Endpoint {
    IpAddress address;
    std::uint16_t port = 0;

    friend constexpr bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// "10.0.0.1:80" or "[2001:db8::1]:80".
std::string to_string(const Endpoint& endpoint);

/// A connection's four-tuple, seen from one end.
struct FlowKey {
    Endpoint local;
    Endpoint remote;

    friend constexpr bool operator==(const FlowKey&, const FlowKey&) = default;
};

}  // namespace synq
