// The kernel's TCP counters of the current network namespace.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <string_view>

namespace synq {

using CounterMap = std::map<std::string, std::uint64_t>;

/// Adds the counters of one group ("Tcp", "TcpExt") of a file in the format of /proc/net/snmp: a
/// line of names, then a line of values, both starting with the group's name. Gauges and constants
/// (CurrEstab, RtoMin ...) are left out. False when the group is missing or its lines do not match.
bool parse_counters(std::string_view file, std::string_view group, CounterMap& into);

/// Groups Tcp and TcpExt of the calling thread's namespace, or what is wrong. Read through
/// /proc/thread-self: /proc/net follows the thread group's leader.
std::expected<CounterMap, std::string> read_counters();

/// after - before, without the zeros.
CounterMap counter_changes(const CounterMap& before, const CounterMap& after);

}  // namespace synq
