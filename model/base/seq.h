// Sequence numbers: 32 bits that wrap (RFC 9293 3.4).
//
// Seq has no operator<: "less" has no meaning on a circle. Code says before() or after(), which
// hold for distances below 2^31, and in_window() where a range is meant.
#pragma once

#include <cstdint>

namespace synq {

class Seq {
  public:
    constexpr Seq() = default;
    constexpr explicit Seq(std::uint32_t raw) : raw_(raw) {}

    [[nodiscard]] constexpr std::uint32_t raw() const { return raw_; }

    constexpr Seq& operator+=(std::uint32_t octets) {
        raw_ += octets;
        return *this;
    }
    friend constexpr Seq operator+(Seq s, std::uint32_t octets) { return Seq{s.raw_ + octets}; }
    friend constexpr Seq operator-(Seq s, std::uint32_t octets) { return Seq{s.raw_ - octets}; }
    /// Signed distance from b to a, in octets, modulo 2^32.
    friend constexpr std::int32_t operator-(Seq a, Seq b) {
        return static_cast<std::int32_t>(a.raw_ - b.raw_);
    }
    friend constexpr bool operator==(Seq, Seq) = default;

  private:
    std::uint32_t raw_ = 0;
};

constexpr bool before(Seq a, Seq b) {
    return (a - b) < 0;
}
constexpr bool after(Seq a, Seq b) {
    return before(b, a);
}
constexpr bool at_or_before(Seq a, Seq b) {
    return !after(a, b);
}
constexpr bool at_or_after(Seq a, Seq b) {
    return !before(a, b);
}
/// left <= s < left + size on the circle; exact for every size, unlike two before() calls.
constexpr bool in_window(Seq s, Seq left, std::uint32_t size) {
    return (s.raw() - left.raw()) < size;
}
/// The later of two sequence numbers.
constexpr Seq later(Seq a, Seq b) {
    return before(a, b) ? b : a;
}

}  // namespace synq
