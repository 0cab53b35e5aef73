// A Fast Open child before its final ACK (RFC 7413 4.2; linux.md 2.11): a full connection that a
// SYN has made, in SYN-RECEIVED, or in FIN-WAIT-1 when its owner has closed it already.
#pragma once

#include "model/fsm/tables/vocabulary.h"

namespace synq::table {

// clang-format off
/// A request's checks come before the connection's own; only an RST in sequence ends the child
/// (Linux tcp_check_req). Until the final ACK nothing but the SYN,ACK is repeated.
template <State S>
using BeforeFinalAck = mp_list<
    //  section              state  event                   guard                                       action                     next
    on<"linux.md 2.3 (1)",   S,     FastOpenSegmentArrives, duplicate_syn,                              repeat_fast_open_syn_ack,  S>,
    on<"RFC 7323 5.3",       S,     FastOpenSegmentArrives, both<has_rst, older_timestamp_of_request>,  discard_older_reset,       S>,
    on<"linux.md 2.11",       S,     FastOpenSegmentArrives, reset_at_rcv_nxt,                           reset_fast_open,           Closed>,
    on<"RFC 5961 3.2",       S,     FastOpenSegmentArrives, both<request_reset_challenged, reset_in_window>, challenge_request,    S>,
    on<"linux.md 2.11",       S,     FastOpenSegmentArrives, reset_in_window,                            reset_fast_open,           Closed>,
    on<"linux.md 2.3 (2)",   S,     FastOpenSegmentArrives, has_rst,                                    discard_bad_reset,         S>,
    on<"linux.md 2.3 (4)",   S,     FastOpenSegmentArrives, older_timestamp_of_request,                 acknowledge_older,         S>,
    on<"linux.md 2.3 (4)",   S,     FastOpenSegmentArrives, outside_window,                             acknowledge_outside,       S>,
    on<"linux.md 2.11",       S,     FastOpenSegmentArrives, syn_in_window,                              refuse_fast_open_syn,      S>,
    on<"linux.md 2.3 (5)",   S,     FastOpenSegmentArrives, has_no_ack,                                 discard_no_ack,            S>,
    on<"linux.md 2.11",       S,     FastOpenSegmentArrives, otherwise,                                  proceed,                   S>,
    on<"linux.md 2.11",       S,     RequestTimeout,         fast_open_used_up,                          give_up_fast_open,         Closed>,
    on<"RFC 6298 5.4-5.6",   S,     RequestTimeout,         otherwise,                                  resend_fast_open_syn_ack,  S>
>;

/// In SYN-RECEIVED the child already sends (7413-4.2.2).
using FastOpenRows = mp_append<BeforeFinalAck<SynReceived>, mp_list<
    on<"linux.md 2.11",       SynReceived, AckArrives,       both<final_ack_of_fast_open, ack_not_of_our_syn>, reset_bad_ack,       SynReceived>,
    on<"3.10.4",             SynReceived, AckArrives,       fast_open_shut,                             complete_fast_open,        FinWait1>,
    on<"3.10.7.4 fifth",     SynReceived, AckArrives,       final_ack_of_fast_open,                     complete_fast_open,        Established>,
    on<"3.10.2",             SynReceived, SendCall,         fast_open_shut,                             refuse_broken_pipe,        SynReceived>,
    on<"RFC 7413 4.2.2",     SynReceived, SendCall,         final_ack_of_fast_open,                     queue_text,                SynReceived>,
    on<"RFC 2525 2.17",      SynReceived, CloseCall,        unread_data,                                reset_on_close,            Closed>,
    on<"linux.md 2.11",       SynReceived, IcmpArrives,      both<fast_open_accepted, icmp_number_stale>, discard_stale_icmp,       SynReceived>,
    on<"linux.md 2.11",       SynReceived, IcmpArrives,      both<fast_open_accepted, icmp_ignored>,     ignore_icmp,               SynReceived>,
    on<"linux.md 2.11",       SynReceived, IcmpArrives,      fast_open_accepted,                         remember_icmp,             SynReceived>
>>;
// clang-format on

}  // namespace synq::table
