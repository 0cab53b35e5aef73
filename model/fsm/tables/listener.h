// The listener: CLOSED and LISTEN (RFC 9293 3.10.7.1, 3.10.7.2; linux.md 2.2, 2.6, 2.7).
//
// LISTEN never leaves LISTEN on a segment: it opens half-open requests, which are connections of
// their own. The order of the rows for a SYN is Linux's tcp_conn_request.
#pragma once

#include "model/fsm/tables/vocabulary.h"

namespace synq::table {

// clang-format off
/// Nobody there (RG-1, HO-F10); RST, ACK, SYN (RP-LI, RG-2, SYNFIN-L, SYNDATA); full queues
/// (4987-BACKLOG, LX-3Q, LX-AQ-SYN, 4987-COOKIE); calls (OPEN-L, SEND-L, CLOSE-L);
/// Fast Open (7413-4.2-on, 7413-4.2-pend, 7413-4.2.2).
using ListenerRows = mp_list<
    //  section              state   event          guard                                        action                   next
    on<"3.10.1",             Closed, PassiveOpen,   otherwise,                                   start_listening,         Listen>,
    on<"3.10.7.1",           Closed, RstArrives,    otherwise,                                   discard_without_socket,  Closed>,
    on<"3.10.7.1",           Closed, AckArrives,    otherwise,                                   reset_unknown,           Closed>,
    on<"3.10.7.1",           Closed, SynArrives,    otherwise,                                   reset_unknown,           Closed>,
    on<"3.10.7.1",           Closed, OtherArrives,  otherwise,                                   reset_unknown,           Closed>,

    on<"linux.md 1.1",       Listen, PassiveOpen,   otherwise,                                   change_backlog,          Listen>,
    on<"linux.md 1.1",       Listen, ActiveOpen,    listener_stays_passive,                      refuse_connected,        Listen>,
    on<"3.10.1",             Listen, ActiveOpen,    otherwise,                                   stop_listening,          Closed>,
    on<"linux.md 1.1",       Listen, SendCall,      otherwise,                                   refuse_broken_pipe,      Listen>,
    on<"3.10.4",             Listen, CloseCall,     otherwise,                                   stop_listening,          Closed>,

    on<"3.10.7.2 first",     Listen, RstArrives,    otherwise,                                   discard_reset,           Listen>,
    on<"linux.md 2.6",       Listen, AckArrives,    cookie_of_refused_options,                   reset_refused_cookie,    Listen>,
    on<"linux.md 2.6",       Listen, AckArrives,    both<cookie_valid, accept_queue_full>,       drop_cookie_ack,         Listen>,
    on<"RFC 4987 3.6",       Listen, AckArrives,    cookie_valid,                                accept_cookie,           Listen>,
    on<"linux.md 2.6",       Listen, AckArrives,    cookie_invalid_but_sent,                     reset_bad_cookie,        Listen>,
    on<"3.10.7.2 second",    Listen, AckArrives,    otherwise,                                   reset_unknown,           Listen>,
    on<"linux.md 2.2 (0)",   Listen, SynArrives,    both<listener_drops_syn_fin, has_fin>,       discard_not_a_syn,       Listen>,
    on<"linux.md 2.2 (2)",   Listen, SynArrives,    both<requests_have_a_queue, request_queue_full_without_cookies>, drop_request_queue_full, Listen>,
    on<"linux.md 2.10",      Listen, SynArrives,    both<oldest_request_gives_way, request_could_go>, replace_oldest_request, Listen>,
    on<"linux.md 2.10",      Listen, SynArrives,    both<full_queue_resets_syn, accept_queue_full>, reset_syn_of_full_queue, Listen>,
    on<"linux.md 2.9",       Listen, SynArrives,    both<full_queue_answers_while_few_are_young, accept_queue_full_of_young>, drop_accept_queue_full, Listen>,
    on<"linux.md 2.2 (3)",   Listen, SynArrives,    both<full_queue_drops_syn, accept_queue_full>, drop_accept_queue_full, Listen>,
    on<"linux.md 2.10",      Listen, SynArrives,    both<oldest_request_gives_way, request_queue_full>, drop_request_queue_full, Listen>,
    on<"linux.md 2.2 (5)",   Listen, SynArrives,    both<places_kept_for_known_peers, reserved_for_known_peers>, drop_reserved, Listen>,
    on<"linux.md 2.2 (6)",   Listen, SynArrives,    cookie_wanted,                               send_cookie,             Listen>,
    on<"linux.md 2.11",       Listen, SynArrives,    both<fast_open, fast_open_overflow>,         open_request_past_fast_open, Listen>,
    on<"RFC 7413 4.2.2",     Listen, SynArrives,    both<fast_open, fast_open_granted>,          open_fast,               Listen>,
    on<"RFC 7413 4.1.2",     Listen, SynArrives,    both<fast_open, fast_open_cookie_wrong>,     open_request_refusing_cookie, Listen>,
    on<"RFC 7413 4.1.2",     Listen, SynArrives,    both<fast_open, fast_open_cookie_wanted>,    open_request_giving_cookie, Listen>,
    on<"3.10.7.2 third",     Listen, SynArrives,    otherwise,                                   open_request,            Listen>,
    on<"3.10.7.2 fourth",    Listen, OtherArrives,  otherwise,                                   discard_not_a_syn,       Listen>
>;
// clang-format on

}  // namespace synq::table
