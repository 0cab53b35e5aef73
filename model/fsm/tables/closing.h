// The states after our own FIN: FIN-WAIT-1, FIN-WAIT-2, CLOSING, LAST-ACK, and the light records
// TIME-WAIT and FIN-WAIT-2 of an orphan (RFC 9293 3.6, 3.10.7.4; linux.md 5).
#pragma once

#include "model/fsm/tables/synchronized.h"
#include "model/fsm/tables/vocabulary.h"

namespace synq::table {

// clang-format off

/// Calls after our FIN: nothing more can be sent; close() only lets go of the descriptor.
template <State S>
using CallsAfterOurFin = mp_list<
    //  section              state           event            guard                                    action                     next
    on<"3.10.1",             S,              ActiveOpen,      otherwise,                               refuse_connected,          S>,
    on<"3.10.2",             S,              SendCall,        otherwise,                               refuse_broken_pipe,        S>,
    on<"3.10.4",             S,              ShutdownCall,    otherwise,                               close_again,               S>,
    on<"RFC 2525 2.17",      S,              CloseCall,       unread_data,                             reset_on_close,            Closed>
>;

using FinWait1Rows = mp_append<ChecksBeforeAck<FinWait1>, WrongAck<FinWait1>, mp_list<
    on<"linux.md 5.3",       FinWait1,       AckArrives,      orphan_without_fin,                      leave_fin_wait_2,          FinWait2Orphan>,
    on<"3.10.7.4 fifth",     FinWait1,       AckArrives,      fin_acknowledged,                        acknowledge_our_fin,       FinWait2>,
    on<"3.10.7.4 fifth",     FinWait1,       AckArrives,      otherwise,                               take_ack,                  FinWait1>
>, ReceivesText<FinWait1>, mp_list<
    on<"linux.md 5.2",       FinWait1,       FinArrives,      orphan_and_new_text,                     abort_on_data,             Closed>,
    on<"3.10.7.4 eighth",    FinWait1,       FinArrives,      fin_in_order,                            take_fin,                  Closing>,
    on<"3.10.7.4 eighth",    FinWait1,       FinArrives,      otherwise,                               acknowledge_gap,           FinWait1>
>, CallsAfterOurFin<FinWait1>, mp_list<
    on<"3.10.4",             FinWait1,       CloseCall,       otherwise,                               close_again,               FinWait1>
>, Retransmits<FinWait1>>;

using FinWait2Rows = mp_append<ChecksBeforeAck<FinWait2>, WrongAck<FinWait2>, mp_list<
    on<"3.10.7.4 fifth",     FinWait2,       AckArrives,      otherwise,                               take_ack,                  FinWait2>
>, ReceivesText<FinWait2>, mp_list<
    on<"linux.md 5.2",       FinWait2,       FinArrives,      orphan_and_new_text,                     abort_on_data,             Closed>,
    on<"3.10.7.4 eighth",    FinWait2,       FinArrives,      fin_in_order,                            acknowledge_and_enter_time_wait, TimeWait>,
    on<"3.10.7.4 eighth",    FinWait2,       FinArrives,      otherwise,                               acknowledge_gap,           FinWait2>
>, CallsAfterOurFin<FinWait2>, mp_list<
    on<"linux.md 5.3",       FinWait2,       CloseCall,       otherwise,                               orphan_fin_wait_2,         FinWait2Orphan>
>>;

using ClosingRows = mp_append<ChecksBeforeAck<Closing>, WrongAck<Closing>, mp_list<
    on<"3.10.7.4 fifth",     Closing,        AckArrives,      fin_acknowledged,                        enter_time_wait,           TimeWait>,
    on<"3.10.7.4 fifth",     Closing,        AckArrives,      otherwise,                               take_ack,                  Closing>
>, AfterFin<Closing>, CallsAfterOurFin<Closing>, mp_list<
    on<"3.10.4",             Closing,        CloseCall,       otherwise,                               close_again,               Closing>
>, Retransmits<Closing>>;

using LastAckRows = mp_append<ChecksBeforeAck<LastAck>, WrongAck<LastAck>, mp_list<
    on<"3.10.7.4 fifth",     LastAck,        AckArrives,      fin_acknowledged,                        finish,                    Closed>,
    on<"3.10.7.4 fifth",     LastAck,        AckArrives,      otherwise,                               take_ack,                  LastAck>
>, AfterFin<LastAck>, CallsAfterOurFin<LastAck>, mp_list<
    on<"3.10.4",             LastAck,        CloseCall,       otherwise,                               close_again,               LastAck>
>, Retransmits<LastAck>>;

using TimeWaitRows = mp_list<
    on<"RFC 1337, linux.md 5.4", TimeWait,   SegmentArrives,  reset_at_rcv_nxt,                        kill_time_wait,            Closed>,
    on<"linux.md 5.4",       TimeWait,       SegmentArrives,  has_rst,                                 discard_in_time_wait,      TimeWait>,
    on<"linux.md 5.4",       TimeWait,       SegmentArrives,  pure_at_rcv_nxt,                         restart_time_wait,         TimeWait>,
    on<"3.6.1, RFC 6191",    TimeWait,       SegmentArrives,  syn_may_reuse,                           reuse_time_wait,           Closed>,
    on<"3.10.7.4 first",     TimeWait,       SegmentArrives,  otherwise,                               acknowledge_in_time_wait,  TimeWait>,
    on<"3.10.8",             TimeWait,       TimeWaitTimeout, otherwise,                               expire_time_wait,          Closed>
>;

using FinWait2OrphanRows = mp_list<
    on<"linux.md 5.3",       FinWait2Orphan, SegmentArrives,  tw_outside_window,                       acknowledge_light,         FinWait2Orphan>,
    on<"linux.md 5.3",       FinWait2Orphan, SegmentArrives,  has_rst,                                 kill_time_wait,            Closed>,
    on<"linux.md 5.3",       FinWait2Orphan, SegmentArrives,  syn_at_or_after_rcv_nxt,                 reset_and_kill,            Closed>,
    on<"linux.md 5.3",       FinWait2Orphan, SegmentArrives,  nothing_new,                             ignore_nothing_new,        FinWait2Orphan>,
    on<"3.10.7.4 eighth",    FinWait2Orphan, SegmentArrives,  exactly_fin,                             take_fin_light,            TimeWait>,
    on<"linux.md 5.3",       FinWait2Orphan, SegmentArrives,  otherwise,                               reset_and_kill,            Closed>,
    on<"linux.md 5.3",       FinWait2Orphan, TimeWaitTimeout, otherwise,                               expire_time_wait,          Closed>
>;
// clang-format on

}  // namespace synq::table
