// The ladder: what happened, line by line, for people.
//
//     time (s)  clients               segments                              server:8000
//       35.588  client.3:49155 SYN-SENT     -- [S] seq 0 win 65495 retry 9 -->  SYN-RECEIVED  ...
//
// Clients stand on the left, whoever listens on the right, segments as arrows between them; both
// ends' states are those after the segment. An arrow that ends in `x` was dropped, and the reason
// stands where it would have arrived. Queue depths show when they change. Every entry of the trace
// is there, in order; a segment that arrives at the instant it was sent, a call that did not block,
// and a state that a segment changed share one line. A flood is the exception: it has one line
// where it begins and one where it ends, and what it did to the queues shows with the next segment
// that arrives from somebody else.
#pragma once

#include "sim/trace/trace.h"

#include <functional>
#include <string>
#include <string_view>

namespace synq {

struct LadderOptions {
    bool color = false;  // terminal colours (ECMA-48); for terminals only
};

/// Hands out the ladder piece by piece, in order: a long one need not be held in memory twice.
void write_ladder(const Trace& trace, const LadderOptions& options,
                  const std::function<void(std::string_view)>& sink);
std::string ladder(const Trace& trace, const LadderOptions& options = {});

}  // namespace synq
