// What all synchronized states share, and the states in which data flows: ESTABLISHED, CLOSE-WAIT
// (RFC 9293 3.10.7.4; RFC 5961; linux.md 4).
#pragma once

#include "model/fsm/tables/vocabulary.h"

namespace synq::table {

// clang-format off

/// First to fourth check: sequence number, RST, SYN; and a segment without ACK.
/// Answers (ACC-ACK, ACC-RST, RG-3, KA-RX), resets (5961-3.2-1, 5961-3.2-2, 5961-3.2-3, MUST-66),
/// (SHLD-2, RP-SYNC), SYNs (5961-4.2, HO-F9).
template <State S>
using ChecksBeforeAck = mp_list<
    //  section              state  event                   guard                                 action                     next
    on<"RFC 5961 4.2",       S,     OldTimestampArrives,    has_syn,                              challenge_syn,             S>,
    on<"linux.md 4",         S,     OldTimestampArrives,    both<old_acks_dropped, old_pure_ack>, discard_old_ack,           S>,
    on<"RFC 7323 5.3",       S,     OldTimestampArrives,    otherwise,                            acknowledge_old_timestamp, S>,
    on<"3.10.7.4 first",     S,     UnacceptableArrives,    has_rst,                              discard_unacceptable,      S>,
    on<"RFC 5961 4.2",       S,     UnacceptableArrives,    both<syn_answered, has_syn>,          challenge_syn,             S>,
    on<"3.10.7.4 first",     S,     UnacceptableArrives,    otherwise,                            acknowledge_unacceptable,  S>,
    on<"3.10.7.4 second",    S,     RstArrives,             reset_exact,                          reset_connection,          Closed>,
    on<"RFC 5961 3.2",       S,     RstArrives,             window_reset_challenged,              challenge,                 S>,
    on<"RFC 793 p. 70",      S,     RstArrives,             otherwise,                            reset_connection,          Closed>,
    on<"RFC 5961 4.2",       S,     SynArrives,             syn_answered,                         challenge_syn,             S>,
    on<"RFC 793 p. 71",      S,     SynArrives,             at_or_after_rcv_nxt,                  reset_on_syn,              Closed>,
    on<"RFC 793 p. 69",      S,     SynArrives,             otherwise,                            acknowledge_unacceptable,  S>,
    on<"3.10.7.4 fifth",     S,     NoAckArrives,           otherwise,                            discard_no_ack,            S>
>;

/// Fifth check, as far as the number itself is wrong (RFC 5961 5.2).
/// (5961-5.2)
template <State S>
using WrongAck = mp_list<
    on<"3.10.7.4 fifth",     S,     AckArrives,             both<ack_above_nxt_answered, ack_of_nothing_sent>, challenge_ack_number, S>,
    on<"linux.md 4",         S,     AckArrives,             ack_of_nothing_sent,                  discard_bad_ack,           S>,
    on<"RFC 5961 5.2",       S,     AckArrives,             ack_too_old,                          challenge_ack_number,      S>
>;

/// Seventh check in states that still receive.
/// Text and FIN ahead of a gap wait (SHLD-31, MAY-13).
template <State S>
using ReceivesText = mp_list<
    on<"3.10.7.4 seventh",   S,     TextArrives,            text_in_order,                        take_text,                 S>,
    on<"3.10.7.4 seventh",   S,     TextArrives,            text_beyond_window,                   acknowledge_beyond,        S>,
    on<"3.10.7.4 seventh",   S,     TextArrives,            text_after_gap,                       hold_text,                 S>,
    on<"3.10.7.4 eighth",    S,     TextArrives,            only_fin_is_new,                      take_old_text,             S>,
    on<"3.10.7.4 seventh",   S,     TextArrives,            otherwise,                            acknowledge_duplicate,     S>
>;

/// Seventh check after our own FIN, where nobody may be left to read.
/// (SHLD-3)
template <State S>
using RefusesText = mp_list<
    on<"linux.md 5.2",       S,     TextArrives,            both<unreadable_text_resets, new_text_unreadable>, abort_on_data, Closed>,
    on<"3.6.1",              S,     TextArrives,            next_text_unreadable,                 abort_on_data,             Closed>
>;

/// Seventh and eighth check in states that have received a FIN.
template <State S>
using AfterFin = mp_list<
    on<"3.10.7.4 seventh",   S,     TextArrives,            at_or_after_rcv_nxt,                  discard_after_fin,         S>,
    on<"linux.md 5.2",       S,     TextArrives,            both<unreadable_text_resets, text_in_order>, abort_on_data,       Closed>,
    on<"3.10.7.4 seventh",   S,     TextArrives,            text_in_order,                        discard_after_fin,         S>,
    on<"linux.md 5.2",       S,     TextArrives,            both<second_fin_counts, only_fin_is_new>, take_old_text,         S>,
    on<"3.10.7.4 seventh",   S,     TextArrives,            otherwise,                            acknowledge_duplicate,     S>,
    on<"linux.md 5.2",       S,     FinArrives,             at_or_after_rcv_nxt,                  discard_after_fin,         S>,
    on<"linux.md 5.2",       S,     FinArrives,             both<second_fin_counts, fin_in_order>, take_fin,                 S>,
    on<"3.10.7.4 eighth",    S,     FinArrives,             otherwise,                            acknowledge_duplicate,     S>
>;

/// ICMP errors about a connection that stands: remembered, at most (RFC 5927).
/// (MUST-54, MUST-55, MUST-56, SHLD-26)
template <State S>
using Icmp = mp_list<
    on<"linux.md 4",         S,     IcmpArrives,            icmp_number_stale,                    discard_stale_icmp,        S>,
    on<"linux.md 4",         S,     IcmpArrives,            icmp_ignored,                         ignore_icmp,               S>,
    on<"3.9.2.2",            S,     IcmpArrives,            both<without<icmp_ends_open>, icmp_hard>, end_by_icmp,           Closed>,
    on<"linux.md 4",         S,     IcmpArrives,            errors_wanted,                        report_icmp,               S>,
    on<"linux.md 4",         S,     IcmpArrives,            otherwise,                            remember_icmp,             S>
>;

/// Only in silence and with nothing outstanding (MAY-5, MUST-26, MUST-29).
template <State S>
using Keepalive = mp_list<
    on<"3.8.4",              S,     KeepaliveTimeout,       keepalive_not_due,                    wait_for_silence,          S>,
    on<"3.8.4",              S,     KeepaliveTimeout,       keepalive_used_up,                    give_up_silent_peer,       Closed>,
    on<"3.8.4",              S,     KeepaliveTimeout,       otherwise,                            send_keepalive,            S>
>;

/// Where our SYN or FIN is outstanding there is nothing to probe for.
template <State S>
using KeepaliveWaits = mp_list<
    on<"3.8.4",              S,     KeepaliveTimeout,       otherwise,                            wait_for_silence,          S>
>;

/// ABORT where the peer must be told.
/// (ABORT)
template <State S>
using Aborts = mp_list<
    on<"RFC 2525 2.17",      S,     AbortCall,              unread_data,                          reset_on_close,            Closed>,
    on<"3.10.5",             S,     AbortCall,              otherwise,                            abort_connection,          Closed>
>;

/// connect() with AF_UNSPEC: an ABORT that leaves the descriptor, and a stored error.
template <State S>
using Disconnects = mp_list<
    on<"linux.md 1.1",       S,     DisconnectCall,         otherwise,                            disconnect,                Closed>
>;

/// Retransmission of what is outstanding.
/// (RTO-EV, UTO-TO, MUST-20)
template <State S>
using Retransmits = mp_list<
    on<"3.8.3",              S,     RetransmissionTimeout,  data_retries_used_up,                 give_up,                   Closed>,
    on<"RFC 6298 5.4-5.6",   S,     RetransmissionTimeout,  otherwise,                            resend_head,               S>,
    on<"RFC 8985 7.3",       S,     ProbeTimeout,           probe_outstanding,                    await_timeout,             S>,
    on<"RFC 8985 7.3",       S,     ProbeTimeout,           otherwise,                            send_probe,                S>,
    on<"3.8.6.1",            S,     PersistTimeout,         window_probes_exhausted,              give_up_window,            Closed>,
    on<"3.8.6.1",            S,     PersistTimeout,         otherwise,                            probe_window,              S>
>;

using EstablishedRows = mp_append<ChecksBeforeAck<Established>, WrongAck<Established>, mp_list<
    on<"3.10.7.4 fifth",     Established, AckArrives,       otherwise,                            take_ack,                  Established>
>, ReceivesText<Established>, mp_list<
    on<"3.10.7.4 eighth",    Established, FinArrives,       fin_in_order,                         take_fin,                  CloseWait>,
    on<"3.10.7.4 eighth",    Established, FinArrives,       otherwise,                            hold_fin,                  Established>,
    on<"3.10.1",             Established, ActiveOpen,       otherwise,                            refuse_connected,          Established>,
    on<"3.10.2",             Established, SendCall,         otherwise,                            queue_text,                Established>,
    on<"linux.md 1.1",       Established, ShutdownCall,     otherwise,                            send_fin,                  FinWait1>,
    on<"RFC 2525 2.17",      Established, CloseCall,        unread_data,                          reset_on_close,            Closed>,
    on<"linux.md 5.3",       Established, CloseCall,        too_many_orphans,                     refuse_orphan,             Closed>,
    on<"3.10.4",             Established, CloseCall,        otherwise,                            send_fin,                  FinWait1>
>, Retransmits<Established>, Icmp<Established>, Keepalive<Established>, Aborts<Established>, Disconnects<Established>>;

/// close() sends what is left and a FIN (CLOSE-CW), unless text is unread (SHLD-3).
using CloseWaitRows = mp_append<ChecksBeforeAck<CloseWait>, WrongAck<CloseWait>, mp_list<
    on<"3.10.7.4 fifth",     CloseWait,   AckArrives,       otherwise,                            take_ack,                  CloseWait>
>, AfterFin<CloseWait>, mp_list<
    on<"3.10.1",             CloseWait,   ActiveOpen,       otherwise,                            refuse_connected,          CloseWait>,
    on<"3.10.2",             CloseWait,   SendCall,         otherwise,                            queue_text,                CloseWait>,
    on<"linux.md 1.1",       CloseWait,   ShutdownCall,     otherwise,                            send_fin,                  LastAck>,
    on<"RFC 2525 2.17",      CloseWait,   CloseCall,        unread_data,                          reset_on_close,            Closed>,
    on<"linux.md 5.3",       CloseWait,   CloseCall,        too_many_orphans,                     refuse_orphan,             Closed>,
    on<"3.10.4",             CloseWait,   CloseCall,        otherwise,                            send_fin,                  LastAck>
>, Retransmits<CloseWait>, Icmp<CloseWait>, Keepalive<CloseWait>, Aborts<CloseWait>, Disconnects<CloseWait>>;
// clang-format on

}  // namespace synq::table
