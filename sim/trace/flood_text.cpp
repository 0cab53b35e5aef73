#include "sim/trace/flood_text.h"

#include "sim/trace/time_text.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace synq {
namespace {

// "1.97 a second", from integers: two decimals, cut off.
std::string per_second(std::uint64_t events, Duration span) {
    if (span.ns <= 0) {
        return "at once";
    }
    // In milliseconds the product stays within 64 bits for 10^14 events.
    const auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(span.ns / 1'000'000, 1));
    const std::uint64_t hundredths = events * 100'000 / ms;
    return fmt::format("{}.{:02} a second", hundredths / 100, hundredths % 100);
}

std::string times(std::uint64_t n, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", n, n == 1 ? one : many);
}

std::string flood_line(const FloodRecord& flood) {
    if (flood.sent == 0) {
        return fmt::format("{}: no SYN was sent.\n", flood.name);
    }
    const Duration span = flood.last - flood.first;
    std::string line = fmt::format("{}: {} in {}", flood.name, times(flood.sent, "SYN", "SYNs"),
                                   rough_duration(span));
    const auto out = std::back_inserter(line);
    fmt::format_to(out, "; {} got a place in the request queue ({})", flood.admitted,
                   per_second(flood.admitted, span));
    if (flood.cookies != 0) {
        fmt::format_to(out, ", {} a cookie",
                       times(flood.cookies, "was answered by", "were answered by"));
    }
    for (const auto& [reason, count] : flood.dropped) {
        fmt::format_to(out, ", {} {}", count, what_a_syn_met(reason));
    }
    fmt::format_to(out, ". {} went to its addresses", times(flood.syn_acks, "SYN+ACK", "SYN+ACKs"));
    if (flood.resets != 0) {
        fmt::format_to(out, ", and {} came back", times(flood.resets, "RST", "RSTs"));
    }
    return line + ".\n";
}

}  // namespace

const FloodRecord* flood_of(const Trace& trace, const IpAddress& address) {
    const auto found =
        std::find_if(trace.floods.begin(), trace.floods.end(),
                     [&](const FloodRecord& flood) { return flood.sources.contains(address); });
    return found == trace.floods.end() ? nullptr : &*found;
}

const FloodRecord* flood_of(const Trace& trace, const Packet& packet) {
    const FloodRecord* const sender = flood_of(trace, packet.src.address);
    return sender != nullptr ? sender : flood_of(trace, packet.dst.address);
}

std::string_view what_a_syn_met(Drop reason) {
    switch (reason) {
        case Drop::AcceptQueueFull:
            return "met a full accept queue";
        case Drop::RequestQueueFull:
            return "met a full request queue";
        case Drop::ReservedForKnownPeers:
            return "met a queue kept for known peers";
        case Drop::NoSocket:
            return "found no listener";
        case Drop::Link:
            return "got lost on a link";
        default:
            return "had no effect";
    }
}

std::string flood_route(const Trace& trace, const FloodRecord& flood) {
    return fmt::format("SYNs from {} to {}:{}", to_string(flood.sources),
                       trace.hosts[flood.target_host], flood.target.port);
}

std::string flood_lines(const Trace& trace) {
    std::string text;
    for (const FloodRecord& flood : trace.floods) {
        text += flood_line(flood);
    }
    return text;
}

}  // namespace synq
