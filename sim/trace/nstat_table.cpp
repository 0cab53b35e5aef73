#include "sim/trace/nstat_table.h"

#include "sim/trace/text_table.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>

namespace synq {
namespace {

// The columns of the line "Tcp:" of /proc/net/snmp; all other TCP counters are TcpExt.
constexpr std::array<std::string_view, 15> kTcpGroup{
    "RtoAlgorithm", "RtoMin",       "RtoMax",      "MaxConn",   "ActiveOpens",
    "PassiveOpens", "AttemptFails", "EstabResets", "CurrEstab", "InSegs",
    "OutSegs",      "RetransSegs",  "InErrs",      "OutRsts",   "InCsumErrors"};

}  // namespace

std::string nstat_name(std::string_view counter) {
    const bool tcp = std::find(kTcpGroup.begin(), kTcpGroup.end(), counter) != kTcpGroup.end();
    return fmt::format("{}{}", tcp ? "Tcp" : "TcpExt", counter);
}

std::string nstat_table(const Trace& trace) {
    std::vector<std::string> titles{"counter"};
    std::set<std::string> names;
    for (std::size_t host = 0; host < trace.counters.size(); ++host) {
        titles.push_back(trace.hosts[host]);
        for (const auto& [name, value] : trace.counters[host]) {
            names.insert(name);
        }
    }
    TextTable table(std::move(titles));
    const auto add_group = [&](bool extended) {
        for (const std::string& name : names) {
            const std::string shown = nstat_name(name);
            if (shown.starts_with("TcpExt") != extended) {
                continue;
            }
            std::vector<std::string> cells{shown};
            for (const auto& counters : trace.counters) {
                const auto found = counters.find(name);
                cells.push_back(fmt::format("{}", found == counters.end() ? 0 : found->second));
            }
            table.add(std::move(cells));
        }
    };
    add_group(false);
    add_group(true);
    for (std::size_t host = 0; host < trace.counters.size(); ++host) {
        table.align_right(host + 1);
    }
    return table.text();
}

}  // namespace synq
