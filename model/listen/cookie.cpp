#include "model/listen/cookie.h"

#include <array>

namespace synq {
namespace {

// (4987-COOKIE-OPT)
constexpr std::array<std::uint16_t, 4> kMssTable{536, 1'300, 1'440, 1'460};
constexpr Duration kPeriod = seconds(60);
constexpr std::uint32_t kMaxAge = 2;  // periods, the current one included
constexpr std::uint32_t kLow24 = 0x00ff'ffff;
constexpr std::uint32_t kOptionBits = 6;
constexpr std::uint32_t kOptionMask = (1U << kOptionBits) - 1;
constexpr std::uint32_t kNoScaleCode = 0xf;
constexpr std::uint32_t kSackBit = 1U << 4U;

std::uint32_t minutes(Instant now) {
    return static_cast<std::uint32_t>(now.ns / kPeriod.ns);
}

std::uint32_t fixed_part(const Secret& secret, const FlowKey& flow) {
    return static_cast<std::uint32_t>(secret.hash(flow, 0));
}
std::uint32_t minute_part(const Secret& secret, const FlowKey& flow, std::uint32_t minute) {
    return static_cast<std::uint32_t>(secret.hash(flow, (std::uint64_t{1} << 32U) | minute));
}

}  // namespace

Seq make_cookie(const Secret& secret, const FlowKey& flow, Seq irs, std::uint16_t mss,
                Instant now) {
    std::uint32_t index = 0;
    while (index + 1 < kMssTable.size() && mss >= kMssTable[index + 1]) {
        ++index;
    }
    const std::uint32_t minute = minutes(now);
    const std::uint32_t low = (minute_part(secret, flow, minute) + index) & kLow24;
    return Seq{fixed_part(secret, flow) + irs.raw() + (minute << 24U) + low};
}

std::optional<std::uint16_t> check_cookie(const Secret& secret, const FlowKey& flow, Seq cookie,
                                          Seq irs, Instant now) {
    const std::uint32_t bare = cookie.raw() - fixed_part(secret, flow) - irs.raw();
    const std::uint32_t age = (minutes(now) - (bare >> 24U)) & 0xffU;
    if (age >= kMaxAge) {
        return std::nullopt;
    }
    const std::uint32_t index = (bare - minute_part(secret, flow, minutes(now) - age)) & kLow24;
    if (index >= kMssTable.size()) {
        return std::nullopt;
    }
    return kMssTable[index];
}

std::uint32_t timestamp_with_options(std::uint32_t ts, std::uint8_t window_scale, bool sack) {
    const std::uint32_t code =
        (window_scale == Options::kNoScale ? kNoScaleCode : window_scale) | (sack ? kSackBit : 0U);
    const std::uint32_t marked = (ts & ~kOptionMask) | code;
    return marked > ts ? marked - (kOptionMask + 1) : marked;
}

CookieOptions options_of_timestamp(std::uint32_t ts_ecr) {
    const std::uint32_t scale = ts_ecr & kNoScaleCode;
    return {.window_scale =
                scale == kNoScaleCode ? Options::kNoScale : static_cast<std::uint8_t>(scale),
            .sack = (ts_ecr & kSackBit) != 0};
}

bool cookies_recent(const Listener& listener, Instant now) {
    return listener.last_cookie != kNever && now - listener.last_cookie <= kPeriod * kMaxAge;
}

}  // namespace synq
