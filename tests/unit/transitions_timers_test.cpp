// tests/data/transitions.csv, rows of timers: the nominal times of the table, by exact timers. A
// handshake that takes no time makes Linux's timeout exactly 200 ms, and the RFC's one second.
#include "tests/unit/transitions.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

namespace synq {
namespace {

constexpr Duration kForever = seconds(100'000);

struct Profiled {
    std::string profile;
    std::string state;  // of the row
    [[nodiscard]] bool rfc() const { return profile == "rfc9293"; }
};

/// The row's state with something outstanding: text, a FIN or a SYN.
struct Outstanding : Prepared {
    Outstanding(const Profiled& row, bool orphan)
        : Prepared(full_name(row.state, orphan), config(row.profile)) {
        if (row.state == "ESTABLISHED" || row.state == "CLOSE-WAIT") {
            REQUIRE(bench.send(0, socket, 1).value == 1);
        }
        for (const SentSegment& sent : bench.sent) {
            if (sent.packet.segment.length() != 0 && sent.packet.segment.seq != outstanding) {
                outstanding = sent.packet.segment.seq;
                start = sent.t;
            }
        }
    }
    /// How long the state lasts from `start` on.
    Duration gone() {
        while (peer.state() != State::Closed && bench.next_timer() < Instant{} + kForever) {
            bench.run_until(bench.next_timer());
        }
        REQUIRE(peer.state() == State::Closed);
        return bench.now() - start;
    }
    /// When copies of what is outstanding were sent, the first one at zero.
    [[nodiscard]] std::vector<Duration> times() const {
        std::vector<Duration> out;
        for (const SentSegment& sent : bench.sent) {
            if (sent.packet.segment.length() != 0 && sent.packet.segment.seq == outstanding) {
                out.push_back(sent.t - start);
            }
        }
        return out;
    }
    [[nodiscard]] bool has_sent_rst() const {
        return std::any_of(bench.sent.begin(), bench.sent.end(),
                           [](const SentSegment& sent) { return sent.packet.segment.flags.rst(); });
    }

    Seq outstanding;
    Instant start;  // when it was first sent

  private:
    static std::string full_name(const std::string& state, bool orphan) {
        if (state == "SYN-RECEIVED") {
            return orphan ? "SYN-RECEIVED(passive)" : "SYN-RECEIVED(active)";
        }
        return orphan ? state + "(close)" : state;
    }
};

std::vector<Duration> in_seconds(std::initializer_list<double> times) {
    std::vector<Duration> out;
    for (const double t : times) {
        out.push_back(milliseconds(std::llround(t * 1000)));
    }
    return out;
}

/// RFC 6298 5.5: each interval twice the one before, up to the limit.
void check_doubling(const std::vector<Duration>& times, Duration first, Duration limit) {
    REQUIRE(times.size() > 3);
    Duration interval = first;
    for (std::size_t i = 1; i < times.size(); ++i) {
        CHECK(times[i] - times[i - 1] == interval);
        interval = std::min(interval * 2, limit);
    }
}

void user_timeout(const Profiled& row) {
    Outstanding o(row, false);
    if (row.state == "FIN-WAIT-2") {  // nothing is outstanding: only keepalive notices
        o.bench.set_option(0, o.socket, SocketOption::KeepIdle, 1);
        o.bench.set_option(0, o.socket, SocketOption::KeepInterval, 1);
        o.bench.set_option(0, o.socket, SocketOption::KeepAlive, 1);
    }
    REQUIRE(o.bench.set_option(0, o.socket, SocketOption::UserTimeout, 3'500).error == Errno::None);
    const Duration gone = o.gone();
    // A SYN's time counts from its first copy, anything else's from its first repetition.
    const bool syn = row.state.starts_with("SYN");
    const Duration first = syn || row.state == "FIN-WAIT-2" ? seconds(0)
                           : row.rfc()                      ? seconds(1)
                                                            : milliseconds(200);
    if (row.state == "FIN-WAIT-2") {
        CHECK(gone == seconds(4) + milliseconds(100));  // the first probe at or after 3.5 s
    } else {
        CHECK(gone == first + milliseconds(3'500));
    }
    const Connection* conn = o.bench.hosts[0].connection_of(o.socket);
    REQUIRE(conn != nullptr);
    CHECK(conn->error == Errno::Etimedout);
}

void syn_schedule(const Profiled& row) {
    Outstanding o(row, false);
    const Duration gone = o.gone();
    CHECK(o.times() == (row.rfc() ? in_seconds({0, 1, 3, 7, 15, 31, 63, 127})
                                  : in_seconds({0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67})));
    CHECK(gone == (row.rfc() ? seconds(247) : seconds(131)));
    CHECK(o.bench.connect(0, o.socket, o.peer.self()).error == Errno::Etimedout);
    CHECK_FALSE(o.has_sent_rst());
}

void syn_ack_schedule(const Profiled& row) {
    Outstanding o(row, true);
    const Duration gone = o.gone();
    CHECK(o.times() == (row.rfc() ? in_seconds({0, 1, 3, 7, 15, 31, 63, 127})
                                  : in_seconds({0, 1, 3, 7, 15, 31})));
    CHECK(gone == (row.rfc() ? seconds(247) : seconds(63)));
    CHECK(o.state() == "LISTEN");
    CHECK_FALSE(o.has_sent_rst());
}

/// The first timeout at which at least `least` has passed since the first repetition, T(15, 200 ms)
/// or T(15, 1 s) for the RFC's floor of the timeout.
Duration giving_up(Duration rto, Duration least) {
    Duration at = rto;
    for (Duration interval = rto; at - rto < least;) {
        interval = std::min(interval * 2, seconds(120));
        at = at + interval;
    }
    return at;
}

void retransmission(const Profiled& row) {
    Outstanding o(row, false);
    const Duration gone = o.gone();
    const Duration rto = row.rfc() ? seconds(1) : milliseconds(200);
    check_doubling(o.times(), rto, seconds(120));
    CHECK(gone == giving_up(rto, row.rfc() ? seconds(1'207) : milliseconds(924'600)));
    CHECK(gone > seconds(100));
    CHECK(
        o.bench.recv(0, o.socket).error ==
        (row.state == "ESTABLISHED" || row.state == "FIN-WAIT-1" ? Errno::Etimedout : Errno::None));
    CHECK(o.bench.hosts[0].connection_of(o.socket)->state == State::Closed);
    CHECK_FALSE(o.has_sent_rst());
}

/// An orphan's FIN: T(8, 200 ms) after the first repetition, or when the timeout is at its limit.
void orphan_fin(const Profiled& row) {
    Outstanding o(row, true);
    const Duration gone = o.gone();
    const Duration rto = row.rfc() ? seconds(1) : milliseconds(200);
    check_doubling(o.times(), rto, seconds(120));
    CHECK(gone == (row.rfc() ? seconds(247) : giving_up(rto, milliseconds(102'200))));
    CHECK_FALSE(o.has_sent_rst());
    if (!row.rfc()) {  // the table's times are those of a wheel: later, by 8 per cent at most
        const auto measured = in_seconds({0.21, 0.62, 1.45, 3.11, 6.47, 13.1, 26.4, 54.6});
        for (std::size_t i = 0; i < measured.size(); ++i) {
            CHECK(o.times()[i + 1] <= measured[i]);
            CHECK(measured[i] <= o.times()[i + 1] * 108 / 100);
        }
    }
}

void two_msl(const Profiled& row) {
    Outstanding o(row, false);
    CHECK(o.gone() == (row.rfc() ? seconds(240) : seconds(60)));
    CHECK(o.bench.armed_timers() == 0);
}

void fin_timeout(const Profiled& row) {
    REQUIRE_FALSE(row.rfc());
    Outstanding o(row, true);
    CHECK(o.gone() == seconds(60));
    CHECK_FALSE(o.has_sent_rst());

    Prepared with_option("FIN-WAIT-2", Prepared::config(row.profile));
    with_option.bench.set_option(0, with_option.socket, SocketOption::Linger2, 10);
    const Instant closed = with_option.bench.now();
    with_option.bench.close(0, with_option.socket);
    with_option.bench.run_until(closed + seconds(10) - nanoseconds(1));
    CHECK(with_option.peer.state() == State::FinWait2Orphan);
    with_option.bench.run_until(closed + seconds(10));
    CHECK(with_option.peer.state() == State::Closed);
}

void keepalive(const Profiled& row) {
    Prepared host(row.state, Prepared::config(row.profile));
    host.bench.set_option(0, host.socket, SocketOption::KeepAlive, 1);
    const Numbers before = numbers(host);
    const std::size_t already = host.bench.sent.size();
    const Instant start = host.bench.now();
    host.bench.run_until(start + seconds(7'875) - nanoseconds(1));
    REQUIRE(host.bench.sent.size() == already + 9);
    for (std::size_t i = 0; i < 9; ++i) {
        const SentSegment& probe = host.bench.sent[already + i];
        CHECK(probe.t == start + seconds(7'200 + 75 * static_cast<std::int64_t>(i)));
        CHECK((probe.packet.segment.flags == kAck && probe.packet.segment.length() == 0));
        CHECK(probe.packet.segment.seq == before.nxt - 1);
        CHECK(probe.packet.segment.ack == before.rcv_nxt);
    }
    CHECK(host.state() == row.state);
    host.bench.run_for(nanoseconds(1));
    CHECK(host.peer.state() == State::Closed);
    CHECK(host.bench.hosts[0].connection_of(host.socket)->error == Errno::Etimedout);
}

using Case = std::function<void(const Profiled&)>;

Case case_of(const CsvRow& row) {
    const std::string& state = row.at("state");
    const std::string& event = row.at("event");
    if (event == "USER TIMEOUT") {
        return user_timeout;
    }
    if (event == "RETRANSMISSION TIMEOUT") {
        if (state == "SYN-SENT") {
            return syn_schedule;
        }
        if (state == "SYN-RECEIVED") {
            return syn_ack_schedule;
        }
        return row.at("linux").find("orphan") != std::string::npos ||
                       row.at("linux") == "as FIN-WAIT-1"
                   ? orphan_fin
                   : retransmission;
    }
    static const std::map<std::string, Case> kOthers{
        {"2MSL", two_msl}, {"[Linux] tcp_fin_timeout", fin_timeout}, {"KEEPALIVE", keepalive}};
    return kOthers.at(event);
}

}  // namespace

TEST_CASE("transitions: every timer runs out when the table says, with the result that it says",
          "[MUST-13][TW-TO][UTO-TO][RTO-EV][MUST-19][MUST-20][MUST-22][MUST-23][MUST-23b]"
          "[SHLD-11][6298-2.5][6298-5.4][MAY-5][MUST-28][SHLD-12][MUST-29]") {
    std::size_t rows = 0;
    for (const CsvRow& row : transitions("case")) {
        if (row.at("event_type") != "timeout") {
            continue;
        }
        ++rows;
        for (const std::string profile : {"linux-6.18", "rfc9293"}) {
            if (profile == "linux-6.18" || row.at("section") != "not in RFC") {
                INFO(row.at("id") << " " << row.at("state") << " " << row.at("event") << ", "
                                  << profile);
                case_of(row)({profile, row.at("state")});
            }
        }
    }
    REQUIRE(rows == 26);
}

}  // namespace synq
