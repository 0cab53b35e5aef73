// The states after our own FIN: FIN-WAIT-1, FIN-WAIT-2, CLOSING, LAST-ACK, and the light records
// TIME-WAIT and FIN-WAIT-2 of an orphan (RFC 9293 3.6, 3.10.7.4; linux.md 5).
#pragma once

#include "model/fsm/tables/fast_open.h"
#include "model/fsm/tables/synchronized.h"
#include "model/fsm/tables/vocabulary.h"

namespace synq::table {

// clang-format off

/// Calls after our FIN: nothing more can be sent; close() only lets go of the descriptor.
/// No second FIN (CLOSE-FW).
template <State S>
using CallsAfterOurFin = mp_list<
    //  section              state           event            guard                                    action                     next
    on<"3.10.1",             S,              ActiveOpen,      otherwise,                               refuse_connected,          S>,
    on<"3.10.2",             S,              SendCall,        otherwise,                               refuse_broken_pipe,        S>,
    on<"3.10.4",             S,              ShutdownCall,    otherwise,                               close_again,               S>,
    on<"RFC 2525 2.17",      S,              CloseCall,       unread_data,                             reset_on_close,            Closed>
>;

/// A descriptor that goes leaves an orphan, and of these there is a limit; it is looked at again
/// whenever one of them times out.
template <State S>
using OrphanLimit = mp_list<
    on<"linux.md 5.3",       S,              CloseCall,             too_many_orphans,                  refuse_orphan,             Closed>,
    on<"linux.md 5.3",       S,              RetransmissionTimeout, orphan_must_go,                    drop_orphan_at_timeout,    Closed>,
    on<"linux.md 5.3",       S,              PersistTimeout,        probing_orphan_must_go,            drop_orphan,               Closed>
>;

/// Crossing FINs (SIMCLOSE, FIG5-N2).
using FinWait1Rows = mp_append<BeforeFinalAck<FinWait1>, ChecksBeforeAck<FinWait1>, WrongAck<FinWait1>, mp_list<
    on<"linux.md 5.3",       FinWait1,       AckArrives,      both<light_fin_wait_2, orphan_without_linger>, abort_on_linger,     Closed>,
    on<"linux.md 5.2",       FinWait1,       AckArrives,      both<light_fin_wait_2, orphan_with_new_text>, abort_on_data,        Closed>,
    on<"linux.md 5.3",       FinWait1,       AckArrives,      both<light_fin_wait_2, orphan_stays_full>, start_fin_wait_2,        FinWait2>,
    on<"linux.md 5.4",       FinWait1,       AckArrives,      both<light_fin_wait_2, both<orphan_acknowledged, time_wait_full>>, finish_without_time_wait, Closed>,
    on<"linux.md 5.3",       FinWait1,       AckArrives,      both<light_fin_wait_2, orphan_acknowledged>, leave_fin_wait_2,      FinWait2Orphan>,
    on<"3.10.7.4 fifth",     FinWait1,       AckArrives,      fin_acknowledged,                        acknowledge_our_fin,       FinWait2>,
    on<"3.10.7.4 fifth",     FinWait1,       AckArrives,      otherwise,                               take_ack,                  FinWait1>
>, RefusesText<FinWait1>, ReceivesText<FinWait1>, mp_list<
    on<"linux.md 5.2",       FinWait1,       FinArrives,      both<unreadable_text_resets, new_text_unreadable>, abort_on_data,   Closed>,
    on<"3.10.7.4 eighth",    FinWait1,       FinArrives,      fin_in_order,                            take_fin,                  Closing>,
    on<"3.10.7.4 eighth",    FinWait1,       FinArrives,      otherwise,                               hold_fin,                  FinWait1>
>, CallsAfterOurFin<FinWait1>, OrphanLimit<FinWait1>, mp_list<
    on<"3.10.4",             FinWait1,       CloseCall,       otherwise,                               close_again,               FinWait1>
>, Retransmits<FinWait1>, Icmp<FinWait1>, KeepaliveWaits<FinWait1>, Aborts<FinWait1>, Disconnects<FinWait1>>;

using FinWait2Rows = mp_append<ChecksBeforeAck<FinWait2>, WrongAck<FinWait2>, mp_list<
    on<"3.10.7.4 fifth",     FinWait2,       AckArrives,      otherwise,                               take_ack,                  FinWait2>
>, RefusesText<FinWait2>, ReceivesText<FinWait2>, mp_list<
    on<"linux.md 5.2",       FinWait2,       FinArrives,      both<unreadable_text_resets, new_text_unreadable>, abort_on_data,   Closed>,
    on<"linux.md 5.4",       FinWait2,       FinArrives,      both<fin_in_order, time_wait_full>,      acknowledge_and_finish,    Closed>,
    on<"3.10.7.4 eighth",    FinWait2,       FinArrives,      fin_in_order,                            acknowledge_and_enter_time_wait, TimeWait>,
    on<"3.10.7.4 eighth",    FinWait2,       FinArrives,      otherwise,                               hold_fin,                  FinWait2>
>, CallsAfterOurFin<FinWait2>, mp_list<
    on<"linux.md 5.3",       FinWait2,       CloseCall,       both<light_fin_wait_2, no_linger_2>,     reset_without_linger,      Closed>,
    on<"linux.md 5.3",       FinWait2,       CloseCall,       both<light_fin_wait_2, fin_timeout_long>, time_fin_wait_2,          FinWait2>,
    on<"linux.md 5.4",       FinWait2,       CloseCall,       both<light_fin_wait_2, time_wait_full>,  finish_without_time_wait,  Closed>,
    on<"linux.md 5.3",       FinWait2,       CloseCall,       light_fin_wait_2,                        orphan_fin_wait_2,         FinWait2Orphan>,
    on<"3.10.4",             FinWait2,       CloseCall,       otherwise,                               close_again,               FinWait2>,

    on<"linux.md 5.3",       FinWait2,       FinWait2Timeout, both<fin_timeout_long, time_wait_full>,  finish_without_time_wait,  Closed>,
    on<"linux.md 5.3",       FinWait2,       FinWait2Timeout, fin_timeout_long,                        spend_rest_of_fin_wait_2,  FinWait2Orphan>,
    on<"linux.md 5.3",       FinWait2,       FinWait2Timeout, otherwise,                               reset_fin_wait_2,          Closed>
>, Icmp<FinWait2>, Keepalive<FinWait2>, Aborts<FinWait2>, Disconnects<FinWait2>>;

/// Both sides have ended: an RST only where not even our FIN has left.
template <State S>
using LateDisconnects = mp_list<
    on<"linux.md 1.1",       S,              DisconnectCall,  unsent,                                  disconnect,                Closed>,
    on<"linux.md 1.1",       S,              DisconnectCall,  otherwise,                               abandon_open,              Closed>
>;

/// ABORT says nothing here (ABORT-LATE); a valid RST closes (RP-LATE).
using ClosingRows = mp_append<ChecksBeforeAck<Closing>, WrongAck<Closing>, mp_list<
    on<"linux.md 5.4",       Closing,        AckArrives,      both<fin_acknowledged, time_wait_full>,  finish_without_time_wait,  Closed>,
    on<"3.10.7.4 fifth",     Closing,        AckArrives,      fin_acknowledged,                        enter_time_wait,           TimeWait>,
    on<"3.10.7.4 fifth",     Closing,        AckArrives,      otherwise,                               take_ack,                  Closing>
>, AfterFin<Closing>, CallsAfterOurFin<Closing>, OrphanLimit<Closing>, mp_list<
    on<"3.10.4",             Closing,        CloseCall,       otherwise,                               close_again,               Closing>
>, Retransmits<Closing>, Icmp<Closing>, KeepaliveWaits<Closing>, mp_list<
    on<"RFC 2525 2.17",      Closing,        AbortCall,       unread_data,                             reset_on_close,            Closed>,
    on<"3.10.5",             Closing,        AbortCall,       otherwise,                               abort_silently,            Closed>
>, LateDisconnects<Closing>>;

using LastAckRows = mp_append<ChecksBeforeAck<LastAck>, WrongAck<LastAck>, mp_list<
    on<"3.10.7.4 fifth",     LastAck,        AckArrives,      fin_acknowledged,                        finish,                    Closed>,
    on<"3.10.7.4 fifth",     LastAck,        AckArrives,      otherwise,                               take_ack,                  LastAck>
>, AfterFin<LastAck>, CallsAfterOurFin<LastAck>, OrphanLimit<LastAck>, mp_list<
    on<"3.10.4",             LastAck,        CloseCall,       otherwise,                               close_again,               LastAck>
>, Retransmits<LastAck>, Icmp<LastAck>, KeepaliveWaits<LastAck>, mp_list<
    on<"RFC 2525 2.17",      LastAck,        AbortCall,       unread_data,                             reset_on_close,            Closed>,
    on<"3.10.5",             LastAck,        AbortCall,       otherwise,                               abort_silently,            Closed>
>, LateDisconnects<LastAck>>;

/// A SYN may reopen (3.4.1-TW, MAY-2, SHLD-4, 6191-A1, 6191-A2, 6191-A3, 6191-B2), else it is
/// acknowledged (6191-A4, 6191-B1, 6191-B3); FIN and RST (FIN-TIMER, RP-LATE, 1337-F1, 1337-HZ);
/// the end (TW-TO).
using TimeWaitRows = mp_list<
    on<"RFC 1337",           TimeWait,       SegmentArrives,  assassination_forbidden,                 discard_in_time_wait,      TimeWait>,
    on<"linux.md 5.4",       TimeWait,       SegmentArrives,  reset_of_time_wait,                      kill_time_wait,            Closed>,
    on<"linux.md 5.4",       TimeWait,       SegmentArrives,  both<has_rst, tw_older_timestamp>,       discard_old_reset,         TimeWait>,
    on<"linux.md 5.4",       TimeWait,       SegmentArrives,  has_rst,                                 discard_in_time_wait,      TimeWait>,
    on<"linux.md 5.4",       TimeWait,       SegmentArrives,  pure_at_rcv_nxt,                         restart_time_wait,         TimeWait>,
    on<"3.6.1, RFC 6191",    TimeWait,       SegmentArrives,  syn_may_reuse,                           reuse_time_wait,           Closed>,
    on<"RFC 7323 5.3",       TimeWait,       SegmentArrives,  tw_older_timestamp,                      acknowledge_old_in_time_wait, TimeWait>,
    on<"3.10.7.4 first",     TimeWait,       SegmentArrives,  otherwise,                               acknowledge_in_time_wait,  TimeWait>,

    // The RFC's checks, for profiles whose TIME-WAIT is no lighter than other connections.
    on<"RFC 7323 5.3",       TimeWait,       OldTimestampArrives, otherwise,                           acknowledge_light,         TimeWait>,
    on<"3.10.7.4 first",     TimeWait,       UnacceptableArrives, has_rst,                             discard_in_time_wait,      TimeWait>,
    on<"3.10.7.4 first",     TimeWait,       UnacceptableArrives, otherwise,                           acknowledge_light,         TimeWait>,
    on<"RFC 1337",           TimeWait,       RstArrives,      assassination_forbidden,                 discard_in_time_wait,      TimeWait>,
    on<"3.10.7.4 second",    TimeWait,       RstArrives,      reset_of_time_wait,                      kill_time_wait,            Closed>,
    on<"RFC 5961 3.2",       TimeWait,       RstArrives,      otherwise,                               acknowledge_light,         TimeWait>,
    on<"3.6.1",              TimeWait,       SynArrives,      plain_syn_to_listener,                   reuse_time_wait,           Closed>,
    on<"RFC 5961 4.2",       TimeWait,       SynArrives,      otherwise,                               acknowledge_light,         TimeWait>,
    on<"3.10.7.4 fifth",     TimeWait,       NoAckArrives,    otherwise,                               ignore_nothing_new,        TimeWait>,
    on<"3.10.7.4 fifth",     TimeWait,       AckArrives,      ack_not_of_our_fin,                      acknowledge_light,         TimeWait>,
    on<"3.10.7.4 fifth",     TimeWait,       AckArrives,      otherwise,                               acknowledge_and_restart,   TimeWait>,
    on<"linux.md 4",         TimeWait,       IcmpArrives,     otherwise,                               ignore_icmp,               TimeWait>,
    on<"linux.md 5.5",       TimeWait,       ActiveOpen,      both<clients_reuse_time_wait, client_may_take_over>, take_over,     Closed>,
    on<"3.10.1",             TimeWait,       ActiveOpen,      otherwise,                               refuse_address,            TimeWait>,
    on<"3.10.5",             TimeWait,       AbortCall,       abort_ends_time_wait,                    kill_time_wait,            Closed>,
    on<"linux.md 5.1",       TimeWait,       AbortCall,       otherwise,                               close_again,               TimeWait>,
    on<"3.10.8",             TimeWait,       TimeWaitTimeout, otherwise,                               expire_time_wait,          Closed>
>;

using FinWait2OrphanRows = mp_list<
    on<"linux.md 5.3",       FinWait2Orphan, SegmentArrives,  tw_outside_window,                       acknowledge_light,         FinWait2Orphan>,
    on<"linux.md 5.3",       FinWait2Orphan, SegmentArrives,  has_rst,                                 kill_time_wait,            Closed>,
    on<"linux.md 5.3",       FinWait2Orphan, SegmentArrives,  syn_at_or_after_rcv_nxt,                 reset_and_kill,            Closed>,
    on<"linux.md 5.3",       FinWait2Orphan, SegmentArrives,  nothing_new,                             ignore_nothing_new,        FinWait2Orphan>,
    on<"3.10.7.4 eighth",    FinWait2Orphan, SegmentArrives,  exactly_fin,                             take_fin_light,            TimeWait>,
    on<"linux.md 5.3",       FinWait2Orphan, SegmentArrives,  otherwise,                               reset_and_kill,            Closed>,
    on<"linux.md 4",         FinWait2Orphan, IcmpArrives,     otherwise,                               ignore_icmp,               FinWait2Orphan>,
    on<"linux.md 5.5",       FinWait2Orphan, ActiveOpen,      both<clients_reuse_time_wait, client_may_take_over>, take_over,     Closed>,
    on<"3.10.1",             FinWait2Orphan, ActiveOpen,      otherwise,                               refuse_address,            FinWait2Orphan>,
    on<"linux.md 5.3",       FinWait2Orphan, TimeWaitTimeout, otherwise,                               expire_time_wait,          Closed>
>;
// clang-format on

}  // namespace synq::table
