// Every socket call in every state (tests/data/usercalls.csv), made on this machine's kernel and on
// the model: everything that can be seen must be equal.
#include "tests/catch.h"
#include "tests/csv.h"
#include "tests/kernel/known_gaps.h"
#include "tests/kernel/private_network.h"

#include <map>

namespace synq::test {
namespace {

/// ABORT is left out: close() with SO_LINGER is no call of a script.
Step call_of(const std::string& word, int socket) {
    static const std::map<std::string, CallKind> kCalls{
        {"OPEN(active)", CallKind::Connect}, {"OPEN(passive)", CallKind::Listen},
        {"ACCEPT", CallKind::Accept},        {"SEND", CallKind::Send},
        {"RECEIVE", CallKind::Recv},         {"CLOSE", CallKind::Close}};
    if (word.starts_with("SHUTDOWN")) {
        return shutdown(socket, word == "SHUTDOWN(WR)" ? ShutdownHow::Write : ShutdownHow::Read);
    }
    const CallKind kind = kCalls.at(word);
    return call(kind, socket, kind == CallKind::Send ? 1 : kind == CallKind::Recv ? 512 : 10);
}

Script script_of(const CsvRow& row) {
    const std::string& state = row.at("state");
    Script out = steps_to(state);
    if (state == "CLOSED") {
        out = {call(CallKind::Socket), call(CallKind::Bind)};
    }
    out.push_back(call_of(row.at("call"), socket_of(state)));
    return out;
}

}  // namespace

TEST_CASE("kernel and model answer every socket call in every state alike") {
    const auto rows = read_csv("usercalls.csv");
    std::size_t asked = 0;
    for (const CsvRow& row : rows) {
        asked += row.at("call") != "ABORT" ? 1U : 0U;
    }
    REQUIRE(asked == 112);
    for (const std::string& each : in_private_network([&](KernelLab& lab) {
             Findings out;
             for (const CsvRow& row : rows) {
                 if (row.at("call") == "ABORT") {
                     continue;
                 }
                 const Script script = script_of(row);
                 ModelSubject subject;
                 const Played model = play(subject, script);
                 const Played kernel = play_between_ticks(lab, script);
                 if (kernel.text != model.text) {
                     out.push_back(row.at("call") + " in " + row.at("state") + "\n" +
                                   difference(kernel.text, model.text));
                 }
             }
             return out;
         })) {
        FAIL_CHECK(each);
    }
}

}  // namespace synq::test
