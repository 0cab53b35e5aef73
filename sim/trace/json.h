// A trace as one JSON object, for programs. Its keys and their order are an interface:
//
//   {scenario, seed, profile, virtual_time_s,
//    processes: [{name, calls: [{call, start_s, end_s, result, errno}]}],
//    listeners: [{host, port, backlog, accept_queue_max, request_queue_max}],
//    floods: [{name, target, sources, first_s, last_s, sent, admitted, cookies, dropped: {reason:
//              count}, syn_acks, resets}],                        only when there are floods
//    counters: {host: {name: value}},
//    segments: [{t_s, from, to, flags, seq, ack, len, dropped}],   only when asked for
//    digest}
//
// Times are decimal seconds, exact to the nanosecond, without exponent. Null means: had not
// returned (end_s, result), no error (errno), no ACK bit (ack), arrived (dropped), not known
// (request_queue_max).
#pragma once

#include "sim/trace/trace.h"

#include <string>

namespace synq {

struct JsonOptions {
    bool segments = false;
};

/// Ends in a newline; one line per list element, so that two runs can be compared line by line.
std::string json_text(const Trace& trace, const JsonOptions& options = {});

}  // namespace synq
