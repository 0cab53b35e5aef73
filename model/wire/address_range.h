// Addresses that begin with the same bits: 198.51.100.0/24.
#pragma once

#include "model/wire/address.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace synq {

/// `first` has zeros after the prefix. The prefix counts the bits of IPv6: an IPv4 one is 96 more.
struct AddressRange {
    static constexpr int kBits = 128;
    static constexpr int kV4Prefix = 96;

    IpAddress first;
    int prefix = kBits;

    [[nodiscard]] bool contains(const IpAddress& address) const;
    [[nodiscard]] bool overlaps(const AddressRange& other) const;
    /// The address whose bits after the prefix are the last ones of (high, low).
    [[nodiscard]] IpAddress at(std::uint64_t high, std::uint64_t low) const;

    friend bool operator==(const AddressRange&, const AddressRange&) = default;
};

/// "198.51.100.0/24", "2001:db8::/32", or one address. nullopt: no range, or bits after the prefix.
std::optional<AddressRange> parse_address_range(std::string_view text);
std::string to_string(const AddressRange& range);

}  // namespace synq
