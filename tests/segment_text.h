// Segments as a reader of a test wants to see them: numbers relative to each direction's first SYN,
// "SYN+ACK 0/1", "PSH+ACK 1/1 len 16". A direction that has shown no SYN prints raw numbers.
#pragma once

#include "model/wire/segment.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace synq {

class SegmentText {
  public:
    /// Every SYN starts a direction afresh.
    void learn(const Packet& packet) {
        if (packet.segment.flags.syn()) {
            first_[direction(packet.src, packet.dst)] = packet.segment.seq;
        }
    }
    void set_first(const Endpoint& from, const Endpoint& to, Seq seq) {
        first_[direction(from, to)] = seq;
    }
    /// The initial sequence number of what `from` sends to `to`.
    [[nodiscard]] std::optional<Seq> first(const Endpoint& from, const Endpoint& to) const {
        const auto found = first_.find(direction(from, to));
        return found == first_.end() ? std::nullopt : std::optional(found->second);
    }

    [[nodiscard]] std::string brief(const Packet& packet) const {
        const Segment& segment = packet.segment;
        // An RST for a segment without ACK has the number 0 itself (RFC 9293 3.10.7.1).
        const bool from_nowhere = segment.flags == (kRst | kAck) && segment.seq.raw() == 0;
        std::string out = names(segment.flags) + " ";
        out += from_nowhere ? "0" : relative(segment.seq, first(packet.src, packet.dst));
        if (segment.flags.ack()) {
            out += "/" + relative(segment.ack, first(packet.dst, packet.src));
        }
        return segment.len == 0 ? out : out + " len " + std::to_string(segment.len);
    }
    /// brief(), then window and options: "SYN 0 win 65495 <mss 65495, sack, ts, scale 10>".
    [[nodiscard]] std::string full(const Packet& packet) const {
        const Options& options = packet.segment.options;
        std::string list;
        const auto add = [&](bool present, const std::string& text) {
            if (present) {
                list += (list.empty() ? "" : ", ") + text;
            }
        };
        add(options.mss != 0, "mss " + std::to_string(options.mss));
        add(options.sack_permitted, "sack");
        add(options.timestamps, "ts");
        add(options.window_scale != Options::kNoScale,
            "scale " + std::to_string(options.window_scale));
        // Not the cookie itself: every host has a key of its own.
        const FastOpenCookie& cookie = options.fast_open;
        add(cookie.present(),
            cookie.requested() ? "tfo request" : "tfo cookie " + std::to_string(cookie.size));
        return brief(packet) + " win " + std::to_string(packet.segment.window) +
               (list.empty() ? "" : " <" + list + ">");
    }

  private:
    using Direction = std::pair<std::string, std::string>;
    static Direction direction(const Endpoint& from, const Endpoint& to) {
        return {to_string(from), to_string(to)};
    }
    /// In the order in which people say them: "SYN+ACK", "FIN+ACK", "PSH+ACK", "FIN+PSH+ACK".
    static std::string names(Flags flags) {
        std::string out;
        const auto add = [&](bool set, std::string_view text) {
            if (set) {
                out += (out.empty() ? "" : "+") + std::string(text);
            }
        };
        add(flags.syn(), "SYN");
        add(flags.rst(), "RST");
        add(flags.fin(), "FIN");
        add(flags.psh(), "PSH");
        add(flags.ack(), "ACK");
        return out.empty() ? "NONE" : out;
    }
    static std::string relative(Seq seq, std::optional<Seq> first) {
        return std::to_string(first ? seq.raw() - first->raw() : seq.raw());
    }

    std::map<Direction, Seq> first_;
};

}  // namespace synq
