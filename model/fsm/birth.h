// Beginnings and ends of full connections, shared by the actions.
#pragma once

#include "model/fsm/step.h"

namespace synq {

/// What both ends support, from the options of the segment (a SYN or SYN,ACK) and our settings.
Negotiated negotiate(const Step& step);

/// The step's connection has completed its handshake as a listener's child: fills the record, puts
/// it into the accept queue and wakes whoever accepts. `iss`, `irs` and TS.Recent are those of the
/// handshake.
void be_born_from_handshake(Step& step, const Negotiated& agreed, Seq iss, Seq irs,
                            std::uint32_t ts_recent);

/// The two halves of that: the record, and the queue.
void fill_child(Step& step, const Negotiated& agreed, Seq iss, Seq irs, std::uint32_t ts_recent);
void queue_child(const Step& step);

/// The request of a Fast Open is of no use any more; the timer is the connection's again.
void leave_fast_open(const Step& step);

/// One RTT sample from the echoed timestamp of the step's segment (at least one millisecond).
void sample_timestamp_echo(const Step& step);
/// One RTT sample; the timeout in force follows.
void sample_round_trip(const Step& step, Duration measured);

/// The connection is over: no timers, not found by segments any more, sleepers wake. Its record
/// stays while a descriptor or an accept queue refers to it.
void bury(const Step& step);

/// Every timer of the step's connection.
void cancel_timers(const Step& step);

/// TS.Recent follows a segment whose ACK was taken.
void remember_timestamp(const Step& step);
/// An acceptable ACK came: the peer lives, and the path works again.
void note_heard(const Step& step);
/// With SO_KEEPALIVE: the wait for silence begins.
void start_keepalive(const Step& step);
void cancel_keepalive(const Step& step);

/// fail() with ETIMEDOUT, or with what ICMP has said since the last ACK (Linux tcp_write_err).
void time_out(const Step& step);

/// bury(), with the error that the application will see, and EstabResets or AttemptFails.
void fail(const Step& step, Errno error);

/// Calls blocked on the connection, or on its listener, may get further.
void wake(const Step& step);

}  // namespace synq
