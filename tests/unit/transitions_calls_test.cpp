// tests/data/transitions.csv, rows of socket calls: what RFC 9293 asks of a user call, and what
// Linux 6.18 made of it. STATUS is what a host shows of its sockets.
#include "tests/unit/transitions.h"

#include <set>

namespace synq {
namespace {

/// The measured tables' state in which a row begins.
std::string prepared_state(const CsvRow& row, const std::string& what) {
    std::string state = row.at("state");
    if (what.starts_with("LISTEN+")) {
        state = what.substr(0, what.find(':'));
    } else if (state == "SYN-RECEIVED") {
        state += "(active)";  // nobody has a descriptor of a half-open request
    }
    if (row.at("event") == "CLOSE (half-duplex)" || row.at("guard") == "data buffered") {
        state += "+unread data";
    }
    return state;
}

/// What Linux's errno or the model's blocking is in the table's words.
std::string result_text(const std::string& call, const CallResult& result, bool linux_words) {
    const bool opens = call.starts_with("OPEN");
    if (result.blocked) {
        return !linux_words ? (opens ? "ok" : "queued") : (opens ? "EINPROGRESS" : "EAGAIN");
    }
    if (result.error != Errno::None) {
        return linux_words ? std::string(name(result.error)) : "error";
    }
    if (call == "RECEIVE") {
        return result.value == 0 ? "EOF" : "data";
    }
    return call == "SEND" && linux_words ? "ok " + std::to_string(result.value) : "ok";
}

std::string status(const Prepared& host) {
    for (const SocketView& view : host.bench.hosts[0].sockets()) {
        if (view.remote == host.peer.self() ||
            (view.state == State::Listen && host.state() == "LISTEN")) {
            return std::string(rfc_name(view.state));
        }
    }
    return "error";
}

/// The host's answer as the table writes it: "ok; emits -; -> CLOSED".
void ask(const CsvRow& row, const std::string& column, const std::string& profile) {
    for (std::string answer : split_at(row.at(column), " / ")) {
        INFO(row.at("id") << " " << profile << ": " << answer);
        Prepared host(prepared_state(row, answer), Prepared::config(profile));
        if (answer.starts_with("LISTEN+")) {
            answer = answer.substr(answer.find(": ") + 2);
        }
        const std::string& call = row.at("event");
        const Numbers before = numbers(host);
        const std::size_t already = host.bench.sent.size();
        const std::string result =
            call == "STATUS" ? status(host) : result_text(call, host.call(call), column == "linux");
        std::string state = host.state();
        if (call == "OPEN(passive)" && host.bench.in_state(0, State::Listen) != 0) {
            state = "LISTEN";
        }
        const Seq iss = first_seq(host.bench, already);
        std::string got = result;
        got += "; emits " + emitted(host.bench, already);
        got += "; -> " + state;
        CHECK(got == expected_text(expected_text(answer, before, {}, iss), before, {}, iss));
    }
}

}  // namespace

TEST_CASE("transitions: every socket call does what RFC 9293 asks and what Linux 6.18 did",
          "[OPEN-NOTB][OPEN-L][SEND-L][CLOSE-L][CLOSE-SS][CLOSE-FW][CLOSE-CW][ABORT]"
          "[ABORT-LATE][ABORT-SS][R1122-4.2.2.13][RST-TW]") {
    std::size_t asked_rfc = 0;
    std::size_t asked_linux = 0;
    for (const CsvRow& row : transitions("call")) {
        if (!row.at("rfc9293").empty()) {
            ask(row, "rfc9293", "rfc9293");
            ++asked_rfc;
        }
        if (!row.at("linux").empty()) {
            ask(row, "linux", "linux-6.18");
            ++asked_linux;
        }
        INFO(row.at("id"));
        CHECK((!row.at("rfc9293").empty() || !row.at("linux").empty()));
        CHECK((!row.at("rfc9293").empty() || !row.at("rfc_left_out").empty() ||
               row.at("section") == "POSIX"));
    }
    REQUIRE(asked_rfc == 68);
    REQUIRE(asked_linux == 65);
}

TEST_CASE("transitions: 245 rows, each executed in one way or left out for a reason") {
    std::set<std::string> ids;
    for (const CsvRow& row : read_csv("transitions.csv")) {
        ids.insert(row.at("id"));
        INFO(row.at("id"));
        CHECK(row.at("how").empty() != row.at("left_out").empty());
    }
    REQUIRE(ids.size() == 245);
    REQUIRE(*ids.begin() == "T001");
    REQUIRE(*ids.rbegin() == "T245");
    const std::size_t executed =
        transitions("call").size() + transitions("probe").size() + transitions("case").size();
    REQUIRE(executed + transitions("").size() == 245);
    REQUIRE(transitions("").size() == 14);
}

}  // namespace synq
