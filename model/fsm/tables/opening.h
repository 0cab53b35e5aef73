// CLOSED, SYN-SENT and the SYN-RECEIVED of a simultaneous open (RFC 9293 3.10.1, 3.10.7.3).
#pragma once

#include "model/fsm/tables/fast_open.h"
#include "model/fsm/tables/synchronized.h"
#include "model/fsm/tables/vocabulary.h"

namespace synq::table {

// clang-format off
using ClosedRows = mp_list<
    //  section              state        event                  guard                     action                     next
    on<"3.10.1",             Closed,      ActiveOpen,            otherwise,                begin_active_open,         SynSent>,
    on<"3.10.2",             Closed,      SendCall,              otherwise,                refuse_broken_pipe,        Closed>,
    on<"linux.md 1.1",       Closed,      ShutdownCall,          otherwise,                refuse_not_connected,      Closed>,
    on<"3.10.4",             Closed,      CloseCall,             otherwise,                close_again,               Closed>,
    on<"3.10.5",             Closed,      AbortCall,             otherwise,                close_again,               Closed>,
    on<"linux.md 1.1",       Closed,      DisconnectCall,        otherwise,                close_again,               Closed>
>;

/// ICMP errors about an attempt end it, or are remembered; so is the MTU of a narrow path.
template <State S>
using IcmpOnOpening = mp_list<
    on<"linux.md 3",         S,           IcmpArrives,           icmp_number_stale,        discard_stale_icmp,        S>,
    on<"RFC 1191 6.3",       S,           IcmpArrives,           icmp_narrows_path,        narrow_path,               S>,
    on<"linux.md 3",         S,           IcmpArrives,           icmp_ignored,             ignore_icmp,               S>,
    on<"linux.md 3",         S,           IcmpArrives,           icmp_ends_open,           end_by_icmp,               Closed>,
    on<"3.9.2.2",            S,           IcmpArrives,           icmp_hard,                end_by_icmp,               Closed>,
    on<"3.9.2.2",            S,           IcmpArrives,           otherwise,                remember_icmp,             S>
>;

/// ACK (SS-ACKRANGE, RG-2, LX-FASTSYN, 7323-SS), RST (RP-SS), SYN (MUST-10, R1122-4.2.2.10), others
/// (SS-DROP); calls (OPEN-NOTB, CLOSE-SS, ABORT-SS).
using SynSentRows = mp_append<mp_list<
    on<"3.10.1",             SynSent,     ActiveOpen,            otherwise,                refuse_already,            SynSent>,
    on<"3.10.2",             SynSent,     SendCall,              otherwise,                queue_text_for_later,      SynSent>,
    on<"linux.md 1.1",       SynSent,     ShutdownCall,          otherwise,                abort_open,                Closed>,
    on<"3.10.4",             SynSent,     CloseCall,             otherwise,                abandon_open,              Closed>,
    on<"3.10.5",             SynSent,     AbortCall,             otherwise,                abort_silently,            Closed>,
    on<"linux.md 1.1",       SynSent,     DisconnectCall,        otherwise,                abort_open,                Closed>,

    on<"linux.md 3",         SynSent,     AckArrives,            bad_first_ack,            hasten_syn,                SynSent>,
    on<"3.10.7.3 first",     SynSent,     AckArrives,            both<ack_unacceptable_for_syn, has_rst>, discard_bad_reset, SynSent>,
    on<"3.10.7.3 first",     SynSent,     AckArrives,            ack_unacceptable_for_syn, reset_bad_ack,             SynSent>,
    on<"RFC 7323 3.2",       SynSent,     AckArrives,            both<echo_not_of_syn, has_rst>, discard_bad_echo,    SynSent>,
    on<"RFC 7323 3.2",       SynSent,     AckArrives,            echo_not_of_syn,          reset_bad_echo,            SynSent>,
    on<"3.10.7.3 first",     SynSent,     AckArrives,            otherwise,                proceed,                   SynSent>,
    on<"linux.md 2.10",      SynSent,     RstArrives,            both<refusal_is_not_final, refused_syn_has_tries_left>, try_again_later, SynSent>,
    on<"3.10.7.3 second",    SynSent,     RstArrives,            has_ack,                  refuse_connection,         Closed>,
    on<"3.10.7.3 second",    SynSent,     RstArrives,            otherwise,                discard_bad_reset,         SynSent>,
    on<"3.10.7.3 fourth",    SynSent,     SynArrives,            has_ack,                  complete_active_open,      Established>,
    on<"3.10.7.3 fourth",    SynSent,     SynArrives,            otherwise,                begin_simultaneous_open,   SynReceived>,
    on<"3.10.7.3 fifth",     SynSent,     OtherArrives,          otherwise,                discard_not_a_syn,         SynSent>,

    on<"3.8.3",              SynSent,     RetransmissionTimeout, syn_retries_used_up,      give_up_open,              Closed>,
    on<"RFC 6298 5.4-5.6",   SynSent,     RetransmissionTimeout, otherwise,                resend_syn,                SynSent>,
    on<"linux.md 6",         SynSent,     KeepaliveTimeout,      otherwise,                close_again,               SynSent>
>, IcmpOnOpening<SynSent>>;

/// Of an active open, or a child whose listener got a SYN,ACK (MUST-11): ACK (SR-ACK, SR-BADACK, A.2), RST (RP-SRA), close() (CLOSE-SR).
using SynReceivedRows = mp_append<FastOpenRows, mp_list<
    on<"3.10.1",             SynReceived, ActiveOpen,            otherwise,                refuse_already,            SynReceived>,
    on<"3.10.2",             SynReceived, SendCall,              otherwise,                queue_text_for_later,      SynReceived>,
    on<"linux.md 1.1",       SynReceived, ShutdownCall,          otherwise,                queue_fin_for_later,       SynReceived>,
    on<"linux.md 5.3",       SynReceived, CloseCall,             too_many_orphans,         refuse_orphan,             Closed>,
    on<"3.10.4",             SynReceived, CloseCall,             otherwise,                send_fin,                  FinWait1>,

    on<"3.5 figure 7",       SynReceived, SynArrives,            both<lenient_simultaneous_open, crossing_syn_ack>, proceed, SynReceived>,
    on<"3.10.7.4 fifth",     SynReceived, AckArrives,            ack_not_of_our_syn,       reset_bad_ack,             SynReceived>,
    on<"3.10.7.4 fifth",     SynReceived, AckArrives,            both<without<lenient_simultaneous_open>, ack_of_nothing_new>, reset_bad_ack, SynReceived>,
    on<"3.10.4",             SynReceived, AckArrives,            fin_queued_for_later,     complete_simultaneous_open, FinWait1>,
    on<"3.10.7.4 fifth",     SynReceived, AckArrives,            otherwise,                complete_simultaneous_open, Established>,

    on<"3.8.3",              SynReceived, RetransmissionTimeout, syn_retries_used_up,      give_up_open,              Closed>,
    on<"RFC 6298 5.4-5.6",   SynReceived, RetransmissionTimeout, otherwise,                resend_full_syn_ack,       SynReceived>
>, IcmpOnOpening<SynReceived>, ChecksBeforeAck<SynReceived>, Aborts<SynReceived>, Disconnects<SynReceived>, Keepalive<SynReceived>>;
// clang-format on

}  // namespace synq::table
