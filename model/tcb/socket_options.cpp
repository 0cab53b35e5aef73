#include "model/tcb/socket_options.h"

#include <algorithm>
#include <array>
#include <limits>

namespace synq {
namespace {

constexpr std::array<std::string_view, kSocketOptionCount> kNames{
    "TCP_NODELAY",      "TCP_QUICKACK",     "SO_KEEPALIVE", "TCP_KEEPIDLE", "TCP_KEEPINTVL",
    "TCP_KEEPCNT",      "TCP_USER_TIMEOUT", "TCP_SYNCNT",   "SO_LINGER",    "TCP_LINGER2",
    "TCP_DEFER_ACCEPT", "SO_REUSEADDR",     "SO_REUSEPORT", "IP_RECVERR",   "TCP_FASTOPEN"};
static_assert(kNames.size() == static_cast<std::size_t>(SocketOption::FastOpen) + 1);

constexpr std::int64_t kFirstInterval = 1;      // seconds, of a request
constexpr std::int64_t kLongestInterval = 120;  // Linux TCP_RTO_MAX

std::int64_t next_interval(std::int64_t interval) {
    return std::min(interval * 2, kLongestInterval);
}

}  // namespace

std::string_view name(SocketOption option) {
    return kNames[static_cast<std::size_t>(option)];
}

std::optional<SocketOption> socket_option_named(std::string_view name) {
    const auto* const found = std::find(kNames.begin(), kNames.end(), name);
    if (found == kNames.end()) {
        return std::nullopt;
    }
    return static_cast<SocketOption>(found - kNames.begin());
}

std::uint8_t timeouts_within(std::int64_t seconds) {
    constexpr int kMost = std::numeric_limits<std::uint8_t>::max();
    if (seconds <= 0) {
        return 0;
    }
    int out = 1;
    std::int64_t interval = kFirstInterval;
    for (std::int64_t passed = interval; seconds > passed && out < kMost; passed += interval) {
        interval = next_interval(interval);
        ++out;
    }
    return static_cast<std::uint8_t>(out);
}

std::int64_t seconds_of_timeouts(std::uint8_t timeouts) {
    std::int64_t out = 0;
    std::int64_t interval = kFirstInterval;
    for (int i = 0; i < timeouts; ++i) {
        out += interval;
        interval = next_interval(interval);
    }
    return out;
}

}  // namespace synq
