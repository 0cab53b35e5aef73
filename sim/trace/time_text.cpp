#include "sim/trace/time_text.h"

#include <cstdint>
#include <fmt/format.h>
#include <string_view>

namespace synq {
namespace {

constexpr std::uint64_t kPerSecond = 1'000'000'000;

std::uint64_t magnitude(std::int64_t ns) {
    const auto bits = static_cast<std::uint64_t>(ns);
    return ns < 0 ? ~bits + 1 : bits;
}

// Nine digits after the point.
std::string all_digits(std::int64_t ns) {
    const std::uint64_t size = magnitude(ns);
    return fmt::format("{}{}.{:09}", ns < 0 ? "-" : "", size / kPerSecond, size % kPerSecond);
}

// `value` over `unit`, rounded to three significant digits; without a fraction's trailing zeros, so
// that 20 s is "20 s".
std::string three_digits(std::uint64_t value, std::uint64_t unit, std::string_view name) {
    const int decimals = value >= 100 * unit ? 0 : value >= 10 * unit ? 1 : 2;
    const std::uint64_t scale = decimals == 0 ? 1 : decimals == 1 ? 10 : 100;
    const std::uint64_t scaled = (value % unit * scale + unit / 2) / unit + value / unit * scale;
    std::string text = fmt::format("{}", scaled / scale);
    if (scaled % scale != 0) {
        text += fmt::format(".{:0{}}", scaled % scale, decimals);
        text.erase(text.find_last_not_of('0') + 1);
    }
    return fmt::format("{} {}", text, name);
}

}  // namespace

std::string exact_seconds(Duration d) {
    std::string text = all_digits(d.ns);
    while (text.back() == '0') {
        text.pop_back();
    }
    if (text.back() == '.') {
        text.pop_back();
    }
    return text;
}

std::string exact_seconds(Instant t) {
    return exact_seconds(Duration{t.ns});
}

std::string fixed_seconds(Instant t, int decimals) {
    std::string text = all_digits(t.ns);
    const auto cut = static_cast<std::size_t>(decimals > 0 ? 9 - decimals : 10);
    text.resize(text.size() - cut);
    return text;
}

std::string rough_duration(Duration d) {
    const std::uint64_t size = magnitude(d.ns);
    const std::string_view sign = d.ns < 0 ? "-" : "";
    if (size >= kPerSecond) {
        return fmt::format("{}{}", sign, three_digits(size, kPerSecond, "s"));
    }
    if (size >= 1'000'000) {
        return fmt::format("{}{}", sign, three_digits(size, 1'000'000, "ms"));
    }
    if (size >= 1'000) {
        return fmt::format("{}{}", sign, three_digits(size, 1'000, "us"));
    }
    return size == 0 ? "0 s" : fmt::format("{}{} ns", sign, size);
}

}  // namespace synq
