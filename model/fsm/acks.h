// When to acknowledge (Linux icsk_ack; docs/notes/2026-11-loopback-handshake.md).
#pragma once

#include "model/fsm/step.h"

namespace synq {

/// What Linux assumes of the peer's segments until its first whole one (tcp_initialize_rcv_mss).
std::uint16_t initial_receive_mss(const Connection& conn);

/// Payload arrived in order: owe an ACK and adapt how soon it is paid.
void note_data_received(const Step& step);
/// A FIN arrived: owe an ACK that would rather ride on the application's own FIN, if that is still
/// to come.
void note_fin_received(const Step& step);
/// A segment with our ACK number left: what was owed is paid.
void note_ack_sent(const Step& step);
/// Payload or a FIN left: an answer within the ACK interval makes the exchange a conversation.
void note_data_sent(const Step& step, std::uint32_t len);
/// An ACK is owed at once (old or out-of-order data).
void owe_ack_now(const Step& step);
/// Old text came again: the peer may have lost ACKs, so the next ones go at once (Linux
/// tcp_enter_quickack_mode).
void enter_quick_ack_mode(const Step& step);
/// The application read: pay a pushed debt unless the exchange is a conversation.
void note_read(const Step& step, std::uint32_t octets);
/// TCP_QUICKACK: on, the exchange is no conversation, and what is owed is paid; off, it is one.
void set_quick_ack(const Step& step, bool on);
/// The delayed-ACK timer ran out: pay, and end the conversation.
void delayed_ack_expired(const Step& step);
/// The ACK of a SYN-ACK waits for text to ride on (Linux, TCP_DEFER_ACCEPT on a client).
void postpone_first_ack(const Step& step);
/// End of a segment's processing: pay now, or arm the delayed-ACK timer.
void settle_acks(const Step& step);

}  // namespace synq
