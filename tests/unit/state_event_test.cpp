// Every pair of a state and a segment: what Linux 6.18 answered and where it went
// (tests/data/state_event_linux618.csv), and what RFC 9293 with RFC 5961 asks for
// (tests/data/state_event_rfc9293.csv). Probes carry no options; replies are not rate limited.
#include "tests/unit/transitions.h"

#include <string>

namespace synq {
namespace {

/// The table's LAST-ACK was reached by close().
std::string prepared_state(const CsvRow& row) {
    return row.at("state") == "LAST-ACK" ? "LAST-ACK(close)" : row.at("state");
}

/// nullptr where no descriptor refers to a connection.
const Connection* connection_of(const Prepared& host) {
    return host.socket.valid() ? host.bench.hosts[0].connection_of(host.socket) : nullptr;
}

/// What the application learns, in the table's words.
std::string seen(const Connection& conn) {
    switch (conn.error) {
        case Errno::Econnrefused:
            return "connection refused";
        case Errno::Econnreset:
            return "connection reset";
        default:
            return conn.rcv.unread != 0 ? "data" : "";
    }
}

/// Sends the row's probe and compares what the host sent and where it went.
std::size_t ask(Prepared& host, const CsvRow& row) {
    const Numbers before = numbers(host);
    const Segment seg = probe_of(row, before);
    const std::size_t already = host.bench.sent.size();
    host.bench.inject(0, {host.peer.self(), {kHostA, kPort}, seg});
    host.bench.run_for(milliseconds(100));
    const Seq iss = first_seq(host.bench, already);
    CHECK(emitted(host.bench, already) == expected_text(row.at("emitted"), before, seg, iss));
    CHECK(host.state() == row.at("next"));
    return 1;
}

}  // namespace

TEST_CASE("every state answers every kind of segment as Linux 6.18 did") {
    std::size_t rows = 0;
    for (const CsvRow& row : read_csv("state_event_linux618.csv")) {
        INFO(row.at("state") << " " << row.at("flags") << " seq " << row.at("seq") << " ack "
                             << row.at("ack") << " " << row.at("deviation"));
        Prepared host(prepared_state(row), Prepared::config("linux-6.18"));
        rows += ask(host, row);
        const Connection* conn = connection_of(host);
        CHECK((conn == nullptr ? "" : name(conn->error)) == row.at("so_error"));
    }
    REQUIRE(rows == 1794);
}

TEST_CASE("with profile rfc9293 every state answers every kind of segment as the RFC asks") {
    std::size_t rows = 0;
    for (const CsvRow& row : read_csv("state_event_rfc9293.csv")) {
        INFO(row.at("state") << " " << row.at("flags") << " seq " << row.at("seq") << " ack "
                             << row.at("ack") << ": " << row.at("rule"));
        Prepared host(prepared_state(row), Prepared::config("rfc9293"));
        rows += ask(host, row);
        const std::string& app = row.at("app");
        const Connection* conn = connection_of(host);
        if (conn != nullptr && (app == "data" || app.starts_with("connection re"))) {
            CHECK_FALSE(seen(*conn).empty());
            CHECK(app.starts_with(seen(*conn)));  // "connection refused/reset": either
        }
    }
    REQUIRE(rows == 1794);
}

}  // namespace synq
