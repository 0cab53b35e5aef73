// Sockets at one moment, as `ss -tanop` lists them.
#pragma once

#include "sim/trace/trace.h"

#include <string>

namespace synq {

/// One table with a title line: "sockets of server at 1.000 s".
std::string ss_table(const Trace& trace, const SocketTable& table);
/// All tables of the trace in the order in which they were taken; empty when there are none.
std::string ss_tables(const Trace& trace);

}  // namespace synq
