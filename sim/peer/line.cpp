#include "sim/peer/line.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

namespace synq {
namespace {

using Parsed = std::expected<PeerLine, std::string_view>;

constexpr std::string_view kBlanks = " \t";
constexpr std::uint16_t kWindow = 8192;
constexpr std::uint32_t kLongestPayload = 65'535 - 40;  // an IPv4 packet without options
constexpr std::int64_t kLongestTime = 1'000'000;        // seconds
constexpr std::size_t kFractionDigits = 9;

/// The words of a line. No command has more than five.
struct Words {
    std::array<std::string_view, 6> word;
    std::size_t count = 0;
};

Words words_of(std::string_view line) {
    Words out;
    while (out.count < out.word.size()) {
        const std::size_t begin = line.find_first_not_of(kBlanks);
        if (begin == std::string_view::npos) {
            break;
        }
        line.remove_prefix(begin);
        const std::size_t end = std::min(line.find_first_of(kBlanks), line.size());
        out.word[out.count++] = line.substr(0, end);
        line.remove_prefix(end);
    }
    return out;
}

bool printable(std::string_view line) {
    return std::all_of(line.begin(), line.end(),
                       [](char c) { return (c >= ' ' && c <= '~') || c == '\t'; });
}

/// Digits only: no sign, no blanks.
std::optional<std::uint32_t> number(std::string_view text, std::uint32_t most) {
    std::uint32_t out = 0;
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const auto [stopped, error] = std::from_chars(begin, end, out);
    if (error != std::errc{} || stopped != end || out > most) {
        return std::nullopt;
    }
    return out;
}

/// "SYN+ACK" in any order, each flag once; "NONE".
std::optional<Flags> flags(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, Flags>, 5> kNames{
        {{"SYN", kSyn}, {"ACK", kAck}, {"FIN", kFin}, {"RST", kRst}, {"PSH", kPsh}}};
    if (text == "NONE") {
        return Flags{};
    }
    Flags out;
    while (true) {
        const std::size_t plus = std::min(text.find('+'), text.size());
        const auto* const found =
            std::find_if(kNames.begin(), kNames.end(),
                         [&](const auto& entry) { return entry.first == text.substr(0, plus); });
        if (found == kNames.end() || (out.bits() & found->second.bits()) != 0) {
            return std::nullopt;
        }
        out = out | found->second;
        if (plus == text.size()) {
            return out;
        }
        text.remove_prefix(plus + 1);
    }
}

/// "60", "0.5": at most nine decimals.
std::optional<Duration> span(std::string_view text) {
    const std::size_t point = std::min(text.find('.'), text.size());
    const auto whole = number(text.substr(0, point), kLongestTime);
    if (!whole) {
        return std::nullopt;
    }
    Duration out = seconds(*whole);
    if (point < text.size()) {
        std::string_view fraction = text.substr(point + 1);
        const auto digits = number(fraction, std::numeric_limits<std::uint32_t>::max());
        if (!digits || fraction.size() > kFractionDigits) {
            return std::nullopt;
        }
        std::int64_t ns = *digits;
        for (std::size_t i = fraction.size(); i < kFractionDigits; ++i) {
            ns *= 10;
        }
        out = out + nanoseconds(ns);
    }
    return out <= seconds(kLongestTime) ? std::optional(out) : std::nullopt;
}

Parsed call_line(const Words& words) {
    constexpr std::array<std::pair<std::string_view, PeerCall>, 7> kNames{
        {{"CONNECT", PeerCall::Connect},
         {"LISTEN", PeerCall::Listen},
         {"ACCEPT", PeerCall::Accept},
         {"RCV", PeerCall::Receive},
         {"SEND", PeerCall::Send},
         {"CLOSE", PeerCall::Close},
         {"CLOSECONNECTION", PeerCall::CloseConnection}}};
    if (words.count == 2) {
        for (const auto& [name, call] : kNames) {
            if (words.word[1] == name) {
                return CallLine{call};
            }
        }
    }
    return std::unexpected(
        "CALL takes one of CONNECT, LISTEN, ACCEPT, RCV, SEND, CLOSE, CLOSECONNECTION");
}

Parsed segment_line(const Words& words) {
    if (words.count != 5) {
        return std::unexpected("SEG takes FLAGS seq ack len");
    }
    constexpr std::uint32_t kAny = std::numeric_limits<std::uint32_t>::max();
    const auto set = flags(words.word[1]);
    const auto seq = number(words.word[2], kAny);
    const auto ack = number(words.word[3], kAny);
    const auto len = number(words.word[4], kLongestPayload);
    if (!set) {
        return std::unexpected("FLAGS are SYN, ACK, FIN, RST, PSH joined by +, each once; or NONE");
    }
    if (!seq) {
        return std::unexpected("seq is a whole number from 0 to 4294967295");
    }
    if (!ack) {
        return std::unexpected("ack is a whole number from 0 to 4294967295");
    }
    if (!len) {
        return std::unexpected("len is a whole number from 0 to 65495");
    }
    return SegmentLine{{.seq = Seq{*seq},
                        .ack = set->ack() ? Seq{*ack} : Seq{},
                        .flags = *set,
                        .window = kWindow,
                        .len = *len}};
}

Parsed time_line(const Words& words) {
    if (words.count == 2) {
        if (const auto found = span(words.word[1])) {
            return TimeLine{*found};
        }
    }
    return std::unexpected("TIME takes seconds from 0 to 1000000, with at most nine decimals");
}

}  // namespace

Parsed parse_peer_line(std::string_view line) {
    if (line.size() > kLongestPeerLine) {
        return std::unexpected("longer than 256 octets");
    }
    if (!printable(line)) {
        return std::unexpected("an octet that is not printable ASCII");
    }
    const Words words = words_of(line);
    const std::string_view command = words.word[0];
    if (words.count == 0) {
        return std::unexpected("an empty line");
    }
    if (command == "SEG") {
        return segment_line(words);
    }
    if (command == "CALL") {
        return call_line(words);
    }
    if (command == "TIME") {
        return time_line(words);
    }
    if (command == "RESET") {
        return words.count == 1 ? Parsed(ResetLine{}) : std::unexpected("RESET stands alone");
    }
    if (command == "STATE") {
        return words.count == 1 ? Parsed(StateLine{}) : std::unexpected("STATE stands alone");
    }
    return std::unexpected("commands are RESET, CALL, SEG, TIME, STATE");
}

}  // namespace synq
