// The packets of text that was sent and not acknowledged, or is still to be sent (Linux
// sk_write_queue and tcp_rtx_queue): where one ends and the next begins.
//
// Text that lies in one packet needs no record.
#pragma once

#include "model/fsm/step.h"

namespace synq {

/// What the packets occupy.
std::uint32_t sent_memory(const Store& store, const Connection& conn);

/// The application sends so many octets: the last packet takes what it holds, if it has not left,
/// then others of `most` octets do.
void enqueue_text(const Step& step, std::uint32_t octets, std::uint32_t most);
/// [begin, end) leaves as one packet, whatever it was before.
void send_as_packet(const Step& step, Seq begin, Seq end);
/// SND.UNA moves. Of a packet with several segments the part that is acknowledged goes, of one with
/// a single segment none.
void acknowledge_text(const Step& step, Seq ack);

}  // namespace synq
