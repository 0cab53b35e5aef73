// Counters as `nstat` lists them: Linux MIB names with their group in front, changes during the
// run.
#pragma once

#include "sim/trace/trace.h"

#include <string>
#include <string_view>

namespace synq {

/// "TcpActiveOpens", "TcpExtListenDrops".
std::string nstat_name(std::string_view counter);
/// A line per counter, a column per host.
std::string nstat_table(const Trace& trace);

}  // namespace synq
