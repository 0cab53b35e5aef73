// A trace's segments as a packet capture in the pcapng format (draft-ietf-opsawg-pcapng), for
// Wireshark and its relatives.
//
// Each host has an interface with its name. A segment stands once, on the interface of the host
// that sent it and at the time when it was sent, whether it arrived or not: every conversation
// looks as it would beside its sender. What took a segment, and that one was sent again, stands in
// the packet's comment. Times are nanoseconds since the run began, which the format shows as 1970.
// Payload is zeros; checksums are right. Nothing in the octets depends on the machine.
#pragma once

#include "sim/trace/trace.h"

#include <functional>
#include <string>
#include <string_view>

namespace synq {

/// Interface of packets whose source address no host has, as in a flood.
inline constexpr std::string_view kElsewhere = "elsewhere";

/// Hands out the capture piece by piece, in order. `program` is named as the writer.
void write_pcapng(const Trace& trace, std::string_view program,
                  const std::function<void(std::string_view)>& sink);
std::string pcapng(const Trace& trace, std::string_view program = "synq");

}  // namespace synq
