// synq peer: what calls and segments do (docs/guide/peer.md).
#include "tests/catch.h"
#include "tests/unit/dialogue.h"
#include "tests/unit/golden.h"

namespace synq {
namespace {

using test::Dialogue;
using test::open_actively;
using test::open_passively;

}  // namespace

TEST_CASE("peer: a fresh socket is neither listening nor connected") {
    Dialogue peer;
    CHECK(peer.state() == "STATE CLOSED");
    CHECK(peer.say("SEG SYN 1000 0 0") == "OUT RST+ACK 0 1001 0; END");
    CHECK(peer.say("SEG ACK 1000 77 5") == "OUT RST 77 0 0; END");
    CHECK(peer.say("SEG RST 1000 0 0") == "END");
}

TEST_CASE("peer: a passive open, data both ways, and a close from either end") {
    Dialogue peer;
    CHECK(peer.say("CALL LISTEN") == "END");
    CHECK(peer.state() == "STATE LISTEN");
    CHECK(peer.say("SEG SYN 1000 0 0") == "OUT SYN+ACK S+0 1001 0; END");
    CHECK(peer.state() == "STATE SYN-RECEIVED");
    CHECK(peer.say("SEG ACK 1001 S+1 0") == "END");
    CHECK(peer.state() == "STATE ESTABLISHED");
    CHECK(peer.say("CALL ACCEPT") == "END");
    CHECK(peer.say("CALL SEND") == "OUT ACK+PSH S+1 1001 1; END");
    CHECK(peer.say("SEG ACK 1001 S+2 0") == "END");
    CHECK(peer.say("SEG PSH+ACK 1001 S+2 5") == "OUT ACK S+2 1006 0; END");
    CHECK(peer.session.host().host().sockets().back().recv_q == 5);
    CHECK(peer.say("CALL RCV") == "END");
    CHECK(peer.session.host().host().sockets().back().recv_q == 0);
    CHECK(peer.say("SEG FIN+ACK 1006 S+2 0") == "END");  // its ACK waits for the timer
    CHECK(peer.say("TIME 1") == "OUT ACK S+2 1007 0; END");
    CHECK(peer.state() == "STATE CLOSE-WAIT");
    CHECK(peer.say("CALL CLOSECONNECTION") == "OUT FIN+ACK S+2 1007 0; END");
    CHECK(peer.state() == "STATE LAST-ACK");
    CHECK(peer.say("SEG ACK 1007 S+3 0") == "END");
    CHECK(peer.state() == "STATE LISTEN");

    // Once more on the same listener, closed by the host first.
    open_passively(peer);
    CHECK(peer.say("CALL CLOSECONNECTION") == "OUT FIN+ACK S+1 1001 0; END");
    CHECK(peer.state() == "STATE FIN-WAIT-1");
    CHECK(peer.say("SEG ACK 1001 S+2 0") == "END");
    CHECK(peer.state() == "STATE FIN-WAIT-2");
    CHECK(peer.say("SEG FIN+ACK 1001 S+2 0") == "OUT ACK S+2 1002 0; END");
    CHECK(peer.state() == "STATE TIME-WAIT");
}

TEST_CASE("peer: an active open, and a refused one that may be tried again") {
    Dialogue peer;
    CHECK(peer.say("CALL CONNECT") == "OUT SYN S+0 0 0; END");
    CHECK(peer.state() == "STATE SYN-SENT");
    CHECK(peer.say("SEG RST+ACK 0 S+1 0") == "END");
    CHECK(peer.state() == "STATE CLOSED");
    CHECK(peer.say("CALL CONNECT") == "OUT SYN S+0 0 0; END");
    CHECK(peer.say("SEG SYN+ACK 1000 S+1 0") == "OUT ACK S+1 1001 0; END");
    CHECK(peer.state() == "STATE ESTABLISHED");
    CHECK(peer.say("CALL SEND") == "OUT ACK+PSH S+1 1001 1; END");
    CHECK(peer.say("CALL CLOSE") == "OUT FIN+ACK S+2 1001 0; END");
    CHECK(peer.state() == "STATE FIN-WAIT-1");
    CHECK(peer.say("SEG FIN+ACK 1001 S+2 0") == "OUT ACK S+3 1002 0; END");
    CHECK(peer.state() == "STATE CLOSING");
    CHECK(peer.say("SEG ACK 1002 S+3 0") == "END");
    CHECK(peer.state() == "STATE TIME-WAIT");
}

TEST_CASE("peer: a simultaneous open") {
    Dialogue peer;
    CHECK(peer.say("CALL CONNECT") == "OUT SYN S+0 0 0; END");
    CHECK(peer.say("SEG SYN 1000 0 0") == "OUT SYN+ACK S+0 1001 0; END");
    CHECK(peer.state() == "STATE SYN-RECEIVED");
    CHECK(peer.session.host().state() == State::SynReceived);
    CHECK(peer.say("SEG ACK 1001 S+1 0") == "END");
    CHECK(peer.state() == "STATE ESTABLISHED");
    CHECK(peer.say("CALL SEND") == "OUT ACK+PSH S+1 1001 1; END");
}

TEST_CASE("peer: the listener has backlog 1") {
    Dialogue peer;
    peer.say("CALL LISTEN");
    const Host& host = peer.session.host().host();
    REQUIRE(host.sockets().size() == 1);
    CHECK(host.sockets()[0].send_q == 1);
}

TEST_CASE("peer: a blocked accept returns when a handshake is complete") {
    Dialogue peer;
    peer.say_all({"CALL LISTEN", "CALL ACCEPT", "SEG SYN 1000 0 0"});
    CHECK(peer.say("CALL SEND") == "END");  // nothing accepted yet
    CHECK(peer.say("SEG ACK 1001 S+1 0") == "END");
    CHECK(peer.say("CALL SEND") == "OUT ACK+PSH S+1 1001 1; END");
}

TEST_CASE("peer: both closes cancel a blocked accept") {
    for (const char* const close : {"CALL CLOSECONNECTION", "CALL CLOSE"}) {
        Dialogue peer;
        peer.say_all({"CALL LISTEN", "CALL ACCEPT", "SEG SYN 1000 0 0"});
        CHECK(peer.say(close) == "END");
        const bool listens = std::string(close) != "CALL CLOSE";
        CHECK(peer.say("SEG ACK 1001 S+1 0") == (listens ? "END" : "OUT RST S+1 0 0; END"));
        CHECK(peer.say("CALL SEND") == "END");
        CHECK(peer.say("CALL ACCEPT") == "END");
        CHECK(peer.say("CALL SEND") == (listens ? "OUT ACK+PSH S+1 1001 1; END" : "END"));
    }
}

TEST_CASE("peer: close gives a blocked connect up") {
    Dialogue peer;
    peer.say("CALL CONNECT");
    CHECK(peer.say("CALL CLOSE") == "END");
    CHECK(peer.state() == "STATE CLOSED");
    CHECK(peer.say("SEG SYN+ACK 1000 S+1 0") == "OUT RST S+1 0 0; END");
    for (const char* const call : {"CALL CONNECT", "CALL LISTEN", "CALL ACCEPT", "CALL RCV",
                                   "CALL SEND", "CALL CLOSE", "CALL CLOSECONNECTION"}) {
        CHECK(peer.say(call) == "END");  // no descriptor any more
        CHECK(peer.state() == "STATE CLOSED");
    }
}

TEST_CASE("peer: closing the listener resets what nobody has accepted") {
    Dialogue peer;
    peer.say_all({"CALL LISTEN", "SEG SYN 1000 0 0", "SEG ACK 1001 S+1 0"});
    CHECK(peer.say("CALL CLOSE") == "OUT RST+ACK S+1 1001 0; END");
    CHECK(peer.state() == "STATE CLOSED");
}

TEST_CASE("peer: an accepted connection outlives its listener") {
    Dialogue peer;
    open_passively(peer);
    CHECK(peer.say("CALL CLOSE") == "END");
    CHECK(peer.state() == "STATE ESTABLISHED");
    CHECK(peer.say("CALL SEND") == "OUT ACK+PSH S+1 1001 1; END");
    CHECK(peer.say("CALL CLOSECONNECTION") == "OUT FIN+ACK S+2 1001 0; END");
}

TEST_CASE("peer: while a call is blocked calls that may wait are not made") {
    Dialogue peer;
    peer.say("CALL RCV");  // not connected: fails at once
    peer.say("CALL LISTEN");
    peer.say("CALL ACCEPT");
    CHECK(peer.say("CALL CONNECT") == "END");
    CHECK(peer.say("CALL RCV") == "END");
    CHECK(peer.state() == "STATE LISTEN");
    peer.say_all({"SEG SYN 1000 0 0", "SEG ACK 1001 S+1 0"});  // accept returns
    CHECK(peer.say("CALL RCV") == "END");                      // blocks
    CHECK(peer.say("CALL SEND") == "OUT ACK+PSH S+1 1001 1; END");
    CHECK(peer.say("CALL LISTEN") == "END");
    peer.say("SEG PSH+ACK 1001 S+2 5");  // and returns
    CHECK(peer.session.host().host().sockets().back().recv_q == 0);
    peer.say("SEG PSH+ACK 1006 S+2 5");
    CHECK(peer.session.host().host().sockets().back().recv_q == 5);
}

TEST_CASE("peer: a cancelled connect goes on by itself, and send waits for it") {
    Dialogue peer;
    peer.say("CALL CONNECT");
    CHECK(peer.say("CALL SEND") == "END");  // connect waits already
    CHECK(peer.say("CALL CLOSECONNECTION") == "END");
    CHECK(peer.state() == "STATE SYN-SENT");
    CHECK(peer.say("CALL SEND") == "END");
    CHECK(peer.say("SEG SYN+ACK 1000 S+1 0") == "OUT ACK S+1 1001 0; OUT ACK+PSH S+1 1001 1; END");
}

TEST_CASE("peer: one accepted connection at a time") {
    Dialogue peer;
    open_passively(peer);
    peer.say("SEG RST 1001 0 0");
    CHECK(peer.state() == "STATE LISTEN");
    // The descriptor of the connection that was reset is still open.
    peer.say_all({"CALL ACCEPT", "SEG SYN 2000 0 0", "SEG ACK 2001 S+1 0"});
    CHECK(peer.state() == "STATE ESTABLISHED");
    CHECK(peer.say("CALL SEND") == "END");
    CHECK(peer.say("CALL CLOSECONNECTION") == "END");
    CHECK(peer.state() == "STATE ESTABLISHED");
    CHECK(peer.say("CALL ACCEPT") == "END");
    CHECK(peer.say("CALL SEND") == "OUT ACK+PSH S+1 2001 1; END");
}

TEST_CASE("peer: no timer fires without TIME") {
    Dialogue peer;
    CHECK(peer.say("CALL CONNECT") == "OUT SYN S+0 0 0; END");
    CHECK(peer.say("TIME 0") == "END");
    CHECK(peer.say("TIME 0.999999999") == "END");
    CHECK(peer.say("TIME 0.000000001") == "OUT SYN S+0 0 0; END");
    CHECK(peer.say("TIME 2") == "OUT SYN S+0 0 0; OUT SYN S+0 0 0; END");
    CHECK(peer.say("SEG SYN+ACK 1000 S+1 0") == "OUT ACK S+1 1001 0; END");
    CHECK(peer.say("TIME 1000000") == "END");
    CHECK(peer.state() == "STATE ESTABLISHED");
}

TEST_CASE("peer: TIME-WAIT lasts sixty seconds") {
    Dialogue peer;
    open_actively(peer);
    peer.say_all({"CALL CLOSE", "SEG FIN+ACK 1001 S+2 0"});
    CHECK(peer.state() == "STATE TIME-WAIT");
    CHECK(peer.say("TIME 59.999999999") == "END");
    CHECK(peer.state() == "STATE TIME-WAIT");
    CHECK(peer.say("TIME 0.000000001") == "END");
    CHECK(peer.state() == "STATE CLOSED");
}

TEST_CASE("peer: connect fails when its SYNs have gone unanswered, and the socket is as new") {
    Dialogue peer;
    peer.say_all({"CALL CONNECT", "TIME 1000"});
    CHECK(peer.state() == "STATE CLOSED");
    CHECK(peer.say("CALL LISTEN") == "END");
    CHECK(peer.state() == "STATE LISTEN");
}

TEST_CASE("peer: numbers and lengths are those of the wire") {
    Dialogue peer;
    peer.say("CALL LISTEN");
    CHECK(peer.say("SEG SYN 4294967295 0 0") == "OUT SYN+ACK S+0 0 0; END");
    CHECK(peer.say("SEG ACK 0 S+1 0") == "END");
    peer.say("CALL ACCEPT");
    CHECK(peer.say("SEG NONE 0 0 5") == "END");
    CHECK(peer.say("SEG RST+ACK 5 S+1 0") == "OUT ACK S+1 0 0; END");
    CHECK(peer.say("SEG PSH+ACK 0 S+1 1460") == "OUT ACK S+1 1460 0; END");
}

TEST_CASE("peer: replies are not rate limited unless told so") {
    const Profile& linux618 = *find_profile("linux-6.18");
    CHECK(linux618.sysctl.invalid_ratelimit_ms == 500);
    for (const bool limited : {false, true}) {
        Dialogue peer(limited ? linux618.sysctl : peer_sysctls(linux618));
        open_passively(peer);
        CHECK(peer.say("SEG ACK 2 S+1 0") == "OUT ACK S+1 1001 0; END");
        CHECK(peer.say("SEG ACK 2 S+1 0") == (limited ? "END" : "OUT ACK S+1 1001 0; END"));
    }
}

TEST_CASE("peer: a long session is answered as it was") {
    Dialogue peer;
    open_passively(peer);
    peer.say_all({"CALL SEND",
                  "TIME 0.5",
                  "SEG PSH+ACK 1001 S+1 7",
                  "CALL RCV",
                  "TIME 2",
                  "SEG ACK 1008 S+2 0",
                  "SEG SYN 1008 0 0",
                  "SEG RST 1009 0 0",
                  "STATE",
                  "SEG FIN+ACK 1008 S+2 3",
                  "CALL CLOSE",
                  "CALL CLOSECONNECTION",
                  "TIME 1",
                  "SEG ACK 1012 S+3 0",
                  "STATE",
                  "RESET",
                  "CALL CONNECT",
                  "SEG ACK 5 6 0",
                  "SEG SYN 1000 0 0",
                  "TIME 3",
                  "SEG ACK 1001 S+1 0",
                  "SEG ACK+PSH 1001 S+1 4",
                  "TIME 0.2",
                  "CALL CLOSE",
                  "STATE",
                  "SEG ACK 1005 S+1 0",
                  "nonsense"});
    CHECK(test::golden("peer.txt", peer.transcript) == peer.transcript);
}

}  // namespace synq
