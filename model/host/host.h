// A host: sockets, demultiplexing, records, counters, behind five functions.
//
// on_segment, on_icmp, on_timer, call and set_option take the time and append what they want done
// to an outbox. The host has no clock, no randomness and no I/O, and is copied as a value (design
// decision 1). What an outbox asks for must be done before the next of them is called.
#pragma once

#include "model/base/arena.h"
#include "model/fsm/step.h"
#include "model/host/call.h"
#include "model/host/ports.h"
#include "model/tcb/socket_options.h"

#include <cstdint>
#include <string>
#include <vector>

namespace synq {

struct HostConfig {
    std::uint16_t owner = 0;  // the host's number in TimerRefs
    const Profile* profile = nullptr;
    Sysctls sysctl;
    Secret secret;
    IpAddress address = IpAddress::loopback_v4();  // source of segments that leave the host
    std::uint32_t mtu = 1500;
    std::uint8_t window_scale = kWindowScale;
    std::uint32_t largest_buffer = kLargestBuffer;
    bool report = false;  // emit StateChanged and QueuesChanged
};

/// One line of a socket table.
struct SocketView {
    State state = State::Closed;
    Endpoint local;
    Endpoint remote;
    std::uint32_t recv_q = 0;  // LISTEN: accept queue length; else octets not yet read
    std::uint32_t send_q = 0;  // LISTEN: backlog; else octets not yet acknowledged
    SocketId socket;           // invalid: no descriptor
    TimerKind timer = TimerKind::Retransmission;
    Instant timer_deadline = kNever;
    int retransmits = 0;
};

class Host {
  public:
    explicit Host(const HostConfig& config);

    /// One socket call. Blocked calls are made again, unchanged, when WakeSocket names the socket.
    CallResult call(Instant now, const Call& call, Outbox& out);
    /// A packet for one of the host's addresses. Tells why it had no effect.
    Drop on_segment(Instant now, const Packet& packet, Outbox& out);
    /// An ICMP error that quotes a segment of this host.
    Drop on_icmp(Instant now, const IcmpError& icmp, Outbox& out);
    /// A timer that was armed through the outbox has run out.
    void on_timer(Instant now, TimerRef timer, Outbox& out);

    /// setsockopt(). Flags are 0 or 1, times in the unit that Linux gives the option. EINVAL: a
    /// value that Linux refuses.
    CallResult set_option(Instant now, SocketId id, SocketOption option, std::int64_t value,
                          Outbox& out);

    /// getsockopt() of all but SO_LINGER and TCP_QUICKACK; what is not set is what the sysctl says.
    [[nodiscard]] std::int64_t get_option(SocketId id, SocketOption option) const;

    /// getsockopt(SO_ERROR): what went wrong since it was last asked.
    Errno socket_error(SocketId id);

    /// The driver's links of a timer, inside the record that it belongs to.
    TimerNode& timer_node(TimerRef timer);

    [[nodiscard]] const MibCounters& counters() const { return stack_.mib; }
    [[nodiscard]] const Store& store() const { return stack_.store; }
    /// Connections without a descriptor.
    [[nodiscard]] std::uint32_t orphans() const { return stack_.orphans.count(); }
    /// LISTEN sockets in the order of their listen(), then the rest by endpoints.
    [[nodiscard]] std::vector<SocketView> sockets() const;
    /// Where a socket's own host is reached without leaving it: 127.0.0.1 or ::1, by family.
    [[nodiscard]] IpAddress loopback_for(SocketId socket) const {
        return sockets_[socket].ipv6 ? IpAddress::loopback_v6() : IpAddress::loopback_v4();
    }
    /// SO_ERROR as it stands; reading it here does not clear it.
    [[nodiscard]] Errno stored_error(SocketId socket) const;
    /// The connection behind a socket; nullptr when there is none.
    [[nodiscard]] const Connection* connection_of(SocketId socket) const;
    /// The listener behind a socket; invalid when it does not listen.
    [[nodiscard]] ListenerId listener_of(SocketId socket) const;
    /// The same for a socket that has stopped listening and may be revived.
    [[nodiscard]] ListenerId stopped_listener_of(SocketId socket) const;

  private:
    struct Socket {
        enum class Kind : std::uint8_t { Fresh, Connection, Listener };
        /// What connect() goes by (Linux socket_state): its first call is made, shutdown() came
        /// while it was pending.
        enum class Phase : std::uint8_t { Unconnected, Connecting, Connected, Disconnecting };
        Kind kind = Kind::Fresh;
        bool ipv6 = false;  // AF_INET6
        bool bound = false;
        bool port_locked = false;  // bind() named the port (Linux SOCK_BINDPORT_LOCK)
        Phase phase = Phase::Unconnected;
        bool read_shutdown = false;   // SHUT_RD
        bool write_shutdown = false;  // SHUT_WR that said ENOTCONN
        Errno error = Errno::None;    // left by the connection that it had
        Endpoint local;
        ConnectionId connection;
        ListenerId listener;               // that it is, or was
        SocketOptions options;             // for the connections that it will have
        std::uint32_t receive_buffer = 0;  // what the last one's had become; 0: a new one
        std::uint8_t receive_ratio = 0;    // and how much of it was text
        PortSharing sharing;
    };

    // Calls.
    CallResult bind(SocketId id, const Endpoint& local);
    CallResult listen(Instant now, SocketId id, std::int64_t backlog, Outbox& out);
    CallResult connect(Instant now, SocketId id, Endpoint remote, Outbox& out);
    CallResult finish_connect(SocketId id);
    /// Nobody has the four-tuple, or a TIME-WAIT that lets the step's connection have it.
    [[nodiscard]] bool free_to_connect(const Step& step, const FlowKey& flow) const;
    /// Ends the TIME-WAIT that is in the way, or says why not.
    Errno take_over_time_wait(Step& step) const;
    /// A failed attempt is forgotten: the descriptor is as new.
    void renew(SocketId id);
    CallResult accept(SocketId id);
    CallResult send(Instant now, SocketId id, std::int64_t octets, Outbox& out);
    CallResult receive(Instant now, SocketId id, std::int64_t octets, Outbox& out);
    CallResult shutdown(Instant now, SocketId id, ShutdownHow how, Outbox& out);
    CallResult close(Instant now, SocketId id, Outbox& out);
    void abort_time_wait(const Step& step);
    CallResult disconnect(Instant now, SocketId id, Outbox& out);
    static CallResult take_error(Errno& stored, Errno otherwise);
    void stop_listening(Instant now, SocketId id, Outbox& out);
    void forget_listener(SocketId id);
    bool bind_ephemeral(SocketId id);
    /// A port that bind() did not name leaves with its connection or listener (Linux
    /// tcp_set_state).
    void give_port_back(SocketId id);

    void share_port(SocketId id, SocketOption option, bool on);
    /// TCP_FASTOPEN as it is kept.
    [[nodiscard]] std::uint32_t bounded_fast_open(std::int64_t wanted) const;
    /// TCP_FASTOPEN can be set: not connected, nor trying.
    [[nodiscard]] bool may_set_fast_open(SocketId id) const;

    // Segments.
    void begin(Outbox& out);
    void to_listener(Step& step) const;
    Step step_for(Instant now, ConnectionId id);
    /// After a step: a connection that became a light record, or closed with nobody left to see it.
    void settle(const Step& step);

    Stack stack_;
    IpAddress address_;
    Ports ports_;
    Arena<Socket, SocketId> sockets_;
};

}  // namespace synq
