// synq peer: reading lines. A line that is none changes nothing.
#include "tests/catch.h"
#include "tests/unit/dialogue.h"

#include <string_view>
#include <vector>

namespace synq {
namespace {

using test::Dialogue;

/// One mistake of each kind.
const std::vector<std::string>& malformed() {
    static const std::vector<std::string> kLines{
        "",
        "   ",
        "\r",
        "reset",
        "RESETS",
        "RESET 1",
        "STATE 1",
        "STATE STATE",
        "CALL",
        "CALL listen",
        "CALL LISTEN 1",
        "CALL BIND",
        "SEG",
        "SEG SYN 1 2",
        "SEG SYN 1 2 3 4",
        "SEG SYN 1 2 3 4 5 6 7",
        "SEG syn 1 2 3",
        "SEG SYN+SYN 1 2 3",
        "SEG SYN+ 1 2 3",
        "SEG +SYN 1 2 3",
        "SEG SYN,ACK 1 2 3",
        "SEG SYN+URG 1 2 3",
        "SEG SYN+NONE 1 2 3",
        "SEG SYN 4294967296 0 0",
        "SEG SYN -1 0 0",
        "SEG SYN +1 0 0",
        "SEG SYN 0x10 0 0",
        "SEG SYN 1.0 0 0",
        "SEG ACK 1 99999999999999999999 0",
        "SEG ACK 1 1 65496",
        "SEG ACK 1 1 -0",
        "TIME",
        "TIME -1",
        "TIME 1e3",
        "TIME .5",
        "TIME 5.",
        "TIME 1.0000000001",
        "TIME 1000000.000000001",
        "TIME 1000001",
        "TIME 1 s",
        "TIME nan",
        "SEG SYN 1 0 0 \x01",
        "CALL LISTEN\x80",
        std::string("CALL LISTEN\0", 12),
        std::string(257, 'A'),
        "CALL LISTEN" + std::string(250, ' '),
        "RESET\r\r",
    };
    return kLines;
}

std::string fed(const std::vector<std::string_view>& pieces) {
    Dialogue peer;
    std::string out;
    for (const std::string_view piece : pieces) {
        peer.session.feed(piece, out);
    }
    peer.session.finish(out);
    return out;
}

}  // namespace

TEST_CASE("peer: a malformed line is answered by one line with a reason") {
    Dialogue peer;
    for (const std::string& line : malformed()) {
        std::string answer;
        peer.session.answer(line, answer);
        INFO("'" << line << "' gives " << answer);
        CHECK(answer.starts_with("ERR "));
        CHECK(answer.find('\n') == answer.size() - 1);
        CHECK(answer.size() > 8);
    }
}

TEST_CASE("peer: a malformed line changes nothing") {
    const std::vector<std::string> script{"CALL LISTEN",
                                          "CALL ACCEPT",
                                          "SEG SYN 1000 0 0",
                                          "TIME 0.5",
                                          "SEG ACK 1001 S+1 0",
                                          "CALL SEND",
                                          "SEG PSH+ACK 1001 S+1 3",
                                          "CALL RCV",
                                          "TIME 0.3",
                                          "CALL RCV",
                                          "SEG FIN+ACK 1004 S+2 0",
                                          "CALL CLOSECONNECTION",
                                          "SEG ACK 1005 S+3 0",
                                          "CALL CLOSE",
                                          "TIME 70",
                                          "STATE"};
    Dialogue alone;
    Dialogue disturbed;
    for (const std::string& line : script) {
        for (const std::string& wrong : malformed()) {
            std::string answer;
            disturbed.session.answer(wrong, answer);
        }
        INFO(line);
        CHECK(disturbed.say(line) == alone.say(line));
    }
    CHECK(disturbed.transcript == alone.transcript);
    CHECK(alone.transcript.ends_with("STATE CLOSED\n"));
}

TEST_CASE("peer: reasons name what was expected") {
    Dialogue peer;
    CHECK(peer.say("HELLO") == "ERR commands are RESET, CALL, SEG, TIME, STATE");
    CHECK(peer.say("CALL BIND") ==
          "ERR CALL takes one of CONNECT, LISTEN, ACCEPT, RCV, SEND, CLOSE, CLOSECONNECTION");
    CHECK(peer.say("SEG SYN 1") == "ERR SEG takes FLAGS seq ack len");
    CHECK(peer.say("SEG SNY 1 0 0") ==
          "ERR FLAGS are SYN, ACK, FIN, RST, PSH joined by +, each once; or NONE");
    CHECK(peer.say("SEG SYN x 0 0") == "ERR seq is a whole number from 0 to 4294967295");
    CHECK(peer.say("SEG SYN 0 x 0") == "ERR ack is a whole number from 0 to 4294967295");
    CHECK(peer.say("SEG SYN 0 0 x") == "ERR len is a whole number from 0 to 65495");
    CHECK(peer.say("TIME x") ==
          "ERR TIME takes seconds from 0 to 1000000, with at most nine decimals");
}

TEST_CASE("peer: the clock has an end, which RESET moves away") {
    Dialogue peer;
    for (int i = 0; i < 1'000; ++i) {
        REQUIRE(peer.say("TIME 1000000") == "END");
    }
    CHECK(peer.say("TIME 0.000000001") == "ERR more than 1000000000 seconds since RESET");
    CHECK(peer.say("TIME 0") == "END");
    CHECK(peer.say("CALL CONNECT") == "OUT SYN S+0 0 0; END");
    peer.say("RESET");
    CHECK(peer.say("TIME 1") == "END");
}

TEST_CASE("peer: flags in any order, words between any blanks") {
    for (const char* const line :
         {"SEG FIN+ACK 1001 S+1 2", "SEG ACK+FIN 1001 S+1 2", "  SEG\tACK+FIN  01001 S+1\t2 "}) {
        Dialogue peer;
        test::open_passively(peer);
        CHECK(peer.say(line) == "END");
        CHECK(peer.say("TIME 1") == "OUT ACK S+1 1004 0; END");
    }
    for (const char* const flags : {"SYN", "ACK", "FIN", "RST", "PSH", "NONE",
                                    "PSH+RST+FIN+ACK+SYN", "SYN+ACK+FIN+RST+PSH"}) {
        Dialogue peer;
        CHECK(peer.say("SEG " + std::string(flags) + " 1 2 3").ends_with("END"));
    }
}

TEST_CASE("peer: equal lines have equal answers after every RESET") {
    const auto query = [](Dialogue& peer) {
        peer.transcript.clear();
        test::open_passively(peer);
        peer.say_all({"CALL SEND", "TIME 1.5", "SEG FIN+ACK 1001 S+2 0", "CALL CLOSECONNECTION"});
        return peer.transcript;
    };
    Dialogue peer;
    const std::string first = query(peer);
    peer.say_all({"TIME 100", "RESET", "CALL CONNECT", "TIME 0.1"});
    peer.say("RESET");
    CHECK(peer.state() == "STATE CLOSED");
    CHECK(query(peer) == first);
    Dialogue another;
    CHECK(query(another) == first);
}

TEST_CASE("peer: lines may arrive in pieces, end with CR LF, and end without either") {
    const std::string whole = "CALL LISTEN\r\nSEG SYN 7 0 0\nSTATE";
    const std::string expected = fed({whole});
    CHECK(expected.starts_with("END\nOUT SYN+ACK "));
    CHECK(expected.ends_with(" 8 0\nEND\nSTATE SYN-RECEIVED\n"));
    for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
        const std::string_view all = whole;
        CHECK(fed({all.substr(0, cut), all.substr(cut)}) == expected);
    }
    std::vector<std::string_view> octets;
    octets.reserve(whole.size());
    for (const char& octet : whole) {
        octets.emplace_back(&octet, 1);
    }
    CHECK(fed(octets) == expected);
    CHECK(fed({"STATE\n"}) == "STATE CLOSED\n");
    CHECK(fed({""}).empty());
}

TEST_CASE("peer: after an overlong line and after NULs the next line is read") {
    const std::string longest = "STATE" + std::string(251, ' ');
    CHECK(fed({longest, "\nSTATE\n"}) == "STATE CLOSED\nSTATE CLOSED\n");
    CHECK(fed({longest, "\r\nSTATE\n"}) == "STATE CLOSED\nSTATE CLOSED\n");
    CHECK(fed({longest, " \nSTATE\n"}) == "ERR longer than 256 octets\nSTATE CLOSED\n");
    CHECK(fed({longest, " \r\nSTATE\n"}) == "ERR longer than 256 octets\nSTATE CLOSED\n");
    const std::string endless(1'000'000, 'x');
    CHECK(fed({endless, endless, "\nSTATE\n"}) == "ERR longer than 256 octets\nSTATE CLOSED\n");
    CHECK(fed({endless}) == "ERR longer than 256 octets\n");
    const std::string nul("CALL\0LISTEN\nSTATE\n", 18);
    CHECK(fed({nul}) == "ERR an octet that is not printable ASCII\nSTATE CLOSED\n");
}

}  // namespace synq
