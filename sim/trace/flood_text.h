// Floods for people: what a ladder says instead of their thousands of lines, and the summary's
// part.
#pragma once

#include "sim/trace/trace.h"

#include <string>
#include <string_view>

namespace synq {

/// The flood that has this address; nullptr: none.
const FloodRecord* flood_of(const Trace& trace, const IpAddress& address);
/// The flood that sent the segment, or that it went to.
const FloodRecord* flood_of(const Trace& trace, const Packet& packet);

/// "met a full request queue", of a SYN.
std::string_view what_a_syn_met(Drop reason);

/// "SYNs from 198.51.100.0/24 to server:8000".
std::string flood_route(const Trace& trace, const FloodRecord& flood);
/// One line per flood: "attack: 12000 SYNs in 600 s, 20 a second: 1182 got a place in the request
/// queue, 1.97 a second; 10818 met a full request queue. ...". Empty without floods.
std::string flood_lines(const Trace& trace);

}  // namespace synq
