// A trace's segments as flows: one connection attempt each, with numbers relative to its initial
// sequence numbers, named by the process whose connect() made it.
#pragma once

#include "model/wire/segment.h"
#include "sim/trace/trace.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace synq {

struct FlowSegment {
    Instant t;
    bool from_client = true;
    bool repeated = false;    // all of it was sent before in this direction: a timer's work
    Segment segment;          // seq and ack relative; other fields as sent
    std::uint32_t index = 0;  // in Trace::segments
};

struct Flow {
    Endpoint client;  // who sent the first SYN
    Endpoint server;
    std::optional<std::uint32_t> process;  // whose connect() it was
    std::uint32_t connect = 0;             // which of its connects, from 0
    std::vector<FlowSegment> segments;     // in the order of time
};

/// In the order of their first segments. A new SYN with another initial sequence number between the
/// same endpoints begins a new flow.
std::vector<Flow> flows_of(const Trace& trace);

/// "> SYN seq 0 len 0 mss 1460 sack ts ws": what is compared exactly. `>` is from the client.
std::string signature(const FlowSegment& each);

}  // namespace synq
