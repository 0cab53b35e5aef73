// Big-endian numbers in octets, and the internet checksum (RFC 1071). For the codec and whoever
// else writes headers; bounds are the caller's duty.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>

namespace synq {

[[nodiscard]] constexpr std::uint8_t get8(std::span<const std::byte> octets, std::size_t at) {
    assert(at < octets.size());
    return std::to_integer<std::uint8_t>(octets[at]);
}
[[nodiscard]] constexpr std::uint16_t get16(std::span<const std::byte> octets, std::size_t at) {
    return static_cast<std::uint16_t>((get8(octets, at) << 8) | get8(octets, at + 1));
}
[[nodiscard]] constexpr std::uint32_t get32(std::span<const std::byte> octets, std::size_t at) {
    return (std::uint32_t{get16(octets, at)} << 16U) | get16(octets, at + 2);
}

constexpr void put8(std::span<std::byte> octets, std::size_t at, std::uint8_t value) {
    assert(at < octets.size());
    octets[at] = static_cast<std::byte>(value);
}
constexpr void put16(std::span<std::byte> octets, std::size_t at, std::uint16_t value) {
    put8(octets, at, static_cast<std::uint8_t>(value >> 8U));
    put8(octets, at + 1, static_cast<std::uint8_t>(value));
}
constexpr void put32(std::span<std::byte> octets, std::size_t at, std::uint32_t value) {
    put16(octets, at, static_cast<std::uint16_t>(value >> 16U));
    put16(octets, at + 2, static_cast<std::uint16_t>(value));
}

/// The one's complement sum of 16-bit words. Every piece but the last has an even length.
class InternetChecksum {
  public:
    constexpr void add(std::span<const std::byte> octets) {
        std::size_t i = 0;
        for (; i + 1 < octets.size(); i += 2) {
            sum_ += get16(octets, i);
        }
        if (i < octets.size()) {
            sum_ += std::uint64_t{get8(octets, i)} << 8U;
        }
    }
    constexpr void add(std::uint32_t word) { sum_ += word; }

    /// What goes into a checksum field that was summed as zero; over a whole correct packet: 0.
    [[nodiscard]] constexpr std::uint16_t value() const {
        std::uint64_t folded = sum_;
        while ((folded >> 16U) != 0) {
            folded = (folded & 0xffffU) + (folded >> 16U);
        }
        return static_cast<std::uint16_t>(~folded);
    }

  private:
    std::uint64_t sum_ = 0;
};

}  // namespace synq
