#include "sim/trace/ss_table.h"

#include "sim/trace/text_table.h"
#include "sim/trace/time_text.h"

#include <fmt/format.h>

namespace synq {
namespace {

std::string endpoint_text(const Endpoint& endpoint) {
    if (endpoint.port != 0) {
        return to_string(endpoint);
    }
    // A listener's peer is nobody yet.
    return (endpoint.address.is_v4() || endpoint.address == IpAddress{} ? "0.0.0.0:*" : "[::]:*");
}

}  // namespace

std::string ss_table(const Trace& trace, const SocketTable& table) {
    TextTable out({"State", "Recv-Q", "Send-Q", "Local Address:Port", "Peer Address:Port",
                   "Process", "Timer"});
    out.align_right(1);
    out.align_right(2);
    for (const SocketRow& row : table.rows) {
        out.add({std::string(ss_name(row.state)), fmt::format("{}", row.recv_q),
                 fmt::format("{}", row.send_q), endpoint_text(row.local), endpoint_text(row.remote),
                 row.process.empty() ? "-" : row.process,
                 row.timer.empty() ? "" : fmt::format("timer:({})", row.timer)});
    }
    return fmt::format("sockets of {} at {} s\n{}", trace.hosts[table.host], exact_seconds(table.t),
                       out.text());
}

std::string ss_tables(const Trace& trace) {
    std::string text;
    for (const SocketTable& table : trace.socket_tables) {
        text += text.empty() ? "" : "\n";
        text += ss_table(trace, table);
    }
    return text;
}

}  // namespace synq
