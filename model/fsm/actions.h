// Actions: what a transition does. They touch the step's record, the counters and the outbox, and
// never the machine. A segment's later checks are skipped once an action sets `done`.
#pragma once

#include "model/fsm/step.h"

#include <string_view>

namespace synq::action {

// NOLINTBEGIN(readability-identifier-naming): tables read these types as words.

#define SYNQ_ACTION(identifier, text)                  \
    struct identifier {                                \
        static constexpr std::string_view name = text; \
        static void run(Step& step);                   \
    }

/// The segment passes this check.
struct proceed {
    static constexpr std::string_view name = "-";
    static void run(Step& /*step*/) {}
};

// Nothing there (3.10.7.1) and refused calls.
SYNQ_ACTION(discard_without_socket, "drop");
SYNQ_ACTION(reset_unknown, "send RST");
SYNQ_ACTION(refuse_not_connected, "ENOTCONN");
SYNQ_ACTION(refuse_broken_pipe, "EPIPE");
SYNQ_ACTION(refuse_already, "EALREADY");
SYNQ_ACTION(refuse_connected, "EISCONN");

// Listener.
SYNQ_ACTION(start_listening, "set backlog");
SYNQ_ACTION(change_backlog, "set backlog; queued connections stay");
SYNQ_ACTION(stop_listening, "reset queued connections");
SYNQ_ACTION(discard_reset, "drop");
SYNQ_ACTION(discard_not_a_syn, "drop");
SYNQ_ACTION(drop_request_queue_full, "drop; TCPReqQFullDrop, ListenDrops");
SYNQ_ACTION(drop_accept_queue_full, "drop; ListenOverflows, ListenDrops");
SYNQ_ACTION(reset_syn_of_full_queue, "send RST; ListenOverflows, ListenDrops");
SYNQ_ACTION(replace_oldest_request, "remove the oldest request, create one for this SYN");
SYNQ_ACTION(drop_reserved, "drop; ListenDrops");
SYNQ_ACTION(send_cookie, "send SYN,ACK with a cookie, keep nothing");
SYNQ_ACTION(open_request, "create request, send SYN,ACK, start request timer");
SYNQ_ACTION(open_request_past_fast_open,
            "create request, send SYN,ACK, start request timer; TCPFastOpenListenOverflow");
SYNQ_ACTION(open_request_refusing_cookie,
            "create request, send SYN,ACK with the right cookie, start request timer; "
            "TCPFastOpenPassiveFail");
SYNQ_ACTION(open_request_giving_cookie,
            "create request, send SYN,ACK with a cookie, start request timer");
SYNQ_ACTION(open_fast,
            "create connection with the SYN's text, send SYN,ACK for all of it, queue it");
SYNQ_ACTION(drop_cookie_ack, "drop; SyncookiesRecv, ListenOverflows, ListenDrops");
SYNQ_ACTION(accept_cookie, "create connection from the cookie, queue it");
SYNQ_ACTION(reset_refused_cookie, "send RST; SyncookiesRecv");
SYNQ_ACTION(reset_bad_cookie, "send RST; SyncookiesFailed");

// Half-open request.
SYNQ_ACTION(repeat_syn_ack, "send SYN,ACK again (limited), restart request timer");
SYNQ_ACTION(remove_reset_request, "remove request; EmbryonicRsts, AttemptFails");
SYNQ_ACTION(challenge_request, "send challenge ACK");
SYNQ_ACTION(discard_bad_reset, "drop");
SYNQ_ACTION(reset_bad_ack, "send RST, keep request");
SYNQ_ACTION(discard_older_reset, "drop; PAWSEstab");
SYNQ_ACTION(discard_wrong_echo, "drop; TSEcrRejected");
SYNQ_ACTION(acknowledge_older, "send ACK (limited without text or FIN); PAWSEstab");
SYNQ_ACTION(acknowledge_wrong_echo, "send ACK (limited without text or FIN); TSEcrRejected");
SYNQ_ACTION(return_to_listen, "remove request");
SYNQ_ACTION(remove_unreachable_request, "remove request; ListenDrops");
SYNQ_ACTION(acknowledge_outside, "send ACK (limited without text or FIN)");
SYNQ_ACTION(reset_request_on_syn, "send RST, remove request");
SYNQ_ACTION(discard_no_ack, "drop");
SYNQ_ACTION(drop_second_cookie, "drop: the request stays; SyncookiesRecv");
SYNQ_ACTION(wait_for_data, "keep request, drop; TCPDeferAcceptDrop");
SYNQ_ACTION(hold_request, "keep request, drop segment with its data; ListenOverflows, ListenDrops");
SYNQ_ACTION(abort_request, "send RST, remove request; ListenOverflows, ListenDrops");
SYNQ_ACTION(complete_request, "create connection, queue it; the segment goes on in it");
SYNQ_ACTION(resend_syn_ack, "resend SYN,ACK, double the interval");
SYNQ_ACTION(let_request_wait, "double the interval, send nothing");
SYNQ_ACTION(expire_request, "remove request silently");

// Child of a Fast Open.
SYNQ_ACTION(repeat_fast_open_syn_ack, "send SYN,ACK again (limited)");
SYNQ_ACTION(reset_fast_open,
            "signal ECONNRESET; once accepted, its place stays taken for 60 s; AttemptFails");
SYNQ_ACTION(refuse_fast_open_syn, "send RST; AttemptFails");
SYNQ_ACTION(complete_fast_open, "advance SND.UNA, stop repeating the SYN,ACK");
SYNQ_ACTION(resend_fast_open_syn_ack, "resend SYN,ACK, double the interval");
SYNQ_ACTION(give_up_fast_open, "signal ETIMEDOUT, or what ICMP said");

// Opening.
SYNQ_ACTION(begin_active_open, "choose ISS, send SYN");
SYNQ_ACTION(refuse_connection, "signal ECONNREFUSED");
SYNQ_ACTION(try_again_later, "SYN timeout after a pause");
SYNQ_ACTION(complete_active_open, "signal connected, send ACK");
SYNQ_ACTION(begin_simultaneous_open, "send SYN,ACK");
SYNQ_ACTION(abandon_open, "-");
SYNQ_ACTION(abort_silently, "TCPAbortOnData");
SYNQ_ACTION(hasten_syn, "send RST unless RST set; SYN timeout after two ticks");
SYNQ_ACTION(discard_bad_echo, "drop; PAWSActive");
SYNQ_ACTION(reset_bad_echo, "send RST; PAWSActive");
SYNQ_ACTION(abort_open, "SO_ERROR = ECONNRESET");
SYNQ_ACTION(resend_syn, "resend SYN; interval doubles after the linear phase");
SYNQ_ACTION(resend_full_syn_ack, "resend SYN,ACK, double the interval");
SYNQ_ACTION(give_up_open, "signal ETIMEDOUT");
SYNQ_ACTION(complete_simultaneous_open, "signal connected");

// Synchronized states.
SYNQ_ACTION(discard_unacceptable, "drop");
SYNQ_ACTION(discard_old_ack, "drop; PAWSOldAck");
SYNQ_ACTION(acknowledge_old_timestamp, "send ACK (limited without text or FIN); PAWSEstab");
SYNQ_ACTION(discard_bad_ack, "drop");
SYNQ_ACTION(acknowledge_unacceptable, "send ACK (limited without text or FIN)");
SYNQ_ACTION(challenge, "send challenge ACK (limited)");
SYNQ_ACTION(challenge_syn, "send challenge ACK (limited); TCPSYNChallenge");
SYNQ_ACTION(reset_connection, "signal ECONNRESET (EPIPE in CLOSE-WAIT)");
SYNQ_ACTION(reset_on_syn, "send RST, signal ECONNRESET (EPIPE in CLOSE-WAIT)");
SYNQ_ACTION(take_ack, "advance SND.UNA, update window, send what now fits");
SYNQ_ACTION(challenge_ack_number, "send challenge ACK (limited)");
SYNQ_ACTION(take_text, "deliver text, owe ACK");
SYNQ_ACTION(acknowledge_duplicate, "send ACK");
SYNQ_ACTION(acknowledge_beyond, "drop, send ACK");
SYNQ_ACTION(hold_text, "keep text until the gap closes, send ACK");
SYNQ_ACTION(hold_fin, "keep FIN until the gap closes, send ACK");
SYNQ_ACTION(abort_on_data, "send RST; TCPAbortOnData");
SYNQ_ACTION(discard_after_fin, "drop");
SYNQ_ACTION(take_old_text, "note its arrival; the FIN behind it is new");
SYNQ_ACTION(take_fin, "signal end of file, owe ACK");
SYNQ_ACTION(queue_text, "queue, send what fits");
SYNQ_ACTION(queue_text_for_later, "queue until ESTABLISHED");
SYNQ_ACTION(queue_fin_for_later, "queue FIN until ESTABLISHED");
SYNQ_ACTION(resend_head, "resend oldest segment, double the timeout");
SYNQ_ACTION(await_timeout, "wait for what is left of the timeout");
SYNQ_ACTION(send_probe, "resend newest segment (tail-loss probe), start timeout");
SYNQ_ACTION(probe_window, "send what fits, else ACK with SEG.SEQ = SND.UNA-1; TCPWinProbe");
SYNQ_ACTION(give_up_window, "signal ETIMEDOUT, or what ICMP said");
SYNQ_ACTION(give_up, "signal ETIMEDOUT, or what ICMP said");
SYNQ_ACTION(wait_for_silence, "wait until the interval is over");
SYNQ_ACTION(send_keepalive, "send ACK with SEG.SEQ = SND.UNA-1; TCPKeepAlive");
SYNQ_ACTION(give_up_silent_peer, "send RST, signal ETIMEDOUT");

// ICMP.
SYNQ_ACTION(discard_stale_icmp, "drop; OutOfWindowIcmps");
SYNQ_ACTION(ignore_icmp, "-");
SYNQ_ACTION(narrow_path, "remember the MTU; the next SYN offers what fits");
SYNQ_ACTION(end_by_icmp, "signal the ICMP message's error");
SYNQ_ACTION(report_icmp,
            "signal the error, stay; host or network unreachable takes one back-off back");
SYNQ_ACTION(remember_icmp,
            "remember the error; host or network unreachable takes one back-off back");

// Closing.
SYNQ_ACTION(send_fin, "send FIN behind queued text");
SYNQ_ACTION(close_again, "-");
SYNQ_ACTION(reset_on_close, "send RST; TCPAbortOnClose");
SYNQ_ACTION(refuse_orphan, "send FIN behind queued text, then RST; TCPAbortOnMemory");
SYNQ_ACTION(drop_orphan,
            "send RST (not when long silent and given up, window open); TCPAbortOnMemory");
SYNQ_ACTION(drop_orphan_at_timeout,
            "send RST (not when long silent and given up, window open); TCPAbortOnMemory");
SYNQ_ACTION(acknowledge_our_fin, "advance SND.UNA");
SYNQ_ACTION(leave_fin_wait_2, "advance SND.UNA, keep a light record");
SYNQ_ACTION(orphan_fin_wait_2, "keep a light record for tcp_fin_timeout");
SYNQ_ACTION(enter_time_wait, "keep a light record for 60 s");
SYNQ_ACTION(acknowledge_and_enter_time_wait, "send ACK, keep a light record for 60 s");
SYNQ_ACTION(finish, "-");
SYNQ_ACTION(abort_connection, "send RST; TCPAbortOnData");
SYNQ_ACTION(disconnect, "send RST; SO_ERROR = ECONNRESET");
SYNQ_ACTION(abort_on_linger, "send RST; TCPAbortOnData");
SYNQ_ACTION(reset_without_linger, "send RST of our own number; TCPAbortOnLinger");
SYNQ_ACTION(start_fin_wait_2, "advance SND.UNA, start the FIN-WAIT-2 timer");
SYNQ_ACTION(time_fin_wait_2, "start the FIN-WAIT-2 timer for tcp_fin_timeout - TIME-WAIT");
SYNQ_ACTION(spend_rest_of_fin_wait_2, "keep a light record for tcp_fin_timeout - TIME-WAIT");
SYNQ_ACTION(reset_fin_wait_2, "send RST");
SYNQ_ACTION(finish_without_time_wait, "advance SND.UNA; TCPTimeWaitOverflow");
SYNQ_ACTION(acknowledge_and_finish, "send ACK; TCPTimeWaitOverflow");

// Light records.
SYNQ_ACTION(restart_time_wait, "restart timer");
SYNQ_ACTION(take_over, "remove record; ISS = SND.NXT + 65537");
SYNQ_ACTION(refuse_address, "EADDRNOTAVAIL");
SYNQ_ACTION(kill_time_wait, "remove record");
SYNQ_ACTION(discard_old_reset, "drop; PAWSTimewait");
SYNQ_ACTION(discard_in_time_wait, "drop");
SYNQ_ACTION(reuse_time_wait, "remove record, SYN to the listener, ISS = SND.NXT + 65537");
SYNQ_ACTION(acknowledge_in_time_wait,
            "send ACK (limited without text or FIN); restart timer if ACK set");
SYNQ_ACTION(acknowledge_old_in_time_wait,
            "send ACK (limited without text or FIN), restart timer; PAWSTimewait");
SYNQ_ACTION(acknowledge_and_restart, "send ACK, restart timer");
SYNQ_ACTION(acknowledge_light, "send ACK (limited without text or FIN)");
SYNQ_ACTION(reset_and_kill, "send RST, remove record");
SYNQ_ACTION(take_fin_light, "send ACK, start 60 s");
SYNQ_ACTION(ignore_nothing_new, "-");
SYNQ_ACTION(expire_time_wait, "remove record");

#undef SYNQ_ACTION

// NOLINTEND(readability-identifier-naming)

}  // namespace synq::action
