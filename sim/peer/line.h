// One line of the peer's protocol as a value (docs/guide/peer.md).
#pragma once

#include "model/base/time.h"
#include "model/wire/segment.h"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string_view>
#include <variant>

namespace synq {

enum class PeerCall : std::uint8_t {
    Connect,
    Listen,
    Accept,
    Receive,
    Send,
    Close,            // the socket that listens or connects
    CloseConnection,  // the accepted one
};

struct ResetLine {};
struct CallLine {
    PeerCall call = PeerCall::Connect;
};
struct SegmentLine {
    Segment segment;
};
struct TimeLine {
    Duration span;
};
struct StateLine {};

using PeerLine = std::variant<ResetLine, CallLine, SegmentLine, TimeLine, StateLine>;

inline constexpr std::size_t kLongestPeerLine = 256;  // octets, without the line's end

/// A line without its end. Otherwise the reason why it is none, as one line.
std::expected<PeerLine, std::string_view> parse_peer_line(std::string_view line);

}  // namespace synq
