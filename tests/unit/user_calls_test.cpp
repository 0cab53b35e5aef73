// Socket calls in every state, as Linux 6.18 answered them (tests/data/usercalls.csv). Where a
// non-blocking kernel socket says EAGAIN or EINPROGRESS, the model's call blocks.
#include "tests/csv.h"
#include "tests/unit/prepared.h"

#include <map>

namespace synq {
namespace {

/// "EINPROGRESS", "ok", "ok 3", "EOF": the table's words for what a call gave.
std::string result_text(const std::string& call, const CallResult& result) {
    if (result.blocked) {
        return call == "OPEN(active)" ? "EINPROGRESS" : "EAGAIN";
    }
    if (result.error != Errno::None) {
        return std::string(name(result.error));
    }
    if (call == "RECEIVE" && result.value == 0) {
        return "EOF";
    }
    return call == "SEND" || call == "RECEIVE" ? "ok " + std::to_string(result.value) : "ok";
}

/// Where the connection stands in its sequence space before the call: relative SND.NXT, RCV.NXT.
std::map<std::string, std::string> positions(const Prepared& host) {
    std::map<std::string, std::string> out{{"newISS", "0"}};
    const State state = host.peer.state();
    if (state != State::Closed && state != State::HalfOpen && state != State::TimeWait) {
        const Connection& c = host.peer.connection();
        out["SND.NXT"] = std::to_string(c.snd.nxt - c.snd.iss);
        out["RCV.NXT"] = std::to_string(c.rcv.nxt - c.rcv.irs);
    }
    return out;
}

/// "PSH+ACK(SND.NXT;RCV.NXT;1)" as a Bench would print it: "PSH+ACK 1/4 len 1".
Lines expected(const std::string& emitted, const std::map<std::string, std::string>& where) {
    if (emitted == "-") {
        return {};
    }
    const std::size_t open = emitted.find('(');
    const auto parts = split(emitted.substr(open + 1, emitted.size() - open - 2), ';');
    std::string line = emitted.substr(0, open) + " " + where.at(parts[0]);
    line += parts[1] == "-" ? "" : "/" + where.at(parts[1]);
    return {parts[2] == "0" ? line : line + " len " + parts[2]};
}

}  // namespace

TEST_CASE("every socket call gives what Linux 6.18 gave in that state, and sends what it sent",
          "[OPEN-L][SEND-L][OPEN-NOTB]") {
    std::size_t asked = 0;
    for (const CsvRow& row : read_csv("usercalls.csv")) {
        ++asked;
        Prepared host(row.at("state"), linux_host(kHostA));
        INFO(row.at("call") << " in " << row.at("state"));
        const auto where = positions(host);
        const std::string& call = row.at("call");
        CHECK(result_text(call, host.call(call)) == row.at("result"));
        CHECK(host.peer.heard() == expected(row.at("emitted"), where));
        CHECK(host.state() == row.at("state_after"));
    }
    REQUIRE(asked == 126);
}

TEST_CASE("a FIN asked for in SYN-RECEIVED leaves with the handshake") {
    Prepared host("SYN-RECEIVED(active)", linux_host(kHostA));
    REQUIRE(host.bench.shutdown(0, host.socket, ShutdownHow::Write).error == Errno::None);
    REQUIRE(host.peer.heard().empty());
    host.peer.send(kAck, 1, 1);
    REQUIRE(host.peer.heard() == Lines{"FIN+ACK 1/1"});
    REQUIRE(host.peer.state() == State::FinWait1);
}

TEST_CASE("after close() in SYN-RECEIVED the FIN goes at once and the SYN-ACK is still repeated",
          "[CLOSE-SR]") {
    Prepared host("SYN-RECEIVED(active)", linux_host(kHostA));
    host.bench.close(0, host.socket);
    REQUIRE(host.peer.heard() == Lines{"FIN+ACK 1/1"});
    REQUIRE(host.peer.state() == State::FinWait1);
    host.bench.run_for(seconds(4));
    REQUIRE(host.peer.heard().front() == "SYN+ACK 0/1");
    host.peer.send(kAck, 1, 2);
    REQUIRE(host.peer.state() == State::FinWait2Orphan);
}

TEST_CASE("after a failed connect() the descriptor can be used again") {
    Prepared host("SYN-SENT", linux_host(kHostA));
    host.peer.send(kRst | kAck, 0, 1);
    SECTION("connect() tells the error once, the next one opens") {
        REQUIRE(host.bench.connect(0, host.socket, host.peer.self()).error == Errno::Econnrefused);
        host.peer.heard();
        REQUIRE(host.bench.connect(0, host.socket, host.peer.self()).blocked);
        REQUIRE(host.peer.heard() == Lines{"SYN 0"});
    }
    SECTION("recv() may tell it instead; then connect() says ECONNABORTED") {
        REQUIRE(host.bench.recv(0, host.socket).error == Errno::Econnrefused);
        REQUIRE(host.bench.connect(0, host.socket, host.peer.self()).error == Errno::Econnaborted);
    }
    REQUIRE(host.bench.count(0, Mib::AttemptFails) == 1);
}

TEST_CASE("shutdown(SHUT_RD) reads end of file and still takes data") {
    Prepared host("ESTABLISHED", linux_host(kHostA));
    REQUIRE(host.bench.shutdown(0, host.socket, ShutdownHow::Read).error == Errno::None);
    REQUIRE(host.bench.recv(0, host.socket).value == 0);
    host.peer.send(kPsh | kAck, 1, 1, {.len = 3});
    REQUIRE(host.peer.heard() == Lines{"ACK 1/4"});
    REQUIRE(host.bench.recv(0, host.socket).value == 3);
    REQUIRE(host.bench.recv(0, host.socket).value == 0);
}

}  // namespace synq
