// Building the segments that leave.
#pragma once

#include "model/fsm/step.h"

namespace synq {

inline constexpr std::uint32_t kTimestampOctets = 12;          // the option and its padding
inline constexpr std::uint32_t kInitialCongestionWindow = 10;  // segments
inline constexpr std::uint32_t kDefaultMss = 536;              // of a peer that has named none

/// The MSS that a SYN offers: what fits the link, and the path as far as it is known.
std::uint16_t own_mss(const Step& step);

/// Payload that fits in one segment, options subtracted.
std::uint32_t segment_payload(const Connection& conn);
/// At most half of the largest window that the peer has ever offered (Linux tcp_bound_to_half_wnd).
std::uint32_t half_window(const Connection& conn, std::uint32_t octets);
/// SND.WND and the largest ever, of which half bounds the MSS from now on.
void offer_window(Connection& conn, std::uint32_t window);
/// A segment of a synchronized connection, window and timestamps filled in.
Segment connection_segment(const Step& step, Seq seq, Flags flags, std::uint32_t len);

/// What has just been sent begins to be timed, unless something is already.
void start_timing(const Step& step);
/// What is sent again, from `begin` on, is timed no more, and counted.
void count_retransmission(const Step& step, Seq begin);

/// Window to advertise in a SYN or SYN-ACK: 65535 rounded down to whole segments.
std::uint16_t initial_window(std::uint16_t mss, bool timestamps);

/// What an RST says (RFC 9293 3.10.7.1): SEG.ACK as its sequence number, or an acknowledgment of
/// everything in the segment when that has no ACK.
void send_reset_for(const Step& step);

void send_syn(const Step& step, bool retransmission);
/// SYN-ACK of a full record (simultaneous open).
void send_syn_ack(const Step& step, bool retransmission);
/// SYN-ACK of a request.
/// A cookie rides on the first one only.
void send_request_syn_ack(const Step& step, bool retransmission, const FastOpenCookie& cookie = {});

/// An ACK with nothing else; what was owed is paid.
void send_ack(const Step& step);
/// An ACK for a request or a light record.
void send_request_ack(const Step& step);
void send_time_wait_ack(const Step& step);
/// RST,ACK at SND.NXT.
void send_reset(const Step& step);

}  // namespace synq
