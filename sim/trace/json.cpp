#include "sim/trace/json.h"

#include "sim/trace/digest.h"
#include "sim/trace/time_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

namespace synq {
namespace {

// The library escapes the texts. Numbers are written here: a double would not keep nanoseconds of a
// long run, nor print them without an exponent.
std::string json_string(std::string_view text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string errno_text(const CallRecord& call) {
    return call.returned() && call.error != Errno::None ? json_string(name(call.error)) : "null";
}

std::string call_object(const CallRecord& call) {
    return fmt::format(R"({{"call": {}, "start_s": {}, "end_s": {}, "result": {}, "errno": {}}})",
                       json_string(name(call.kind)), exact_seconds(call.start),
                       call.returned() ? exact_seconds(call.end) : "null",
                       call.returned() ? fmt::format("{}", call.result) : "null", errno_text(call));
}

std::string segment_object(const SegmentRecord& record) {
    const Segment& segment = record.packet.segment;
    return fmt::format(
        R"({{"t_s": {}, "from": {}, "to": {}, "flags": {}, "seq": {}, "ack": {}, "len": {}, "dropped": {}}})",
        exact_seconds(record.t), json_string(to_string(record.packet.src)),
        json_string(to_string(record.packet.dst)), json_string(flag_names(segment.flags)),
        segment.seq.raw(), segment.flags.ack() ? fmt::format("{}", segment.ack.raw()) : "null",
        segment.len, record.dropped == Drop::None ? "null" : json_string(describe(record.dropped)));
}

std::string flood_object(const FloodRecord& flood) {
    const auto time = [](Instant t) { return t == kNever ? "null" : exact_seconds(t); };
    std::vector<std::string> dropped;
    dropped.reserve(flood.dropped.size());
    for (const auto& [reason, count] : flood.dropped) {
        dropped.push_back(fmt::format("{}: {}", json_string(describe(reason)), count));
    }
    return fmt::format(
        R"({{"name": {}, "target": {}, "sources": {}, "first_s": {}, "last_s": {}, "sent": {}, )"
        R"("admitted": {}, "cookies": {}, "dropped": {{{}}}, "syn_acks": {}, "resets": {}}})",
        json_string(flood.name), json_string(to_string(flood.target)),
        json_string(to_string(flood.sources)), time(flood.first), time(flood.last), flood.sent,
        flood.admitted, flood.cookies, fmt::join(dropped, ", "), flood.syn_acks, flood.resets);
}

std::string listener_object(const Trace& trace, const ListenerRecord& listener) {
    return fmt::format(
        R"({{"host": {}, "port": {}, "backlog": {}, "accept_queue_max": {}, "request_queue_max": {}}})",
        json_string(trace.hosts[listener.host]), listener.local.port, listener.backlog,
        listener.accept_queue_max,
        listener.request_queue_max ? fmt::format("{}", *listener.request_queue_max) : "null");
}

// "[", the elements on lines of their own, "]".
class List {
  public:
    List(std::string_view open, std::string_view close, int depth)
        : text_(open), close_(close), indent_(static_cast<std::size_t>(2 * depth), ' ') {}

    void add(std::string_view element) {
        text_ += empty_ ? "\n" : ",\n";
        text_ += indent_;
        text_ += "  ";
        text_ += element;
        empty_ = false;
    }
    [[nodiscard]] std::string text() const {
        return empty_ ? text_ + close_ : text_ + "\n" + indent_ + close_;
    }

  private:
    std::string text_;
    std::string close_;
    std::string indent_;
    bool empty_ = true;
};

std::string processes_array(const Trace& trace) {
    std::vector<List> calls(trace.processes.size(), List("[", "]", 2));
    for (const CallRecord& call : trace.calls) {
        calls[call.process].add(call_object(call));
    }
    List processes("[", "]", 1);
    for (std::size_t i = 0; i < trace.processes.size(); ++i) {
        processes.add(fmt::format(R"({{"name": {}, "calls": {}}})",
                                  json_string(trace.processes[i].name), calls[i].text()));
    }
    return processes.text();
}

std::string counters_object(const Trace& trace) {
    List hosts("{", "}", 1);
    for (std::size_t host = 0; host < trace.counters.size(); ++host) {
        List counters("{", "}", 2);
        for (const auto& [name, value] : trace.counters[host]) {
            counters.add(fmt::format("{}: {}", json_string(name), value));
        }
        hosts.add(fmt::format("{}: {}", json_string(trace.hosts[host]), counters.text()));
    }
    return hosts.text();
}

}  // namespace

std::string json_text(const Trace& trace, const JsonOptions& options) {
    List listeners("[", "]", 1);
    for (const ListenerRecord& listener : trace.listeners) {
        listeners.add(listener_object(trace, listener));
    }
    List object("{", "}", 0);
    object.add(fmt::format(R"("scenario": {})", json_string(trace.scenario)));
    object.add(fmt::format(R"("seed": {})", trace.seed));
    object.add(fmt::format(R"("profile": {})", json_string(trace.profile)));
    object.add(fmt::format(R"("virtual_time_s": {})", exact_seconds(trace.end)));
    object.add(fmt::format(R"("processes": {})", processes_array(trace)));
    object.add(fmt::format(R"("listeners": {})", listeners.text()));
    if (!trace.floods.empty()) {
        List floods("[", "]", 1);
        for (const FloodRecord& flood : trace.floods) {
            floods.add(flood_object(flood));
        }
        object.add(fmt::format(R"("floods": {})", floods.text()));
    }
    object.add(fmt::format(R"("counters": {})", counters_object(trace)));
    if (options.segments) {
        List segments("[", "]", 1);
        for (const SegmentRecord& record : trace.segments) {
            segments.add(segment_object(record));
        }
        object.add(fmt::format(R"("segments": {})", segments.text()));
    }
    object.add(fmt::format(R"("digest": "{}")", digest_text(trace)));
    return object.text() + "\n";
}

}  // namespace synq
