#include "model/wire/address_range.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <fmt/format.h>

namespace synq {
namespace {

using Octets = std::array<std::uint8_t, 16>;

// The bits of octet `i` that belong to the prefix.
std::uint8_t mask_of(int prefix, std::size_t i) {
    const int bits = std::clamp(prefix - 8 * static_cast<int>(i), 0, 8);
    return static_cast<std::uint8_t>(0xff00U >> static_cast<unsigned>(bits));
}

IpAddress masked(const IpAddress& address, int prefix) {
    Octets octets = address.octets();
    for (std::size_t i = 0; i < octets.size(); ++i) {
        octets[i] &= mask_of(prefix, i);
    }
    return IpAddress::v6(octets);
}

}  // namespace

bool AddressRange::contains(const IpAddress& address) const {
    return masked(address, prefix) == first;
}

bool AddressRange::overlaps(const AddressRange& other) const {
    return contains(other.first) || other.contains(first);
}

IpAddress AddressRange::at(std::uint64_t high, std::uint64_t low) const {
    Octets octets = first.octets();
    for (std::size_t i = 0; i < octets.size(); ++i) {
        const std::uint64_t word = i < 8 ? high : low;
        const auto octet = static_cast<std::uint8_t>(word >> (56 - 8 * (i % 8)));
        octets[i] |= static_cast<std::uint8_t>(octet & ~mask_of(prefix, i));
    }
    return IpAddress::v6(octets);
}

std::optional<AddressRange> parse_address_range(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto address = parse_address(text.substr(0, slash));
    if (!address) {
        return std::nullopt;
    }
    AddressRange range{.first = *address};
    if (slash == std::string_view::npos) {
        return range;
    }
    const std::string_view digits = text.substr(slash + 1);
    const int offset = address->is_v4() ? AddressRange::kV4Prefix : 0;
    const auto [stop, status] =
        std::from_chars(digits.data(), digits.data() + digits.size(), range.prefix);
    if (digits.empty() || digits.front() == '-' || stop != digits.data() + digits.size() ||
        status != std::errc{} || range.prefix > AddressRange::kBits - offset) {
        return std::nullopt;
    }
    range.prefix += offset;
    return masked(*address, range.prefix) == *address ? std::optional(range) : std::nullopt;
}

std::string to_string(const AddressRange& range) {
    const int offset = range.first.is_v4() ? AddressRange::kV4Prefix : 0;
    return range.prefix == AddressRange::kBits
               ? to_string(range.first)
               : fmt::format("{}/{}", to_string(range.first), range.prefix - offset);
}

}  // namespace synq
