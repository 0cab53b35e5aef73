#include "sim/trace/summary.h"

#include "sim/trace/attempts.h"
#include "sim/trace/digest.h"
#include "sim/trace/flood_text.h"
#include "sim/trace/text_table.h"
#include "sim/trace/time_text.h"

#include <fmt/format.h>
#include <map>
#include <set>
#include <vector>

namespace synq {
namespace {

// Microseconds are enough for tables; digits beyond are a real clock's.
std::string moment(Instant t) {
    return exact_seconds(Instant{t.ns / 1'000 * 1'000}) + " s";
}

struct ProcessLine {
    std::uint32_t connects = 0;
    std::uint32_t connected = 0;
    const CallRecord* only_connect = nullptr;
    std::vector<Instant> accepts;
    std::int64_t sent = 0;
    std::int64_t received = 0;
    const CallRecord* error = nullptr;  // the first one
    const CallRecord* last = nullptr;
};

void add_call(ProcessLine& line, const CallRecord& call) {
    const bool succeeded = call.returned() && call.error == Errno::None;
    line.last = &call;
    if (call.error != Errno::None && line.error == nullptr) {
        line.error = &call;
    }
    switch (call.kind) {
        case CallKind::Connect:
            ++line.connects;
            line.connected += succeeded ? 1U : 0U;
            line.only_connect = &call;
            break;
        case CallKind::Accept:
            if (succeeded) {
                line.accepts.push_back(call.end);
            }
            break;
        case CallKind::Send:
            line.sent += succeeded ? call.result : 0;
            break;
        case CallKind::Recv:
            line.received += succeeded ? call.result : 0;
            break;
        default:
            break;
    }
}

std::string connect_cell(const ProcessLine& line) {
    if (line.connects == 0) {
        return "-";
    }
    if (line.connects > 1) {
        return fmt::format("{} of {}", line.connected, line.connects);
    }
    const CallRecord& call = *line.only_connect;
    if (!call.returned()) {
        return fmt::format("waiting since {}", moment(call.start));
    }
    const Duration took = call.end - call.start;
    return fmt::format("{} at {}{}", call.error == Errno::None ? "ok" : name(call.error),
                       moment(call.end),
                       took < milliseconds(1) ? "" : ", took " + rough_duration(took));
}

std::string accept_cell(const ProcessLine& line, const std::vector<const Attempt*>& own) {
    if (!line.accepts.empty()) {
        return line.accepts.size() == 1
                   ? fmt::format("1 at {}", moment(line.accepts.front()))
                   : fmt::format("{}, {} to {}", line.accepts.size(), moment(line.accepts.front()),
                                 moment(line.accepts.back()));
    }
    if (own.size() == 1) {
        return own[0]->accepted ? "at " + moment(*own[0]->accepted) : "never";
    }
    std::size_t accepted = 0;
    for (const Attempt* attempt : own) {
        accepted += attempt->accepted ? 1U : 0U;
    }
    return own.empty() ? "-" : fmt::format("{} of {}", accepted, own.size());
}

std::string last_cell(const ProcessLine& line) {
    if (line.last == nullptr) {
        return "-";
    }
    const CallRecord& call = *line.last;
    return call.returned() ? fmt::format("{} at {}", name(call.kind), moment(call.end))
                           : fmt::format("in {} since {}", name(call.kind), moment(call.start));
}

}  // namespace

std::string process_lines(const Trace& trace) {
    std::vector<ProcessLine> lines(trace.processes.size());
    for (const CallRecord& call : trace.calls) {
        add_call(lines[call.process], call);
    }
    const std::vector<Attempt> all = attempts(trace);
    std::vector<std::vector<const Attempt*>> own(trace.processes.size());
    for (const Attempt& attempt : all) {
        own[attempt.process].push_back(&attempt);
    }
    TextTable table({"process", "connect", "accept", "sent", "received", "last call", "error"});
    table.align_right(3);
    table.align_right(4);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const ProcessLine& line = lines[i];
        std::string error = "-";
        if (line.error != nullptr) {
            error = fmt::format("{} {} at {}", name(line.error->kind), name(line.error->error),
                                moment(line.error->end));
        }
        table.add({trace.processes[i].name, connect_cell(line), accept_cell(line, own[i]),
                   fmt::format("{}", line.sent), fmt::format("{}", line.received), last_cell(line),
                   error});
    }
    return table.text();
}

std::string listener_lines(const Trace& trace) {
    TextTable table({"listener", "backlog", "accept queue max", "request queue max"});
    for (const ListenerRecord& listener : trace.listeners) {
        table.add({fmt::format("{}:{}", trace.hosts[listener.host], listener.local.port),
                   fmt::format("{}", listener.backlog),
                   fmt::format("{}", listener.accept_queue_max),
                   listener.request_queue_max ? fmt::format("{}", *listener.request_queue_max)
                                              : "not known"});
    }
    for (std::size_t column = 1; column < 4; ++column) {
        table.align_right(column);
    }
    return table.text();
}

std::string summary(const Trace& trace) {
    std::string text = process_lines(trace) + "\n";
    if (!trace.listeners.empty()) {
        text += listener_lines(trace) + "\n";
    }
    text += fmt::format("{}\n{}{} at {} s, digest {}\n", verdict(trace), flood_lines(trace),
                        trace.interrupted ? "interrupted" : "ended", exact_seconds(trace.end),
                        digest_text(trace));
    return text;
}

}  // namespace synq
