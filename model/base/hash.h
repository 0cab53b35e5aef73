// FNV-1a, 64 bits, fed piece by piece: digests of runs and traces. Not keyed and not collision
// resistant against an adversary; for that there is siphash.h.
#pragma once

#include <cstdint>
#include <string_view>

namespace synq {

class Fnv64 {
  public:
    /// The eight octets of `word`, least significant first on every machine.
    constexpr void add(std::uint64_t word) {
        for (int shift = 0; shift < 64; shift += 8) {
            add_octet(static_cast<std::uint8_t>(word >> static_cast<unsigned>(shift)));
        }
    }
    /// The octets of `text` alone: whoever adds two texts in a row adds a length between them.
    constexpr void add(std::string_view text) {
        for (const char c : text) {
            add_octet(static_cast<std::uint8_t>(c));
        }
    }

    [[nodiscard]] constexpr std::uint64_t value() const { return state_; }

  private:
    constexpr void add_octet(std::uint8_t octet) {
        state_ = (state_ ^ octet) * 0x0000'0100'0000'01b3U;
    }

    std::uint64_t state_ = 0xcbf2'9ce4'8422'2325U;
};

}  // namespace synq
