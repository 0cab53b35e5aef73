// What happened, as values. The simulator and the kernel runner both yield a Trace; ladders,
// tables, JSON and comparisons are renderings of it.
#pragma once

#include "model/base/errors.h"
#include "model/base/time.h"
#include "model/host/call.h"
#include "model/tcb/drop.h"
#include "model/tcb/state.h"
#include "model/wire/address_range.h"
#include "model/wire/segment.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace synq {

struct ProcessInfo {
    std::string name;  // "client.3" for the fourth of a group, counted from 0
    std::uint32_t host = 0;
};

/// One socket call of one process.
struct CallRecord {
    std::uint32_t process = 0;
    CallKind kind = CallKind::Socket;
    std::string text;  // as written in the program
    Instant start;
    Instant end = kNever;     // kNever: it had not returned when the run ended
    std::int64_t result = 0;  // as C sees it: -1 on failure
    Errno error = Errno::None;
    /// The end that opened the connection: Connect, this process'; Accept, the peer's. It says
    /// which flow the call belongs to. Port 0: unknown.
    Endpoint client{};

    [[nodiscard]] bool returned() const { return end != kNever; }
};

/// One segment put on the network. On the kernel only what a wire dropped is known.
struct SegmentRecord {
    Instant t;  // when it was sent
    Instant arrived = kNever;
    Packet packet;
    Drop dropped = Drop::None;
    bool retransmission = false;
};

struct StateRecord {
    Instant t;
    std::uint32_t host = 0;
    FlowKey flow;
    State from = State::Closed;
    State to = State::Closed;
};

struct QueueRecord {
    Instant t;
    std::uint32_t host = 0;
    Endpoint local;
    std::uint32_t accept_queue = 0;
    std::uint32_t request_queue = 0;
};

/// A listening socket over the whole run.
struct ListenerRecord {
    std::uint32_t host = 0;
    Endpoint local;
    std::uint32_t backlog = 0;  // as in force: bounded by somaxconn
    std::uint32_t accept_queue_max = 0;
    std::optional<std::uint32_t> request_queue_max;  // unknown on the kernel
};

/// A flood over the whole run. Every SYN was admitted, answered by a cookie, dropped for a reason,
/// or is still on its way.
struct FloodRecord {
    std::string name;
    std::uint32_t target_host = 0;
    Endpoint target;
    AddressRange sources;
    Instant first = kNever;  // SYN
    Instant last = kNever;
    std::uint64_t sent = 0;
    std::uint64_t admitted = 0;  // got a place in the request queue
    std::uint64_t cookies = 0;
    std::map<Drop, std::uint64_t> dropped;
    std::uint64_t syn_acks = 0;  // sent to its addresses, retransmissions included
    std::uint64_t resets = 0;    // that hosts with these addresses sent
};

enum class EntryKind : std::uint8_t {
    CallStart,
    CallEnd,
    SegmentSent,
    SegmentArrived,
    State,
    Queue
};

/// The order in which things happened: an index into the list of that kind.
struct Entry {
    EntryKind kind = EntryKind::CallStart;
    std::uint32_t index = 0;
};

/// A socket as `ss` would list it at one moment.
struct SocketRow {
    State state = State::Closed;
    std::uint32_t recv_q = 0;  // LISTEN: accept queue length; else octets not yet read
    std::uint32_t send_q = 0;  // LISTEN: backlog; else octets not yet acknowledged
    Endpoint local;
    Endpoint remote;
    std::string timer;    // "on,3.984sec,2" as `ss -o`, or empty
    std::string process;  // "client.3"; empty for requests, queued connections, orphans
};
struct SocketTable {
    Instant t;
    std::uint32_t host = 0;
    std::vector<SocketRow> rows;
};

struct Trace {
    std::string scenario;
    std::uint64_t seed = 0;
    std::string profile;
    std::string world;  // "model" or "kernel"
    Instant end;        // when the run ended
    bool interrupted = false;
    /// The kernel's only, where it could be learned: how long before the run's start a cycle of its
    /// timer wheel began.
    std::optional<Duration> wheel_phase;
    std::vector<std::string> hosts;
    std::vector<IpAddress> addresses;  // of the hosts; an only host has its loopback
    std::vector<ProcessInfo> processes;
    std::vector<CallRecord> calls;
    std::vector<SegmentRecord> segments;
    std::vector<StateRecord> states;
    std::vector<QueueRecord> queues;
    std::vector<ListenerRecord> listeners;
    std::vector<FloodRecord> floods;
    std::vector<SocketTable> socket_tables;
    /// Per host, Linux MIB name -> change during the run; zero values are left out.
    std::vector<std::map<std::string, std::uint64_t>> counters;
    std::vector<Entry> order;
};

}  // namespace synq
