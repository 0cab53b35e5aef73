// Hand-made traces for tests of what is rendered from a trace: one call per thing that happens.
#pragma once

#include "sim/trace/trace.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace synq::test {

inline constexpr Endpoint kServer{IpAddress::loopback_v4(), 8000};
inline constexpr Endpoint kListener{IpAddress::any_v4(), 8000};

inline Endpoint client_end(unsigned number) {
    return {IpAddress::loopback_v4(), static_cast<std::uint16_t>(49152 + number)};
}

class TraceMaker {
  public:
    explicit TraceMaker(std::uint32_t backlog) {
        trace.scenario = "hand-made";
        trace.seed = 7;
        trace.profile = "linux-6.18";
        trace.world = "model";
        trace.hosts = {"server"};
        trace.counters.resize(1);
        trace.listeners = {{.local = kListener, .backlog = backlog, .request_queue_max = 0}};
    }

    std::uint32_t process(std::string name) {
        trace.processes.push_back({std::move(name), 0});
        return static_cast<std::uint32_t>(trace.processes.size() - 1);
    }
    void at(Duration t) { now = Instant{} + t; }

    std::uint32_t call(std::uint32_t process, CallKind kind, std::string text) {
        trace.calls.push_back(
            {.process = process, .kind = kind, .text = std::move(text), .start = now});
        return note(EntryKind::CallStart, trace.calls.size());
    }
    void returns(std::uint32_t call, std::int64_t result, Endpoint client = {}) {
        trace.calls[call].end = now;
        trace.calls[call].result = result;
        trace.calls[call].client = client;
        trace.order.push_back({EntryKind::CallEnd, call});
    }
    void fails(std::uint32_t call, Errno error, Endpoint client = {}) {
        trace.calls[call].error = error;
        returns(call, -1, client);
    }
    void calls(std::uint32_t process, CallKind kind, std::string text, std::int64_t result) {
        returns(call(process, kind, std::move(text)), result);
    }

    /// Sent now; nothing yet says that it arrived.
    std::uint32_t sends(Endpoint src, Endpoint dst, Segment segment) {
        trace.segments.push_back({.t = now, .packet = {src, dst, segment}});
        return note(EntryKind::SegmentSent, trace.segments.size());
    }
    void arrives(std::uint32_t segment, Drop dropped = Drop::None) {
        trace.segments[segment].arrived = now;
        trace.segments[segment].dropped = dropped;
        trace.order.push_back({EntryKind::SegmentArrived, segment});
    }
    SegmentRecord& passes(Endpoint src, Endpoint dst, Segment segment, Drop dropped = Drop::None) {
        const std::uint32_t index = sends(src, dst, segment);
        arrives(index, dropped);
        return trace.segments[index];
    }

    void state(Endpoint local, Endpoint remote, State from, State to) {
        trace.states.push_back({now, 0, {local, remote}, from, to});
        note(EntryKind::State, trace.states.size());
    }
    void queues(std::uint32_t accept, std::uint32_t requests) {
        trace.queues.push_back({now, 0, kListener, accept, requests});
        note(EntryKind::Queue, trace.queues.size());
        ListenerRecord& listener = trace.listeners[0];
        listener.accept_queue_max = std::max(listener.accept_queue_max, accept);
        listener.request_queue_max = std::max(*listener.request_queue_max, requests);
    }
    Trace finish() {
        trace.end = now;
        return std::move(trace);
    }

    Trace trace;
    Instant now;

  private:
    std::uint32_t note(EntryKind kind, std::size_t count) {
        const auto index = static_cast<std::uint32_t>(count - 1);
        trace.order.push_back({kind, index});
        return index;
    }
};

inline Segment segment(Flags flags, std::uint32_t seq, std::uint32_t ack, std::uint32_t len = 0) {
    Segment out{.seq = Seq{seq}, .ack = Seq{ack}, .flags = flags, .window = 512, .len = len};
    if (flags.syn()) {
        out.window = 65495;
        out.options = {.ts_val = 1,
                       .mss = 65495,
                       .window_scale = 10,
                       .sack_permitted = true,
                       .timestamps = true};
    }
    return out;
}

/// The server's socket(), bind() and listen().
inline std::uint32_t start_server(TraceMaker& make, int backlog) {
    const std::uint32_t server = make.process("server");
    make.calls(server, CallKind::Socket, "socket(AF_INET, SOCK_STREAM)", 3);
    make.calls(server, CallKind::Bind, "bind(fd, 8000)", 0);
    make.calls(server, CallKind::Listen, "listen(fd, " + std::to_string(backlog) + ")", 0);
    make.queues(0, 0);
    return server;
}

/// A handshake within connect(): `accepted` connections wait afterwards.
inline void connects(TraceMaker& make, std::uint32_t call, unsigned number, std::uint32_t accepted,
                     bool syn_again = false) {
    const Endpoint client = client_end(number);
    const std::uint32_t iss = 1000 * (number + 1), irs = 500'000 + iss;
    make.passes(client, kServer, segment(kSyn, iss, 0)).retransmission = syn_again;
    make.state(kServer, client, State::Closed, State::HalfOpen);
    make.queues(accepted - 1, 1);
    make.passes(kServer, client, segment(kSyn | kAck, irs, iss + 1));
    make.state(client, kServer, State::SynSent, State::Established);
    make.passes(client, kServer, segment(kAck, iss + 1, irs + 1));
    make.state(kServer, client, State::HalfOpen, State::Established);
    make.queues(accepted, 0);
    make.returns(call, 0, client);
}

/// Backlog 0 and two clients: the first waits in the queue until 2 s; the second one's SYN is
/// dropped at 0 s and 1 s and answered at 3 s. 16 octets each; all calls return but the accept().
inline Trace two_clients() {
    TraceMaker make(0);
    const std::uint32_t server = start_server(make, 0);
    const std::uint32_t first = make.process("client.0");
    const std::uint32_t second = make.process("client.1");
    const Endpoint a = client_end(0), b = client_end(1);

    make.calls(first, CallKind::Socket, "socket(AF_INET, SOCK_STREAM)", 3);
    std::uint32_t call = make.call(first, CallKind::Connect, "connect(fd, server:8000)");
    make.state(a, kServer, State::Closed, State::SynSent);
    connects(make, call, 0, 1);
    call = make.call(first, CallKind::Send, "send(fd, 16)");
    make.passes(a, kServer, segment(kPsh | kAck, 1001, 501'001, 16));
    make.passes(kServer, a, segment(kAck, 501'001, 1017));
    make.returns(call, 16);

    make.calls(second, CallKind::Socket, "socket(AF_INET, SOCK_STREAM)", 3);
    const std::uint32_t waiting = make.call(second, CallKind::Connect, "connect(fd, server:8000)");
    make.state(b, kServer, State::Closed, State::SynSent);
    make.passes(b, kServer, segment(kSyn, 2000, 0), Drop::AcceptQueueFull);
    make.at(milliseconds(1004));
    make.passes(b, kServer, segment(kSyn, 2000, 0), Drop::AcceptQueueFull).retransmission = true;

    make.at(seconds(2));
    call = make.call(server, CallKind::Accept, "accept(fd)");
    make.queues(0, 0);
    make.returns(call, 4, a);
    make.calls(server, CallKind::Recv, "recv(c, 512)", 16);
    call = make.call(server, CallKind::Close, "close(c)");
    make.state(kServer, a, State::Established, State::FinWait1);
    make.passes(kServer, a, segment(kFin | kAck, 501'001, 1017));
    make.state(a, kServer, State::Established, State::CloseWait);
    make.returns(call, 0);
    const std::uint32_t accepting = make.call(server, CallKind::Accept, "accept(fd)");

    make.at(milliseconds(3012));
    connects(make, waiting, 1, 1, true);
    make.queues(0, 0);
    make.returns(accepting, 4, b);
    make.call(server, CallKind::Accept, "accept(fd)");
    make.trace.counters[0] = {{"ActiveOpens", 2}, {"ListenDrops", 2}, {"ListenOverflows", 2}};
    return make.finish();
}

}  // namespace synq::test
