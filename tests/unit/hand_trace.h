// Traces of both worlds, written line by line, for tests of the comparison.
#pragma once

#include "sim/diff/diff.h"
#include "sim/trace/trace.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>

namespace synq::test {

inline constexpr Endpoint kServer{IpAddress::loopback_v4(), 8000};

/// A trace written line by line.
class TraceWriter {
  public:
    TraceWriter(const std::string& world, std::uint16_t first_port, std::uint32_t first_isn)
        : port_(first_port), isn_(first_isn) {
        trace.scenario = "hand-made";
        trace.world = world;
        trace.profile = world == "kernel" ? "Linux 6.18" : "linux-6.18";
        trace.hosts = {"host"};
        trace.processes = {{"server", 0}, {"client.0", 0}, {"client.1", 0}};
        trace.counters = {{{"ActiveOpens", 2}, {"ListenOverflows", 1}, {"KernelOnly", 5}}};
        trace.listeners = {{0, kServer, 2, 3, {}}};
    }

    void call(std::uint32_t process, CallKind kind, Duration start, Duration end,
              std::int64_t result, Errno error = Errno::None) {
        CallRecord record{.process = process, .kind = kind};
        record.start = Instant{} + start;
        record.end = Instant{} + end;
        record.result = result;
        record.error = error;
        if (kind == CallKind::Connect) {
            record.client = client(process);
        }
        trace.calls.push_back(record);
    }
    void send(std::uint32_t process, bool from_client, Duration t, Flags flags, std::uint32_t seq,
              std::uint32_t ack, std::uint32_t len = 0) {
        const std::uint32_t ours = isn_ + process * 1000;
        const std::uint32_t theirs = isn_ + process * 777 + 5;
        Segment segment;
        segment.flags = flags;
        segment.len = len;
        segment.seq = Seq{(from_client ? ours : theirs) + seq};
        segment.ack = flags.ack() ? Seq{(from_client ? theirs : ours) + ack} : Seq{};
        if (flags.syn()) {
            segment.options = {.mss = 65495, .window_scale = 7, .sack_permitted = true};
        }
        const Endpoint here = client(process);
        trace.segments.push_back(
            {.t = Instant{} + t,
             .packet = {from_client ? here : kServer, from_client ? kServer : here, segment}});
    }
    [[nodiscard]] Endpoint client(std::uint32_t process) const {
        return {IpAddress::loopback_v4(), static_cast<std::uint16_t>(port_ + process)};
    }

    Trace trace;

  private:
    std::uint16_t port_;
    std::uint32_t isn_;
};

struct Times {
    Duration server_accept = milliseconds(500);
    Duration late_syn = milliseconds(1000);  // client.1's second SYN, which is answered
};

/// client.0 connects at once, client.1 with its second SYN; both are accepted and send 16 octets.
inline Trace example(const std::string& world, const Times& times = {}) {
    const bool kernel = world == "kernel";
    TraceWriter w{world, static_cast<std::uint16_t>(kernel ? 40'000 : 50'000),
                  kernel ? 4'294'967'290U : 12U};
    const Duration ms = milliseconds(1);
    const Duration accept = times.server_accept;
    const Duration late = times.late_syn;
    w.call(0, CallKind::Socket, Duration{}, Duration{}, 3);
    w.call(0, CallKind::Listen, Duration{}, Duration{}, 0);
    for (std::uint32_t client : {1U, 2U}) {
        const Duration t = client == 1 ? ms : late;
        w.call(client, CallKind::Connect, ms, t, 0);
        w.send(client, true, ms, kSyn, 0, 0);
        if (client == 2) {
            w.send(client, true, late, kSyn, 0, 0);
        }
        w.send(client, false, t, kSyn | kAck, 0, 1);
        w.send(client, true, t, kAck, 1, 1);
        w.call(client, CallKind::Send, t, t, 16);
        w.send(client, true, t, kAck | kPsh, 1, 1, 16);
    }
    w.call(0, CallKind::Accept, accept, accept, 4);
    w.call(0, CallKind::Accept, accept, late + ms, 5);
    w.trace.end = Instant{} + late + milliseconds(100);
    return w.trace;
}

inline DiffReport compare_with(const std::function<void(Trace&)>& change) {
    Trace kernel = example("kernel");
    change(kernel);
    return compare_traces(example("model"), kernel);
}

/// The subjects of the rows that differ, one per line.
inline std::string differing(const DiffReport& report) {
    std::string text;
    for (const DiffRow& row : report.rows) {
        text += row.agree ? "" : row.subject + "\n";
    }
    return text;
}

/// The first call of that kind of a process.
inline CallRecord& call_of(Trace& trace, std::uint32_t process, CallKind kind) {
    return *std::find_if(trace.calls.begin(), trace.calls.end(), [=](const CallRecord& call) {
        return call.process == process && call.kind == kind;
    });
}

/// The n-th segment, from 0, of a client's flow.
inline SegmentRecord& segment_of(Trace& trace, std::uint32_t process, std::size_t n) {
    const Endpoint client = call_of(trace, process, CallKind::Connect).client;
    return *std::find_if(
        trace.segments.begin(), trace.segments.end(), [&](const SegmentRecord& each) {
            return (each.packet.src == client || each.packet.dst == client) && n-- == 0;
        });
}

}  // namespace synq::test
