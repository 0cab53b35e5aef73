// Decisions read from octets, so that a fuzzer's input is a program. It answers what a RandomStream
// answers; zero, when the octets have run out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace synq {

class OctetSource {
  public:
    explicit OctetSource(std::span<const std::uint8_t> octets) : left_(octets) {}

    [[nodiscard]] bool empty() const { return left_.empty(); }

    /// 0 .. n - 1. Small choices take one octet: a change of it changes this decision only.
    std::uint64_t uniform(std::uint64_t n) {
        return take(n <= 0x100 ? 1 : (n <= 0x1'0000 ? 2 : 4)) % n;
    }
    bool chance(std::uint64_t numerator, std::uint64_t denominator) {
        return uniform(denominator) < numerator;
    }
    std::uint64_t next() { return take(4); }

  private:
    std::uint64_t take(std::size_t count) {
        std::uint64_t value = 0;
        for (; count != 0 && !left_.empty(); --count) {
            value = (value << 8U) | left_.front();
            left_ = left_.subspan(1);
        }
        return value;
    }

    std::span<const std::uint8_t> left_;
};

}  // namespace synq
