// What came of it: one line per process, one per listener, and a verdict in plain words. Everything
// is computed from the trace; a kernel's trace, which does not say why a segment was dropped, gets
// its reasons from the counters.
#pragma once

#include "sim/trace/trace.h"

#include <string>

namespace synq {

/// All three parts below, the digest, and when the run ended.
std::string summary(const Trace& trace);

/// Who connected when and with what result, who was accepted when, octets, and the last call.
std::string process_lines(const Trace& trace);
/// Backlog and longest queues.
std::string listener_lines(const Trace& trace);
/// One paragraph: "3 of 6 clients connected at once; 3 waited 35.5 s, because 27 SYNs met ...".
std::string verdict(const Trace& trace);

}  // namespace synq
