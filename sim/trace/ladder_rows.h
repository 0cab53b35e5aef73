// From the entries of a trace to the lines of a ladder, before anything is laid out.
#pragma once

#include "model/base/time.h"
#include "sim/trace/notation.h"
#include "sim/trace/parties.h"
#include "sim/trace/trace.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace synq {

enum class Side : std::uint8_t { Left, Right };

/// The state shown at one end of a line.
struct ShownState {
    std::optional<State> state;  // unknown: nothing is shown
    bool changed = false;        // by this line
};

struct LadderRow {
    Instant t;
    // A segment's arrow between two ends, or else a text at one side.
    bool segment = false;
    Side side = Side::Left;  // text: where it stands; segment: who sent it
    bool failed = false;     // a call that returned an error
    bool departure = false;  // the first half of a segment that arrives later, if ever
    bool arrival = false;    // the second half
    std::string text;        // the call, or the segment in tcpdump's notation
    std::string left_name;
    std::string right_name;
    ShownState left, right;
    Drop dropped = Drop::None;
    std::string queues;  // "accept 3/2  requests 0/2"; empty: unchanged
    bool queue_full = false;
    FlowKey flow;  // segment: local is the left end
};

/// What holds for the whole ladder.
struct LadderRows {
    std::vector<LadderRow> rows;
    std::string syn_options;      // the usual ones, as option_text(); empty: there was no SYN
    std::string syn_ack_options;  // likewise
    std::string sole_server;      // the one process on the right, which its lines then do not name
};

LadderRows ladder_rows(const Trace& trace);

}  // namespace synq
