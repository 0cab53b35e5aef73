// What all synchronized states share, and the states in which data flows: ESTABLISHED, CLOSE-WAIT
// (RFC 9293 3.10.7.4; RFC 5961; linux.md 4).
#pragma once

#include "model/fsm/tables/vocabulary.h"

namespace synq::table {

// clang-format off

/// First to fourth check: sequence number, RST, SYN; and a segment without ACK.
template <State S>
using ChecksBeforeAck = mp_list<
    //  section              state  event                   guard                                 action                     next
    on<"3.10.7.4 first",     S,     UnacceptableArrives,    has_rst,                              discard_unacceptable,      S>,
    on<"RFC 5961 4.2",       S,     UnacceptableArrives,    has_syn,                              challenge_syn,             S>,
    on<"3.10.7.4 first",     S,     UnacceptableArrives,    otherwise,                            acknowledge_unacceptable,  S>,
    on<"3.10.7.4 second",    S,     RstArrives,             reset_exact,                          reset_connection,          Closed>,
    on<"RFC 5961 3.2",       S,     RstArrives,             otherwise,                            challenge,                 S>,
    on<"RFC 5961 4.2",       S,     SynArrives,             otherwise,                            challenge_syn,             S>,
    on<"3.10.7.4 fifth",     S,     NoAckArrives,           otherwise,                            discard_no_ack,            S>
>;

/// Fifth check, as far as the number itself is wrong (RFC 5961 5.2).
template <State S>
using WrongAck = mp_list<
    on<"3.10.7.4 fifth",     S,     AckArrives,             ack_of_nothing_sent,                  challenge_ack_number,      S>,
    on<"RFC 5961 5.2",       S,     AckArrives,             ack_too_old,                          challenge_ack_number,      S>
>;

/// Seventh check in states that still receive.
template <State S>
using ReceivesText = mp_list<
    on<"linux.md 5.2",       S,     TextArrives,            orphan_and_new_text,                  abort_on_data,             Closed>,
    on<"3.10.7.4 seventh",   S,     TextArrives,            text_in_order,                        take_text,                 S>,
    on<"3.10.7.4 seventh",   S,     TextArrives,            text_after_gap,                       acknowledge_gap,           S>,
    on<"3.10.7.4 seventh",   S,     TextArrives,            otherwise,                            acknowledge_duplicate,     S>
>;

/// Seventh and eighth check in states that have received a FIN.
template <State S>
using AfterFin = mp_list<
    on<"3.10.7.4 seventh",   S,     TextArrives,            at_or_after_rcv_nxt,                  discard_after_fin,         S>,
    on<"linux.md 5.2",       S,     TextArrives,            text_in_order,                        abort_on_data,             Closed>,
    on<"3.10.7.4 seventh",   S,     TextArrives,            otherwise,                            acknowledge_duplicate,     S>,
    on<"linux.md 5.2",       S,     FinArrives,             at_or_after_rcv_nxt,                  discard_after_fin,         S>,
    on<"3.10.7.4 eighth",    S,     FinArrives,             otherwise,                            acknowledge_duplicate,     S>
>;

/// Retransmission of what is outstanding.
template <State S>
using Retransmits = mp_list<
    on<"3.8.3",              S,     RetransmissionTimeout,  data_retries_used_up,                 give_up,                   Closed>,
    on<"RFC 6298 5.4-5.6",   S,     RetransmissionTimeout,  otherwise,                            resend_head,               S>,
    on<"RFC 8985 7.3",       S,     ProbeTimeout,           otherwise,                            send_probe,                S>
>;

using EstablishedRows = mp_append<ChecksBeforeAck<Established>, WrongAck<Established>, mp_list<
    on<"3.10.7.4 fifth",     Established, AckArrives,       otherwise,                            take_ack,                  Established>
>, ReceivesText<Established>, mp_list<
    on<"3.10.7.4 eighth",    Established, FinArrives,       fin_in_order,                         take_fin,                  CloseWait>,
    on<"3.10.7.4 eighth",    Established, FinArrives,       otherwise,                            acknowledge_gap,           Established>,
    on<"3.10.1",             Established, ActiveOpen,       otherwise,                            refuse_connected,          Established>,
    on<"3.10.2",             Established, SendCall,         otherwise,                            queue_text,                Established>,
    on<"linux.md 1.1",       Established, ShutdownCall,     otherwise,                            send_fin,                  FinWait1>,
    on<"RFC 2525 2.17",      Established, CloseCall,        unread_data,                          reset_on_close,            Closed>,
    on<"3.10.4",             Established, CloseCall,        otherwise,                            send_fin,                  FinWait1>
>, Retransmits<Established>>;

using CloseWaitRows = mp_append<ChecksBeforeAck<CloseWait>, WrongAck<CloseWait>, mp_list<
    on<"3.10.7.4 fifth",     CloseWait,   AckArrives,       otherwise,                            take_ack,                  CloseWait>
>, AfterFin<CloseWait>, mp_list<
    on<"3.10.1",             CloseWait,   ActiveOpen,       otherwise,                            refuse_connected,          CloseWait>,
    on<"3.10.2",             CloseWait,   SendCall,         otherwise,                            queue_text,                CloseWait>,
    on<"linux.md 1.1",       CloseWait,   ShutdownCall,     otherwise,                            send_fin,                  LastAck>,
    on<"RFC 2525 2.17",      CloseWait,   CloseCall,        unread_data,                          reset_on_close,            Closed>,
    on<"3.10.4",             CloseWait,   CloseCall,        otherwise,                            send_fin,                  LastAck>
>, Retransmits<CloseWait>>;
// clang-format on

}  // namespace synq::table
