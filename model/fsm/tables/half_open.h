// SYN-RECEIVED of a passive open: a light request record (Linux tcp_check_req; linux.md 2.3, 2.4).
//
// On Linux one event, one list of rules: a request does not go through the RFC's checks in the
// RFC's order.
#pragma once

#include "model/fsm/tables/vocabulary.h"

namespace synq::table {

// clang-format off
/// Of a passive open (MUST-11): ACK (SR-ACK, SR-BADACK, LX-AQ-ACK), RST (RP-SRP, DUP-SYN, HO-F11),
/// SYN (SR-SYN-P, SR-SYNDUP).
using HalfOpenRows = mp_list<
    //  section              state     event            guard                                       action                  next
    on<"linux.md 2.3 (1)",   HalfOpen, SegmentArrives,  duplicate_syn,                              repeat_syn_ack,         HalfOpen>,
    on<"RFC 7323 5.3",       HalfOpen, SegmentArrives,  both<has_rst, older_timestamp_of_request>,  discard_older_reset,    HalfOpen>,
    on<"linux.md 2.3 (4)",   HalfOpen, SegmentArrives,  both<has_rst, echo_not_of_syn_ack>,         discard_wrong_echo,     HalfOpen>,
    on<"linux.md 2.3 (2)",   HalfOpen, SegmentArrives,  reset_at_rcv_nxt,                           remove_reset_request,   Closed>,
    on<"RFC 5961 3.2",       HalfOpen, SegmentArrives,  both<request_reset_challenged, reset_in_window>, challenge_request, HalfOpen>,
    on<"linux.md 2.3 (2)",   HalfOpen, SegmentArrives,  reset_in_window,                            remove_reset_request,   Closed>,
    on<"linux.md 2.3 (2)",   HalfOpen, SegmentArrives,  has_rst,                                    discard_bad_reset,      HalfOpen>,
    on<"linux.md 2.3 (3)",   HalfOpen, SegmentArrives,  both<ack_is_not_of_syn_ack, cookie_of_refused_options>, reset_refused_cookie, HalfOpen>,
    on<"linux.md 2.3 (3)",   HalfOpen, SegmentArrives,  both<ack_is_not_of_syn_ack, cookie_valid>,  drop_second_cookie,     HalfOpen>,
    on<"linux.md 2.3 (3)",   HalfOpen, SegmentArrives,  both<ack_is_not_of_syn_ack, cookie_invalid_but_sent>, reset_bad_cookie, HalfOpen>,
    on<"linux.md 2.3 (3)",   HalfOpen, SegmentArrives,  ack_is_not_of_syn_ack,                      reset_bad_ack,          HalfOpen>,
    on<"linux.md 2.3 (4)",   HalfOpen, SegmentArrives,  older_timestamp_of_request,                 acknowledge_older,      HalfOpen>,
    on<"linux.md 2.3 (4)",   HalfOpen, SegmentArrives,  both<request_echo_checked, echo_not_of_syn_ack>, acknowledge_wrong_echo, HalfOpen>,
    on<"linux.md 2.3 (4)",   HalfOpen, SegmentArrives,  outside_window,                             acknowledge_outside,    HalfOpen>,
    on<"linux.md 2.3 (5)",   HalfOpen, SegmentArrives,  syn_in_window,                              reset_request_on_syn,   Closed>,
    on<"linux.md 2.3 (5)",   HalfOpen, SegmentArrives,  has_no_ack,                                 discard_no_ack,         HalfOpen>,
    on<"linux.md 2.3 (6)",   HalfOpen, SegmentArrives,  data_is_waited_for,                         wait_for_data,          HalfOpen>,
    on<"linux.md 2.3 (7)",   HalfOpen, SegmentArrives,  both<final_ack_needs_room, both<accept_queue_full, abort_on_overflow>>, abort_request, Closed>,
    on<"linux.md 2.3 (7)",   HalfOpen, SegmentArrives,  both<final_ack_needs_room, accept_queue_full>, hold_request,         HalfOpen>,
    on<"linux.md 2.3 (8)",   HalfOpen, SegmentArrives,  has_syn,                                    complete_request,       SynReceived>,
    on<"linux.md 2.3 (8)",   HalfOpen, SegmentArrives,  otherwise,                                  complete_request,       Established>,

    // The RFC's checks, for profiles whose requests are no lighter than other connections.
    on<"RFC 7323 5.3",       HalfOpen, OldTimestampArrives, otherwise,                              acknowledge_older,      HalfOpen>,
    on<"3.10.7.4 first",     HalfOpen, UnacceptableArrives, has_rst,                                discard_bad_reset,      HalfOpen>,
    on<"3.10.7.4 first",     HalfOpen, UnacceptableArrives, otherwise,                              acknowledge_outside,    HalfOpen>,
    on<"3.10.7.4 second",    HalfOpen, RstArrives,      reset_at_rcv_nxt,                           remove_reset_request,   Closed>,
    on<"RFC 5961 3.2",       HalfOpen, RstArrives,      otherwise,                                  challenge_request,      HalfOpen>,
    on<"3.10.7.4 fourth",    HalfOpen, SynArrives,      otherwise,                                  return_to_listen,       Closed>,
    on<"3.10.7.4 fifth",     HalfOpen, NoAckArrives,    otherwise,                                  discard_no_ack,         HalfOpen>,
    on<"3.10.7.4 fifth",     HalfOpen, AckArrives,      ack_is_not_of_syn_ack,                      reset_bad_ack,          HalfOpen>,
    on<"linux.md 2.3 (7)",   HalfOpen, AckArrives,      both<final_ack_needs_room, both<accept_queue_full, abort_on_overflow>>, abort_request, Closed>,
    on<"linux.md 2.3 (7)",   HalfOpen, AckArrives,      both<final_ack_needs_room, accept_queue_full>, hold_request,         HalfOpen>,
    on<"3.10.7.4 fifth",     HalfOpen, AckArrives,      otherwise,                                  complete_request,       Established>,

    on<"linux.md 2.3",       HalfOpen, IcmpArrives,     icmp_number_stale,                          discard_stale_icmp,     HalfOpen>,
    on<"linux.md 2.3",       HalfOpen, IcmpArrives,     both<icmp_ends_open, without<icmp_spares_request>>, remove_unreachable_request, Closed>,
    on<"3.9.2.2",            HalfOpen, IcmpArrives,     otherwise,                                  ignore_icmp,            HalfOpen>,

    on<"linux.md 2.4",       HalfOpen, RequestTimeout,  request_expired,                            expire_request,         Closed>,
    on<"linux.md 2.4",       HalfOpen, RequestTimeout,  acked_and_deferred,                         let_request_wait,       HalfOpen>,
    on<"linux.md 2.4",       HalfOpen, RequestTimeout,  otherwise,                                  resend_syn_ack,         HalfOpen>
>;
// clang-format on

}  // namespace synq::table
