// What segments occupy until the application has read them (Linux sk_receive_queue, sk_rmem_alloc).
//
// A segment occupies what its device allocated for it. Here that is what a device gives that hands
// over linear buffers, and loopback what a sender's own buffers are. What lies behind another in
// the queue goes into the room that is left in that one's memory, if it fits.
#pragma once

#include "model/fsm/step.h"

namespace synq {

/// Memory of a packet in one linear buffer: what the allocator gives, and the buffer's own record.
struct PacketMemory {
    std::uint32_t room = 0;  // octets of text that it still holds
    std::uint32_t memory = 0;
};
/// Of the step's segment.
PacketMemory packet_memory(const Step& step);

/// The largest text that the peer may put into a segment (Linux advmss).
std::uint32_t whole_segment(const Step& step);
/// Text for which this much memory suffices (Linux tcp_win_from_space).
std::uint32_t text_in(const ReceiveBuffer& buffer, std::uint32_t memory);

/// As it is, or as a new connection's.
ReceiveBuffer buffer_of(const Step& step);
ReceiveBuffer new_buffer(const Step& step);
/// A record of its own, made when there is none.
ReceiveBuffer& own_buffer(const Step& step);

/// The window of a SYN: what the buffer holds that the descriptor has kept, or a new one (Linux
/// tcp_select_initial_window).
std::uint32_t first_window(const Step& step);
/// The connection is agreed on: so are the limits of a buffer that the descriptor has kept.
void begin_kept_buffer(const Step& step);

/// Nothing waits for the application, not even the end of the stream.
bool receive_queue_empty(const Connection& conn);
/// No segment occupies memory, neither received nor ahead of a gap.
bool memory_free(const Step& step);
std::uint32_t received_memory(const Store& store, const Connection& conn);

/// The step's segment joins the receive queue; its text has not been counted yet.
void occupy_memory(const Step& step);
/// It waits ahead of a gap.
void hold_segment(const Step& step);
/// The first segment ahead of a gap joins the receive queue, or is nothing new.
void take_first_held(const Step& step);
/// Nothing ahead of a gap matters any more.
void drop_held_segments(const Step& step);
/// The application has read so many octets, or the end of the stream.
void release_memory(const Step& step, std::uint32_t read);

}  // namespace synq
