// The packets of text that was sent and not acknowledged, or is still to be sent (Linux
// sk_write_queue and tcp_rtx_queue): where one ends and the next begins.
//
// Text that lies in one packet needs no record.
#pragma once

#include "model/fsm/step.h"

namespace synq {

/// What the packets occupy.
std::uint32_t sent_memory(const Store& store, const Connection& conn);

/// Octets that the last packet still takes, of `most` that it may hold: none once it has left.
std::uint32_t room_in_last_packet(const Step& step, std::uint32_t most);
void extend_last_packet(const Step& step, std::uint32_t octets);
/// `pushed`: the packet before it ends with PSH.
void add_packet(const Step& step, std::uint32_t octets, bool pushed);

/// Where the last packet begins.
Seq last_packet(const Step& step);
/// Where the packet that begins at SND.NXT ends.
Seq next_packet_end(const Step& step);
/// It takes what it can of the one behind it, up to `most` octets (Linux tcp_grow_skb).
void grow_next_packet(const Step& step, std::uint32_t most);
/// A packet that is not the last ends at `end`, and with PSH.
bool ends_with_push(const Step& step, Seq end);

/// [begin, end) leaves as one packet, whatever it was before.
void send_as_packet(const Step& step, Seq begin, Seq end);
/// SND.UNA moves. Of a packet with several segments the part that is acknowledged goes, of one with
/// a single segment none.
void acknowledge_text(const Step& step, Seq ack);

}  // namespace synq
