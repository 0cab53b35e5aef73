#include "model/wire/address.h"

#include <algorithm>
#include <cstddef>
#include <fmt/format.h>
#include <iterator>

namespace synq {
namespace {

constexpr std::size_t kGroups = 8;
using Groups = std::array<std::uint16_t, kGroups>;

// A run of zero groups; empty when there is none worth eliding.
struct ZeroRun {
    std::size_t begin = 0;
    std::size_t length = 0;
};

// RFC 5952 4.2: the longest run of at least two zero groups, the first one of equals.
ZeroRun longest_zero_run(const Groups& groups) {
    ZeroRun best;
    ZeroRun run;
    for (std::size_t i = 0; i < kGroups; ++i) {
        if (groups[i] != 0) {
            run = {.begin = i + 1};
            continue;
        }
        ++run.length;
        if (run.length >= 2 && run.length > best.length) {
            best = run;
        }
    }
    return best;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

// Four decimal numbers without leading zeros, as inet_pton: "010.0.0.1" is octal to some programs.
std::optional<std::uint32_t> parse_dotted_quad(std::string_view text) {
    std::uint32_t value = 0;
    for (int part = 0; part < 4; ++part) {
        const std::size_t dot = part < 3 ? text.find('.') : text.size();
        if (dot == std::string_view::npos) {
            return std::nullopt;
        }
        const std::string_view digits = text.substr(0, dot);
        if (digits.empty() || digits.size() > 3 || (digits.size() > 1 && digits[0] == '0')) {
            return std::nullopt;
        }
        std::uint32_t octet = 0;
        for (const char c : digits) {
            if (c < '0' || c > '9') {
                return std::nullopt;
            }
            octet = octet * 10 + static_cast<std::uint32_t>(c - '0');
        }
        if (octet > 0xff) {
            return std::nullopt;
        }
        value = (value << 8U) | octet;
        text.remove_prefix(std::min(dot + 1, text.size()));
    }
    return value;
}

std::optional<std::uint16_t> parse_group(std::string_view text) {
    if (text.empty() || text.size() > 4) {
        return std::nullopt;
    }
    std::uint32_t value = 0;
    for (const char c : text) {
        const int digit = hex_digit(c);
        if (digit < 0) {
            return std::nullopt;
        }
        value = (value << 4U) | static_cast<std::uint32_t>(digit);
    }
    return static_cast<std::uint16_t>(value);
}

// Groups separated by single colons, at most eight; a dotted quad may stand for the last two.
struct GroupList {
    Groups groups{};
    std::size_t count = 0;

    bool add(std::uint16_t group) {
        if (count == kGroups) {
            return false;
        }
        groups[count++] = group;
        return true;
    }
};

bool parse_groups(std::string_view text, bool quad_allowed, GroupList& out) {
    while (!text.empty()) {
        const std::size_t colon = text.find(':');
        const bool last = colon == std::string_view::npos;
        const std::string_view piece = text.substr(0, colon);
        if (last && quad_allowed && piece.find('.') != std::string_view::npos) {
            const auto quad = parse_dotted_quad(piece);
            return quad && out.add(static_cast<std::uint16_t>(*quad >> 16U)) &&
                   out.add(static_cast<std::uint16_t>(*quad));
        }
        const auto group = parse_group(piece);
        if (!group || !out.add(*group)) {
            return false;
        }
        if (last) {
            return true;
        }
        text.remove_prefix(colon + 1);
        if (text.empty()) {
            return false;  // a single colon at the end
        }
    }
    return true;
}

std::optional<IpAddress> parse_v6(std::string_view text) {
    const std::size_t gap = text.find("::");
    const bool elided = gap != std::string_view::npos;
    GroupList head;
    GroupList tail;
    if (!parse_groups(text.substr(0, gap), !elided, head)) {
        return std::nullopt;
    }
    if (elided && !parse_groups(text.substr(gap + 2), true, tail)) {
        return std::nullopt;
    }
    // RFC 4291 2.2: "::" stands for one group or more.
    const std::size_t written = head.count + tail.count;
    if (elided ? written >= kGroups : written != kGroups) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < tail.count; ++i) {
        head.groups[kGroups - tail.count + i] = tail.groups[i];
    }
    std::array<std::uint8_t, 16> octets{};
    for (std::size_t i = 0; i < kGroups; ++i) {
        octets[2 * i] = static_cast<std::uint8_t>(head.groups[i] >> 8U);
        octets[2 * i + 1] = static_cast<std::uint8_t>(head.groups[i]);
    }
    return IpAddress::v6(octets);
}

}  // namespace

std::string to_string(const IpAddress& address) {
    const auto& o = address.octets();
    if (address.is_v4()) {
        return fmt::format("{}.{}.{}.{}", o[12], o[13], o[14], o[15]);
    }
    Groups groups{};
    for (std::size_t i = 0; i < kGroups; ++i) {
        groups[i] = static_cast<std::uint16_t>((o[2 * i] << 8) | o[2 * i + 1]);
    }
    const ZeroRun elided = longest_zero_run(groups);
    std::string out;
    for (std::size_t i = 0; i < kGroups;) {
        if (elided.length != 0 && i == elided.begin) {
            out += "::";
            i += elided.length;
            continue;
        }
        const bool after_gap = elided.length != 0 && i == elided.begin + elided.length;
        fmt::format_to(std::back_inserter(out), "{}{:x}", i == 0 || after_gap ? "" : ":",
                       groups[i]);
        ++i;
    }
    return out;
}

std::optional<IpAddress> parse_address(std::string_view text) {
    if (text.find(':') != std::string_view::npos) {
        return parse_v6(text);
    }
    const auto quad = parse_dotted_quad(text);
    if (!quad) {
        return std::nullopt;
    }
    return IpAddress::v4(*quad);
}

std::string to_string(const Endpoint& endpoint) {
    const std::string address = to_string(endpoint.address);
    return endpoint.address.is_v4() ? fmt::format("{}:{}", address, endpoint.port)
                                    : fmt::format("[{}]:{}", address, endpoint.port);
}

}  // namespace synq
