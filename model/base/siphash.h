// SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed hash of short messages that nobody without
// the key can predict. Used where Linux uses it: initial sequence numbers, cookies, port choice.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>

namespace synq {

/// 128 bits of key: k0 is the little-endian reading of its first eight octets, k1 of the others.
struct SipKey {
    std::uint64_t k0 = 0;
    std::uint64_t k1 = 0;

    friend constexpr bool operator==(const SipKey&, const SipKey&) = default;
};

namespace detail {

class SipState {
  public:
    // The constants spell "somepseudorandomlygeneratedbytes".
    constexpr explicit SipState(const SipKey& key)
        : v0_(key.k0 ^ 0x736f'6d65'7073'6575U),
          v1_(key.k1 ^ 0x646f'7261'6e64'6f6dU),
          v2_(key.k0 ^ 0x6c79'6765'6e65'7261U),
          v3_(key.k1 ^ 0x7465'6462'7974'6573U) {}

    constexpr void absorb(std::uint64_t word) {
        v3_ ^= word;
        round();
        round();
        v0_ ^= word;
    }

    /// The last word carries the message's length modulo 256 in its top octet.
    constexpr std::uint64_t finish(std::uint64_t last_word) {
        absorb(last_word);
        v2_ ^= 0xffU;
        for (int i = 0; i < 4; ++i) {
            round();
        }
        return v0_ ^ v1_ ^ v2_ ^ v3_;
    }

  private:
    constexpr void round() {
        v0_ += v1_;
        v2_ += v3_;
        v1_ = std::rotl(v1_, 13) ^ v0_;
        v3_ = std::rotl(v3_, 16) ^ v2_;
        v0_ = std::rotl(v0_, 32);
        v2_ += v1_;
        v0_ += v3_;
        v1_ = std::rotl(v1_, 17) ^ v2_;
        v3_ = std::rotl(v3_, 21) ^ v0_;
        v2_ = std::rotl(v2_, 32);
    }

    std::uint64_t v0_, v1_, v2_, v3_;
};

}  // namespace detail

/// SipHash-2-4 of a message.
[[nodiscard]] constexpr std::uint64_t siphash(const SipKey& key,
                                              std::span<const std::byte> message) {
    detail::SipState state(key);
    std::uint64_t word = 0;
    std::size_t octets = 0;
    for (const std::byte octet : message) {
        word |= std::to_integer<std::uint64_t>(octet) << (8 * (octets % 8));
        if (++octets % 8 == 0) {
            state.absorb(word);
            word = 0;
        }
    }
    return state.finish(word | (static_cast<std::uint64_t>(octets) << 56U));
}

/// SipHash-2-4 of the words' octets, each word little-endian on every machine.
[[nodiscard]] constexpr std::uint64_t siphash(const SipKey& key,
                                              std::initializer_list<std::uint64_t> words) {
    detail::SipState state(key);
    for (const std::uint64_t word : words) {
        state.absorb(word);
    }
    return state.finish(static_cast<std::uint64_t>(words.size()) << 59U);
}

}  // namespace synq
