#include "sim/trace/notation.h"

#include "sim/trace/flood_text.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace synq {
namespace {

// Relative when the SYN was seen; a segment for no connection keeps its raw numbers.
template <class Known>
std::string number(Seq seq, const Known& known, const EndpointPair& direction) {
    const auto found = known.find(direction);
    return found == known.end() ? fmt::format("{}", seq.raw())
                                : fmt::format("{}", seq - found->second);
}

}  // namespace

std::string option_text(const Options& options) {
    std::string text;
    const auto add = [&text](std::string_view part) {
        text += text.empty() ? "" : " ";
        text += part;
    };
    if (options.sack_permitted) {
        add("sackOK");
    }
    if (options.timestamps) {
        add("TS");
    }
    if (options.window_scale != Options::kNoScale) {
        add(fmt::format("wscale {}", options.window_scale));
    }
    if (options.fast_open.present()) {
        add(options.fast_open.requested() ? "tfo cookiereq" : "tfo cookie");
    }
    return text.empty() ? "none" : text;
}

std::string usual_syn_options(const Trace& trace, Flags flags) {
    std::map<std::string, std::size_t> votes;
    for (const SegmentRecord& record : trace.segments) {
        if (record.packet.segment.flags == flags && flood_of(trace, record.packet) == nullptr) {
            ++votes[option_text(record.packet.segment.options)];
        }
    }
    const auto most =
        std::max_element(votes.begin(), votes.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    return most == votes.end() ? "" : most->first;
}

std::uint32_t Notation::retry_number(const SegmentRecord& record) {
    const Segment& segment = record.packet.segment;
    if (segment.length() == 0) {
        return 0;
    }
    Retries& last = retries_[{record.packet.src, record.packet.dst}];
    if (last.seq != segment.seq || last.syn != segment.flags.syn()) {
        last = {segment.seq, segment.flags.syn(), 0};
    }
    return record.retransmission ? ++last.count : 0;
}

std::string Notation::describe(const SegmentRecord& record) {
    const Segment& segment = record.packet.segment;
    const Direction forth{record.packet.src, record.packet.dst};
    const Direction back{record.packet.dst, record.packet.src};
    const std::uint32_t retry = retry_number(record);
    if (segment.flags.syn()) {
        initial_[forth] = segment.seq;
    }

    std::string text = fmt::format("[{}]", tcpdump_flags(segment.flags));
    const auto out = std::back_inserter(text);
    if (segment.length() != 0 || segment.flags.rst()) {
        text += " seq " + number(segment.seq, initial_, forth);
    }
    if (segment.len != 0) {
        text += ":" + number(segment.seq + segment.len, initial_, forth);
    }
    if (segment.flags.ack()) {
        text += " ack " + number(segment.ack, initial_, back);
    }
    fmt::format_to(out, " win {}", segment.window);
    if (segment.flags.syn() && segment.options.mss != 0) {
        std::uint16_t& told = mss_[forth];
        if (retry == 0 || told != segment.options.mss) {
            fmt::format_to(out, " mss {}", segment.options.mss);
        }
        told = segment.options.mss;
    }
    if (segment.len != 0 && retry == 0) {
        fmt::format_to(out, " length {}", segment.len);
    }
    if (retry != 0) {
        fmt::format_to(out, " retry {}", retry);
    }
    return text;
}

}  // namespace synq
