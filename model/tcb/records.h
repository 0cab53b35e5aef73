// The records of a host: a full connection, a half-open request, a TIME-WAIT.
//
// They hold no pointers, only indices, so that a host can be copied (design decision 4). Sizes are
// part of the contract: a what-if run keeps millions of them.
#pragma once

#include "model/base/errors.h"
#include "model/base/ids.h"
#include "model/base/seq.h"
#include "model/base/time.h"
#include "model/base/timer_node.h"
#include "model/tcb/rtt.h"
#include "model/tcb/socket_options.h"
#include "model/tcb/state.h"
#include "model/wire/segment.h"

#include <cstdint>

namespace synq {

/// SND.* of RFC 9293 3.3.1.
struct SendSequence {
    Seq una;  // oldest octet not acknowledged
    Seq nxt;  // next to be sent
    Seq wl1;  // SEG.SEQ of the last window update
    Seq wl2;  // SEG.ACK of the last window update
    Seq iss;
    Seq queued;                 // after the last octet the application has sent
    Seq small;                  // end of the last segment below the MSS (Minshall's Nagle test)
    Seq tail;                   // where the newest segment begins
    std::uint32_t wnd = 0;      // octets, scaled
    std::uint32_t wnd_max = 0;  // largest window ever offered
};

/// RCV.* of RFC 9293 3.3.1.
struct ReceiveSequence {
    Seq nxt;
    Seq irs;
    Seq acked;                    // the last RCV.NXT that the peer was told
    std::uint32_t wnd = 0;        // octets from there, as told
    std::uint32_t unread = 0;     // octets that the application has not read
    std::uint16_t mss = 0;        // estimate of the peer's segment size (Linux rcv_mss)
    std::uint16_t last_size = 0;  // of the last segment, if it may be a whole one

    /// RCV.WND: what is left of the window that the peer was told.
    [[nodiscard]] std::uint32_t left() const {
        const Seq edge = acked + wnd;
        return after(edge, nxt) ? static_cast<std::uint32_t>(edge - nxt) : 0U;
    }
};

/// What both ends agreed on in the handshake.
struct Negotiated {
    std::uint16_t mss = 536;  // largest payload we may send, options not yet subtracted
    std::uint8_t send_scale = 0;
    std::uint8_t receive_scale = 0;
    bool sack : 1 = false;
    bool timestamps : 1 = false;
    bool scaling : 1 = false;
};

/// When to acknowledge (Linux icsk_ack; docs/notes).
struct AckPolicy {
    Duration interval{.ns = 0};   // current delayed-ACK interval; zero: no data yet
    std::uint32_t last_data = 0;  // when data last arrived, in profile ticks (Linux lrcvtime)
    std::uint8_t quick = 0;       // ACKs still to be sent at once
    std::uint8_t pingpong = 0;    // the application answers: ACKs ride on its data
    bool scheduled : 1 = false;   // an ACK is owed
    bool now : 1 = false;         // it is owed at once
    bool pushed : 1 = false;      // what is owed covers a small or pushed segment
    bool pushed_twice : 1 = false;
    bool delayed : 1 = false;  // the delayed-ACK timer is armed
};

/// What the retransmission timer is armed for. A FIN-WAIT-2 that ends by itself and a window that
/// is probed (Persist) have nothing in flight.
enum class TimerRole : std::uint8_t {
    None,
    Retransmission,
    TailLossProbe,
    FinWait2,
    Persist,
    SynAck  // of a Fast Open child
};

/// A segment received ahead of a gap; text [begin, end). The next one begins behind it, and may
/// overlap it.
struct Held {
    Seq begin;
    Seq end;
    bool fin = false;          // a FIN follows the text
    std::uint16_t room = 0;    // octets of text that its memory still holds
    std::uint32_t memory = 0;  // that it occupies
    HeldId next;

    /// After everything, FIN included.
    [[nodiscard]] Seq stop() const { return end + (fin ? 1U : 0U); }
};

/// A packet of the receive or of the send queue, but the first one, which needs no record.
struct Queued {
    Seq begin;
    std::uint32_t memory = 0;  // of one received
    bool pushed = false;       // of the send queue: the packet before it ends with PSH
    QueuedId next;
};
struct PacketQueue {
    QueuedId first;  // behind the first packet
    QueuedId last;
};

/// The receive buffer, once it differs from a new one's (Linux sk_rcvbuf, rcv_ssthresh and others).
struct ReceiveBuffer {
    std::uint32_t size = 0;       // octets of memory that segments may occupy; 0: as a new one
    std::uint32_t used = 0;       // by segments that nobody has read
    std::uint32_t first = 0;      // by the first of those in order
    std::uint32_t threshold = 0;  // the window that may be offered; text makes it grow
    std::uint32_t clamp = 0;      // and its limit
    std::uint16_t tail_room = 0;  // octets of text that the last segment's memory still holds
    std::uint8_t ratio = 0;       // text in memory, in 256ths
    bool fin_apart = false;       // the FIN lies in memory of its own
    std::int8_t spare_pages = 0;  // reserved beyond the page that memory in use has begun
};

/// What few connections need. None of it exists until it is asked for.
struct Extra {
    SocketOptions options;
    HeldId held;                     // first text ahead of a gap
    Errno soft_error = Errno::None;  // of an ICMP error; what a timeout will say
    std::uint16_t path_mtu = 0;      // of the way to the peer, if ICMP has told
    std::uint8_t probes = 0;         // unanswered, of silence or of the window
    bool write_shut = false;         // by a shutdown() that said ENOTCONN, before it was connected
    Instant probing_since = kNever;  // the window
    Instant resent_at = kNever;      // when something last left again, if this record was there
    Seq probe_end;                   // SND.NXT when the tail-loss probe left
    TimerNode keepalive_timer;
    ReceiveBuffer buffer;
    PacketQueue received;
    PacketQueue sent;                // and what is still to be sent
    std::uint32_t acknowledged = 0;  // octets of its first packet that are kept all the same
    bool syn_text = false;  // the peer's SYN had text, and we took it (Linux syn_data_acked)
    RequestId fast_open;    // what the child of a Fast Open keeps until its final ACK
};

struct Connection {
    FlowKey flow;
    State state = State::Closed;
    TimerRole timer_role = TimerRole::None;
    Negotiated agreed;
    std::uint8_t back_off = 0;  // doublings of the timeout since the last RTT sample
    PortSharing sharing;
    std::uint8_t retransmits = 0;
    SendSequence snd;
    ReceiveSequence rcv;
    AckPolicy ack;
    RttEstimator rtt;

    std::uint32_t ts_recent = 0;  // TS.Recent of RFC 7323
    Seq variation_end;            // SND.NXT when the RTT variation last could shrink
    Seq timed_end;                // SND.NXT when the segment being timed was sent
    ExtraId extra;
    Instant timed_at = kNever;              // when; kNever: nothing is being timed (Karn)
    Instant retransmitting_since = kNever;  // kNever: nothing retransmitted since the last ACK
    Duration rto;                           // in force, back-off included
    std::uint32_t replied_ticks = 0;  // when last, of replies that tcp_invalid_ratelimit limits
    std::uint32_t text_ticks = 0;     // when text last left (Linux lsndtime)

    std::uint8_t timeouts = 0;  // SYN timeouts, for the linear phase (Linux total_rto)
    Errno error = Errno::None;  // SO_ERROR
    bool fin_queued : 1 = false;
    bool fin_sent : 1 = false;  // at least once
    bool fin_received : 1 = false;
    bool read_shut : 1 = false;   // nobody can read any more: SHUT_RD, close(), or the peer's FIN
    bool orphan : 1 = false;      // no descriptor refers to it any more
    bool passive : 1 = false;     // born of a listener
    bool probe_sent : 1 = false;  // a tail-loss probe is in flight (Linux tlp_high_seq)
    bool fin_read : 1 = false;    // the application has seen the end of the stream
    bool predicts : 1 = false;    // headers are predicted (Linux pred_flags)
    bool replied : 1 = false;     // replied_ticks counts
    bool fast_open : 1 = false;   // no final ACK yet: Extra::fast_open is its request
    bool mss_of_syn : 1 = false;  // the MSS is still bounded by the SYN's window, taken as scaled

    std::uint32_t heard_ticks = 0;  // when an ACK last counted, in profile ticks (Linux rcv_tstamp)
    SocketId socket;
    ConnectionId next_accepted;  // link of the accept queue

    TimerNode retransmission_timer;
    TimerNode delayed_ack_timer;

    /// The sequence number of our FIN, once queued.
    [[nodiscard]] Seq fin_seq() const { return snd.queued; }
    /// After everything that will ever be sent, FIN included.
    [[nodiscard]] Seq send_end() const { return snd.queued + (fin_queued ? 1U : 0U); }
    [[nodiscard]] bool unacknowledged() const { return snd.una != snd.nxt; }
};
static_assert(sizeof(Connection) <= 256);

/// A half-open connection that a SYN created (Linux request_sock). That of a Fast Open stands in no
/// queue and in no table: a full connection does.
/// Less than a connection until its ACK arrives (4987-CACHE).
struct Request {
    FlowKey flow;
    Seq iss;
    Seq irs;
    std::uint32_t ts_recent = 0;
    std::uint32_t ts_first = 0;       // timestamp of the first SYN-ACK, whether or not it said so
    std::uint32_t ts_last = 0;        // of the latest
    Instant syn_ack_at;               // when the SYN-ACK was last sent
    std::uint32_t replied_ticks = 0;  // when last, of replies that tcp_invalid_ratelimit limits
    TimerNode timer;
    ListenerId listener;
    Negotiated agreed;
    std::uint8_t timeouts = 0;
    bool resent : 1 = false;   // the SYN-ACK went out more than once (Karn)
    bool acked : 1 = false;    // its ACK came and was dropped, for want of data or of room
    bool replied : 1 = false;  // replied_ticks counts
};
static_assert(sizeof(Request) <= 136);

/// What remains of a connection in TIME-WAIT, and of an orphan in FIN-WAIT-2 (Linux
/// inet_timewait_sock).
struct TimeWait {
    FlowKey flow;
    State state = State::TimeWait;
    std::uint8_t receive_scale = 0;
    bool timestamps : 1 = false;
    bool replied : 1 = false;  // replied_ticks counts
    PortSharing sharing;
    Seq snd_nxt;
    Seq rcv_nxt;
    std::uint32_t rcv_wnd = 0;
    std::uint32_t ts_recent = 0;
    std::uint32_t replied_ticks = 0;
    std::uint32_t entered_ms = 0;  // since when it is in its state, in milliseconds
    TimerNode timer;
};
static_assert(sizeof(TimeWait) <= 96);

}  // namespace synq
