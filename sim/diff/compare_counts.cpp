// Counters and listener queues.
#include "model/profile/mib.h"
#include "sim/diff/compare_parts.h"

#include <algorithm>
#include <fmt/core.h>
#include <utility>

namespace synq {
namespace {

// The kernel's queue is looked at once a millisecond; a length that stands this long is seen.
constexpr Duration kSurelySeen = milliseconds(5);

std::uint64_t value_of(const Trace& trace, std::size_t host, const std::string& counter) {
    if (host >= trace.counters.size()) {
        return 0;
    }
    const auto found = trace.counters[host].find(counter);
    return found == trace.counters[host].end() ? 0 : found->second;
}

/// A delayed ACK counts in two of its sender's counters and in one of its receiver's.
int more_of(const MoreAcks& more_acks, std::size_t host, Mib counter) {
    const bool sent = counter == Mib::DelayedACKs || counter == Mib::OutSegs;
    const std::vector<int>& more = sent ? more_acks.sent : more_acks.received;
    return (sent || counter == Mib::InSegs) && host < more.size() ? more[host] : 0;
}

std::string listener_label(const Trace& trace, const ListenerRecord& listener) {
    const std::string host = listener.host < trace.hosts.size() ? trace.hosts[listener.host] : "";
    return fmt::format("{}:{}", host, listener.local.port);
}

/// The longest length at which the model's queue stood long enough for any observer.
std::uint32_t longest_surely_seen(const Trace& model, const ListenerRecord& listener) {
    std::vector<std::pair<Instant, std::uint32_t>> changes;
    for (const QueueRecord& each : model.queues) {
        if (each.host == listener.host && each.local == listener.local) {
            changes.emplace_back(each.t, each.accept_queue);
        }
    }
    if (changes.empty()) {
        return listener.accept_queue_max;
    }
    std::uint32_t longest = 0;
    for (auto at = changes.begin(); at != changes.end(); ++at) {
        const auto below = std::find_if(
            at, changes.end(), [at](const auto& later) { return later.second < at->second; });
        const Instant end = below == changes.end() ? model.end : below->first;
        if (end - at->first >= kSurelySeen) {
            longest = std::max(longest, at->second);
        }
    }
    return longest;
}

void compare_queue_max(const Trace& model, const ListenerRecord& ours, const ListenerRecord& theirs,
                       const std::string& label, DiffReport& report) {
    const std::uint32_t seen = longest_surely_seen(model, ours);
    const std::uint32_t most = ours.accept_queue_max;
    const bool agree = theirs.accept_queue_max >= seen && theirs.accept_queue_max <= most;
    add_row(report,
            {label + " accept queue max", seen == most ? Comparison::Exact : Comparison::Interval,
             seen == most ? std::to_string(most) : fmt::format("{}..{}", seen, most),
             std::to_string(theirs.accept_queue_max), agree});
}

}  // namespace

void compare_counters(const Sides& sides, const MoreAcks& more_acks, DiffReport& report) {
    const Trace& model = *sides.model.trace;
    const Trace& kernel = *sides.kernel.trace;
    for (std::size_t host = 0; host < std::max(model.counters.size(), kernel.counters.size());
         ++host) {
        for (int i = 0; i < kMibCount; ++i) {
            const std::string counter{name(static_cast<Mib>(i))};
            const std::uint64_t ours = value_of(model, host, counter);
            const std::uint64_t theirs = value_of(kernel, host, counter);
            const int more = more_of(more_acks, host, static_cast<Mib>(i));
            if (ours == 0 && theirs == 0 && more == 0) {
                continue;
            }
            ++report.scope.counters;
            const std::string where = host < kernel.hosts.size() ? kernel.hosts[host] : "";
            add_row(report,
                    {fmt::format("{} {}", where, counter),
                     more == 0 ? Comparison::Exact : Comparison::Set, std::to_string(ours),
                     std::to_string(theirs),
                     static_cast<std::int64_t>(theirs) == static_cast<std::int64_t>(ours) + more});
        }
    }
}

void compare_listeners(const Sides& sides, DiffReport& report) {
    const Trace& model = *sides.model.trace;
    const Trace& kernel = *sides.kernel.trace;
    std::vector<bool> used(kernel.listeners.size());
    for (const ListenerRecord& ours : model.listeners) {
        const std::string label = listener_label(model, ours);
        std::size_t at = 0;
        while (at < used.size() && (used[at] || kernel.listeners[at].host != ours.host ||
                                    kernel.listeners[at].local.port != ours.local.port)) {
            ++at;
        }
        ++report.scope.listeners;
        if (at == used.size()) {
            add_row(report, {label + " listener", Comparison::Exact, "present", "absent", false});
            continue;
        }
        used[at] = true;
        const ListenerRecord& theirs = kernel.listeners[at];
        add_row(report, {label + " backlog", Comparison::Exact, std::to_string(ours.backlog),
                         std::to_string(theirs.backlog), ours.backlog == theirs.backlog});
        compare_queue_max(model, ours, theirs, label, report);
    }
    for (std::size_t i = 0; i < used.size(); ++i) {
        if (!used[i]) {
            ++report.scope.listeners;
            add_row(report, {listener_label(kernel, kernel.listeners[i]) + " listener",
                             Comparison::Exact, "absent", "present", false});
        }
    }
}

}  // namespace synq
