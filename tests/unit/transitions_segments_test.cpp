// tests/data/transitions.csv, rows of segments. A row speaks of many probes of the state-event
// table: each one's answer must be among the row's, and as often as the row says.
#include "tests/unit/transitions.h"

#include <algorithm>

namespace synq {
namespace {

constexpr std::uint32_t kDataOctets = 5;

/// One word of a row's column `probes`: "+RST" has it, "-RST" has not, "=SYN|ACK" exactly one of
/// these, "seq=exact|in-window", "ack=nxt", "of=close".
bool fits(const std::string& word, const CsvRow& probe) {
    const auto among = [](const std::string& list, const std::string& wanted) {
        const auto words = split(list, '|');
        return std::find(words.begin(), words.end(), wanted) != words.end();
    };
    const auto flags = split(probe.at("flags"), '+');
    const bool has = std::find(flags.begin(), flags.end(), word.substr(1)) != flags.end();
    switch (word.front()) {
        case '+':
            return has;
        case '-':
            return !has;
        case '=':
            return among(word.substr(1), probe.at("flags"));
        case 'o':
            return probe.at("state").ends_with("(" + word.substr(3) + ")");
        default:
            return among(word.substr(4), probe.at(word.substr(0, 3)));
    }
}

bool selected(const CsvRow& row, const CsvRow& probe) {
    const std::string& state = row.at("state");
    if (probe.at("state") != state && !probe.at("state").starts_with(state + "(")) {
        return false;
    }
    const auto words = split(row.at("probes"), ' ');
    return std::all_of(words.begin(), words.end(),
                       [&](const std::string& word) { return fits(word, probe); });
}

/// "RST(SEG.ACK;-;0) -> SYN-RECEIVED [D4] (24)".
struct Answer {
    std::string text;  // without class and count
    int still = 0;     // how many probes are to be answered so
};

std::vector<Answer> answers(const std::string& column) {
    std::vector<Answer> out;
    for (const std::string& part : split_at(column, " / ")) {
        const std::size_t count = part.rfind(" (");
        const std::size_t end = std::min(part.find(" ["), count);
        out.push_back({part.substr(0, end), std::stoi(part.substr(count + 2))});
    }
    // The rarer first: RCV.NXT may be SEG.SEQ+SEG.LEN as well.
    std::sort(out.begin(), out.end(),
              [](const Answer& a, const Answer& b) { return a.still < b.still; });
    return out;
}

/// What the table's `app_visible` means for a program that holds the socket.
void check_application(Prepared& host, const std::string& seen, bool linux_errors) {
    if (!host.socket.valid() || seen.empty()) {
        return;
    }
    if (seen.find("child offered") != std::string::npos) {
        CHECK_FALSE(host.bench.accept(0, host.socket).blocked);
        return;
    }
    const Connection* conn = host.bench.hosts[0].connection_of(host.socket);
    if (conn == nullptr) {
        return;  // a row of a child that nobody has accepted
    }
    if (seen.find("reset") != std::string::npos || seen.find("refused") != std::string::npos) {
        const Errno rfc =
            seen.find("refused") != std::string::npos ? Errno::Econnrefused : Errno::Econnreset;
        CHECK(conn->error != Errno::None);
        CHECK((linux_errors || conn->error == rfc));
    } else if (seen == "data" || seen == "open succeeded; data") {
        CHECK(conn->rcv.unread == kDataOctets);
    } else if (seen == "connection closing") {
        CHECK(conn->fin_received);
    } else if (seen == "open succeeded") {
        const CallResult opened = host.bench.connect(0, host.socket, host.peer.self());
        CHECK((!opened.blocked && opened.error == Errno::None));
    }
}

/// Sends every probe of the row to a host of its own.
void ask(const CsvRow& row, const std::string& column, const std::string& profile,
         const std::vector<CsvRow>& probes) {
    std::vector<Answer> wanted = answers(row.at(column));
    for (const CsvRow& probe : probes) {
        if (!selected(row, probe)) {
            continue;
        }
        INFO(row.at("id") << " " << profile << ": " << probe.at("state") << " " << probe.at("flags")
                          << " seq " << probe.at("seq") << " ack " << probe.at("ack"));
        const std::string state =
            probe.at("state") == "LAST-ACK" ? "LAST-ACK(close)" : probe.at("state");
        Prepared host(state, Prepared::config(profile));
        const Numbers before = numbers(host);
        const Segment seg = probe_of(probe, before);
        const std::size_t already = host.bench.sent.size();
        host.bench.inject(0, {host.peer.self(), {kHostA, kPort}, seg});
        host.bench.run_for(milliseconds(100));
        const Seq iss = first_seq(host.bench, already);
        const std::string got = emitted(host.bench, already) + " -> " + host.state();
        const auto match = std::find_if(wanted.begin(), wanted.end(), [&](const Answer& answer) {
            const std::string once = expected_text(answer.text, before, seg, iss);
            return answer.still > 0 && got == expected_text(once, before, seg, iss);
        });
        INFO("got " << got << ", wanted " << row.at(column));
        CHECK(match != wanted.end());
        if (match != wanted.end()) {
            --match->still;
            check_application(host, row.at("app_visible"), column == "linux");
        }
    }
    for (const Answer& answer : wanted) {
        INFO(row.at("id") << " " << profile << ": not seen often enough: " << answer.text);
        CHECK(answer.still == 0);
    }
}

/// Every row about probes, with the probes of a file; how many rows there are.
std::size_t ask_all(const std::string& column, const std::string& profile,
                    const std::string& file) {
    const std::vector<CsvRow> probes = read_csv(file);
    const std::vector<CsvRow> rows = transitions("probe");
    for (const CsvRow& row : rows) {
        ask(row, column, profile, probes);
    }
    return rows.size();
}

}  // namespace

TEST_CASE("transitions: every class of segments is answered as Linux 6.18 did, and as often",
          "[ACC-ACK][ACC-RST][A.2][SYNFIN-L][SS-DROP][SR-ACK][SR-BADACK][SR-SYN-P]"
          "[SR-SYNDUP][RG-1][RG-2][RG-3][RP-SS][RP-LI][RP-SRP][RP-LATE][5961-3.2-1]"
          "[5961-3.2-2][5961-3.2-3][5961-4.2][5961-5.2][6191-B2][6191-B3][FIG5-N2]") {
    REQUIRE(ask_all("linux", "linux-6.18", "state_event_linux618.csv") == 119);
}

TEST_CASE("transitions: with profile rfc9293 every class of segments is answered as the RFC asks",
          "[ACC-ACK][ACC-RST][A.2][SYNFIN-L][SS-DROP][SR-ACK][SR-BADACK][SR-SYN-P]"
          "[SR-SYNDUP][RG-1][RG-2][RG-3][RP-SS][RP-LI][RP-SRP][RP-LATE][5961-3.2-1]"
          "[5961-3.2-2][5961-3.2-3][5961-4.2][5961-5.2]") {
    REQUIRE(ask_all("rfc9293", "rfc9293", "state_event_rfc9293.csv") == 119);
}

}  // namespace synq
