// What is looked at from outside: socket tables, counters, listeners.
#include "sim/world/simulation.h"

#include <algorithm>
#include <fmt/format.h>

namespace synq {
namespace {

/// As `ss -o` prints it: "on,3.984sec,2".
std::string timer_text(const SocketView& view, Instant now) {
    if (view.timer_deadline == kNever) {
        return {};
    }
    const std::int64_t ms = (view.timer_deadline - now).ns / 1'000'000;
    const char* kind = view.timer == TimerKind::TimeWait ? "timewait" : "on";
    return fmt::format("{},{}.{:03}sec,{}", kind, ms / 1'000, ms % 1'000, view.retransmits);
}

}  // namespace

void Simulation::take_table() {
    for (std::uint32_t host = 0; host < hosts_.size(); ++host) {
        SocketTable table{.t = now_, .host = host, .rows = {}};
        for (const SocketView& view : hosts_[host].host.sockets()) {
            SocketRow row{.state = view.state,
                          .recv_q = view.recv_q,
                          .send_q = view.send_q,
                          .local = view.local,
                          .remote = view.remote,
                          .timer = timer_text(view, now_),
                          .process = {}};
            for (std::size_t p = 0; p < processes_.size(); ++p) {
                const auto& fds = processes_[p].descriptors;
                if (view.socket.valid() && processes_[p].host == host &&
                    std::find(fds.begin(), fds.end(), view.socket) != fds.end()) {
                    row.process = recorder_.trace.processes[p].name;
                }
            }
            table.rows.push_back(std::move(row));
        }
        recorder_.trace.socket_tables.push_back(std::move(table));
    }
    if (++next_table_ < scenario_.table_times.size()) {
        arm(own(Own::Table, 0), Instant{} + scenario_.table_times[next_table_]);
    }
}

void Simulation::collect_counters() {
    for (std::size_t host = 0; host < hosts_.size(); ++host) {
        for (int i = 0; i < kMibCount; ++i) {
            const auto counter = static_cast<Mib>(i);
            if (const std::uint64_t value = hosts_[host].host.counters()[counter]; value != 0) {
                recorder_.trace.counters[host].emplace(name(counter), value);
            }
        }
    }
}

void Simulation::collect_listener(std::uint32_t host, SocketId socket) {
    const ListenerId id = hosts_[host].host.listener_of(socket);
    if (!id.valid()) {
        return;
    }
    const Listener& listener = hosts_[host].host.store().listeners[id];
    recorder_.trace.listeners.push_back({.host = host,
                                         .local = listener.local,
                                         .backlog = listener.backlog,
                                         .accept_queue_max = listener.accept_queue_max,
                                         .request_queue_max = listener.request_queue_max});
}

}  // namespace synq
