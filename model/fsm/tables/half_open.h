// SYN-RECEIVED of a passive open: a light request record (Linux tcp_check_req; linux.md 2.3, 2.4).
//
// One event, one list of rules: a request does not go through the RFC's checks in the RFC's order.
#pragma once

#include "model/fsm/tables/vocabulary.h"

namespace synq::table {

// clang-format off
using HalfOpenRows = mp_list<
    //  section              state     event            guard                                       action                  next
    on<"linux.md 2.3 (1)",   HalfOpen, SegmentArrives,  duplicate_syn,                              repeat_syn_ack,         HalfOpen>,
    on<"linux.md 2.3 (2)",   HalfOpen, SegmentArrives,  reset_at_rcv_nxt,                           remove_reset_request,   Closed>,
    on<"RFC 5961 3.2",       HalfOpen, SegmentArrives,  reset_in_window,                            challenge_request,      HalfOpen>,
    on<"linux.md 2.3 (2)",   HalfOpen, SegmentArrives,  has_rst,                                    discard_bad_reset,      HalfOpen>,
    on<"linux.md 2.3 (3)",   HalfOpen, SegmentArrives,  ack_is_not_of_syn_ack,                      reset_bad_ack,          HalfOpen>,
    on<"linux.md 2.3 (4)",   HalfOpen, SegmentArrives,  outside_window,                             acknowledge_outside,    HalfOpen>,
    on<"linux.md 2.3 (5)",   HalfOpen, SegmentArrives,  has_syn,                                    reset_request_on_syn,   Closed>,
    on<"linux.md 2.3 (5)",   HalfOpen, SegmentArrives,  has_no_ack,                                 discard_no_ack,         HalfOpen>,
    on<"linux.md 2.3 (7)",   HalfOpen, SegmentArrives,  both<accept_queue_full, abort_on_overflow>, abort_request,          Closed>,
    on<"linux.md 2.3 (7)",   HalfOpen, SegmentArrives,  accept_queue_full,                          hold_request,           HalfOpen>,
    on<"linux.md 2.3 (8)",   HalfOpen, SegmentArrives,  otherwise,                                  complete_request,       Established>,

    on<"linux.md 2.4",       HalfOpen, RequestTimeout,  request_expired,                            expire_request,         Closed>,
    on<"linux.md 2.4",       HalfOpen, RequestTimeout,  otherwise,                                  resend_syn_ack,         HalfOpen>
>;
// clang-format on

}  // namespace synq::table
