// All records of one host, and the operations that keep queues, table and arenas consistent.
#pragma once

#include "model/base/arena.h"
#include "model/listen/listener.h"
#include "model/tcb/flow_table.h"
#include "model/tcb/records.h"

#include <vector>

namespace synq {

class Store {
  public:
    Arena<Connection, ConnectionId> connections;
    Arena<Request, RequestId> requests;
    Arena<TimeWait, TimeWaitId> time_waits;
    Arena<Listener, ListenerId> listeners;
    Arena<Extra, ExtraId> extras;
    Arena<Held, HeldId> held;
    Arena<Queued, QueuedId> queued;
    std::vector<ListenerId> listening;  // in the order of their listen()
    std::uint32_t groups = 0;           // SO_REUSEPORT groups that there have been

    [[nodiscard]] RecordRef find(const FlowKey& flow) const;
    [[nodiscard]] const FlowTable& flows() const { return flows_; }
    /// Of whichever record answers the flow; CLOSED when there is none.
    [[nodiscard]] State state_of(const FlowKey& flow) const;

    /// A new step begins: what the last one cancelled has been cancelled, so slots may be reused.
    void recycle();

    /// Each makes a record for a flow that has none and enters it in the table.
    ConnectionId add_connection(const FlowKey& flow);
    /// The connection's extra record, made when there is none.
    Extra& extra(ConnectionId id);
    /// Out of the arena, with its extra record; it must have left the table before.
    void remove_connection(ConnectionId id);

    /// What became of a segment ahead of a gap, and of others that it covers.
    struct Holding {
        bool kept = false;        // in memory of its own
        std::uint32_t freed = 0;  // memory of those that it covers
    };
    /// Keeps a segment's text and FIN that lie ahead of a gap.
    Holding hold(ConnectionId id, const Held& text);
    /// The first text ahead of a gap; nullptr when there is none.
    [[nodiscard]] const Held* first_held(const Connection& connection) const;
    void drop_first_held(ConnectionId id);
    /// After the highest octet kept; `otherwise` when nothing is.
    [[nodiscard]] Seq held_end(const Connection& connection, Seq otherwise) const;
    /// How many ranges without gaps.
    [[nodiscard]] std::uint32_t held_count(const Connection& connection) const;
    /// Octets of memory that it occupies.
    [[nodiscard]] std::uint32_t held_memory(const Connection& connection) const;
    void drop_held(ConnectionId id);

    void push_packet(PacketQueue& queue, const Queued& packet);
    /// The second packet becomes the first.
    void pop_packet(PacketQueue& queue);
    void drop_packets(PacketQueue& queue);
    RequestId add_request(const FlowKey& flow, ListenerId listener);
    /// The connection's place in the table passes to a TIME-WAIT record; the connection stays in
    /// its arena until its owner lets go of it.
    TimeWaitId turn_into_time_wait(ConnectionId id);
    /// The request's place passes to a full connection; the request is gone.
    ConnectionId turn_into_connection(RequestId id);

    /// The listener's request whose SYN came first, of those that have had a timeout when
    /// `repeated`; invalid: there is none. Looks at every record of the host: for rare use.
    [[nodiscard]] RequestId oldest_request(ListenerId listener, bool repeated) const;

    /// Out of the table, out of its listener's count, out of the arena.
    void remove_request(RequestId id);
    void remove_time_wait(TimeWaitId id);
    /// Segments find it no more.
    void stop_listening(ListenerId id);
    /// It stops listening; its requests stay.
    void close_listener(ListenerId id);
    /// Nobody can revive it any more; its record goes with its last request.
    void disown_listener(ListenerId id);
    /// The request now belongs to another listener.
    void move_request(RequestId id, ListenerId to);
    /// Out of the table only: a closed connection that a descriptor still names.
    void detach(ConnectionId id);

    void push_accept_queue(ListenerId listener, ConnectionId connection);
    /// Takes the first; invalid when the queue is empty.
    ConnectionId pop_accept_queue(ListenerId listener);
    /// A request for a connection that lives before its final ACK; it counts for Fast Open only.
    RequestId add_fast_open(ConnectionId connection, ListenerId listener);
    /// The final ACK came, or the connection is over.
    void remove_fast_open(ConnectionId connection);
    /// The child is another listener's. Neither counts it anew (Linux inet_reqsk_clone).
    void move_fast_open(ConnectionId connection, ListenerId to);

    /// A request's first timeout: it is young no more.
    void age_request(RequestId id);

  private:
    void join_listener(const Request& request);
    void leave_listener(const Request& request);
    void release_unused(ListenerId id);

    FlowTable flows_;
};

}  // namespace synq
