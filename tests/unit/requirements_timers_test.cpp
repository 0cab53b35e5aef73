// Requirements of tests/data/rfc_requirements.csv about timers and ICMP that no other test shows.
#include "model/tcb/rtt.h"
#include "tests/unit/prepared.h"

namespace synq {
namespace {

// Codes of "destination unreachable": net, host, source route; protocol, port.
constexpr std::uint8_t kSoftCodes[] = {0, 1, 5};
constexpr std::uint8_t kHardCodes[] = {2, 3};

/// The timeout after these round trips.
Duration rto_after(const char* profile, std::initializer_list<Duration> samples) {
    const Profile& p = *find_profile(profile);
    RttEstimator out;
    for (const Duration sample : samples) {
        out.sample(sample, true, p.rules, p.sysctl);
    }
    return out.rto(p, p.sysctl);
}

/// The host's sockets have `option`s as in a pair of (option, value).
void set(Prepared& host, std::initializer_list<std::pair<SocketOption, std::int64_t>> options) {
    for (const auto& [option, value] : options) {
        REQUIRE(host.bench.set_option(0, host.socket, option, value).error == Errno::None);
    }
}

Drop icmp(Prepared& host, Seq quoted, std::uint8_t type, std::uint8_t code) {
    return host.bench.icmp(0, {.src = {kHostA, kPort},
                               .dst = host.peer.self(),
                               .seq = quoted,
                               .type = type,
                               .code = code});
}

}  // namespace

TEST_CASE("back-off doubles up to its bound, and no number of doublings overflows") {
    CHECK(backed_off(seconds(1), 0, seconds(120)) == seconds(1));
    CHECK(backed_off(seconds(1), 6, seconds(120)) == seconds(64));
    CHECK(backed_off(seconds(1), 7, seconds(120)) == seconds(120));
    CHECK(backed_off(seconds(119), 255, seconds(120)) == seconds(120));
}

TEST_CASE("the first sample makes the timeout R + 4*R/2, at least one second or Linux's 200 ms",
          "[6298-2.2][6298-2.4][MUST-18]") {
    CHECK(rto_after("rfc9293", {seconds(1)}) == seconds(3));
    CHECK(rto_after("linux-6.18", {seconds(1)}) == seconds(3));
    CHECK(rto_after("rfc9293", {milliseconds(100)}) == seconds(1));
    CHECK(rto_after("linux-6.18", {milliseconds(100)}) == milliseconds(300));
    CHECK(rto_after("linux-6.18", {milliseconds(10)}) == milliseconds(212));
}

TEST_CASE("later samples weigh an eighth in the average and a quarter in the variation",
          "[6298-2.3]") {
    // SRTT 7/8*800 + 1/8*400 = 750, RTTVAR 3/4*400 + 1/4*400 = 400 ms.
    CHECK(rto_after("rfc9293", {milliseconds(800), milliseconds(400)}) == milliseconds(2'350));
    CHECK(rto_after("rfc9293", {milliseconds(800), milliseconds(1'600)}) == milliseconds(2'900));
    CHECK(rto_after("linux-6.18", {milliseconds(800), milliseconds(1'600)}) == milliseconds(2'900));
}

TEST_CASE("the timer starts with a segment, restarts with an ACK of some and stops with all",
          "[6298-5.1]") {
    for (const auto& [profile, rto] :
         {std::pair{"linux-6.18", milliseconds(200)}, {"rfc9293", seconds(1)}}) {
        Prepared host("ESTABLISHED", Prepared::config(profile));
        REQUIRE(host.bench.armed_timers() == 0);
        const Instant start = host.bench.now();
        host.bench.send(0, host.socket, 536);
        host.bench.send(0, host.socket, 536);
        CHECK(host.bench.next_timer() == start + rto);
        host.bench.run_for(milliseconds(50));
        CHECK(host.bench.next_timer() == start + rto);
        host.peer.send(kAck, 1, 537);
        CHECK(host.bench.next_timer() > start + rto);
        host.peer.send(kAck, 1, 1'073);
        CHECK(host.bench.armed_timers() == 0);
    }
}

TEST_CASE("after a repeated handshake without timestamps the timeout is 3 s",
          "[6298-2.1][6298-3][6298-5.7]") {
    for (const char* profile : {"linux-6.18", "rfc9293"}) {
        Prepared host("SYN-RECEIVED(passive)", Prepared::config(profile));
        host.bench.run_until(Instant{} + seconds(1));
        REQUIRE(host.peer.heard() == Lines{"SYN+ACK 0/1"});  // repeated: no sample (Karn)
        host.peer.send(kAck, 1, 1);
        const SocketId child = host.bench.accept(0, host.socket).socket;
        host.bench.send(0, child, 1);
        CHECK(host.bench.next_timer() == host.bench.now() + seconds(3));
    }
}

TEST_CASE("R2 can be set for one connection", "[MUST-21]") {
    Prepared host("CLOSED", Prepared::config("linux-6.18"));
    set(host, {{SocketOption::SynCount, 1}});
    const Instant start = host.bench.now();
    host.bench.connect(0, host.socket, host.peer.self());
    host.bench.run_until(start + seconds(3) - nanoseconds(1));
    CHECK(host.bench.connect(0, host.socket, host.peer.self()).blocked);
    host.bench.run_for(nanoseconds(1));
    CHECK(host.bench.connect(0, host.socket, host.peer.self()).error == Errno::Etimedout);
}

TEST_CASE("keepalive is off until asked for, and can be switched off", "[MUST-24][MUST-25]") {
    Prepared host("ESTABLISHED", Prepared::config("linux-6.18"));
    CHECK(host.bench.armed_timers() == 0);
    set(host, {{SocketOption::KeepIdle, 10}, {SocketOption::KeepAlive, 1}});
    CHECK(host.bench.armed_timers() == 1);
    set(host, {{SocketOption::KeepAlive, 0}});
    host.bench.run_for(seconds(20'000));
    CHECK(host.peer.heard().empty());
    CHECK(host.peer.state() == State::Established);
}

TEST_CASE("idle time, interval and number of keepalive probes can be set; one lost is no death",
          "[MUST-27][MUST-29]") {
    Prepared host("ESTABLISHED", Prepared::config("linux-6.18"));
    set(host, {{SocketOption::KeepIdle, 10},
               {SocketOption::KeepInterval, 5},
               {SocketOption::KeepCount, 2},
               {SocketOption::KeepAlive, 1}});
    host.bench.run_for(seconds(10) - nanoseconds(1));
    CHECK(host.peer.heard().empty());
    host.bench.run_for(nanoseconds(1));
    CHECK(host.peer.heard() == Lines{"ACK 0/1"});
    host.bench.run_for(seconds(5));
    CHECK(host.peer.heard() == Lines{"ACK 0/1"});
    CHECK(host.peer.state() == State::Established);
    host.bench.run_for(seconds(5));
    CHECK(host.peer.state() == State::Closed);
}

TEST_CASE("no keepalive probe while something is outstanding or the peer is heard", "[MUST-26]") {
    Prepared host("ESTABLISHED", Prepared::config("linux-6.18"));
    set(host, {{SocketOption::KeepIdle, 10}, {SocketOption::KeepAlive, 1}});
    host.bench.run_for(seconds(6));
    host.peer.send(kPsh | kAck, 1, 1, {.len = 1});
    host.bench.run_for(seconds(6));
    CHECK(host.peer.heard() == Lines{"ACK 1/2"});
    host.bench.send(0, host.socket, 1);
    host.bench.run_for(seconds(100));
    for (const std::string& line : host.peer.heard()) {
        CHECK(line == "PSH+ACK 1/2 len 1");
    }
}

TEST_CASE("an ICMP error reaches the connection whose segment it quotes", "[MUST-54][MUST-55]") {
    for (const char* profile : {"linux-6.18", "rfc9293"}) {
        Prepared host("SYN-SENT", Prepared::config(profile));
        const Seq iss = numbers(host).una;
        CHECK(icmp(host, iss - 1, kIcmpUnreachable, 3) != Drop::None);  // nothing of ours
        icmp(host, iss, kIcmpSourceQuench, 0);
        CHECK(host.peer.state() == State::SynSent);
        icmp(host, iss, kIcmpUnreachable, 3);
        CHECK(host.peer.state() == State::Closed);
        CHECK(host.bench.connect(0, host.socket, host.peer.self()).error == Errno::Econnrefused);
    }
}

TEST_CASE("soft ICMP errors end nothing, but for Linux an attempt to open", "[MUST-56]") {
    for (const std::uint8_t code : kSoftCodes) {
        Prepared opening("SYN-SENT", Prepared::config("linux-6.18"));
        icmp(opening, numbers(opening).una, kIcmpUnreachable, code);
        CHECK(opening.peer.state() == State::Closed);
        Prepared by_rfc("SYN-SENT", Prepared::config("rfc9293"));
        icmp(by_rfc, numbers(by_rfc).una, kIcmpUnreachable, code);
        CHECK(by_rfc.peer.state() == State::SynSent);
        for (const char* profile : {"linux-6.18", "rfc9293"}) {
            Prepared open("ESTABLISHED", Prepared::config(profile));
            open.bench.send(0, open.socket, 1);
            icmp(open, numbers(open).una, kIcmpUnreachable, code);
            CHECK(open.peer.state() == State::Established);
        }
    }
}

TEST_CASE("hard ICMP errors end a connection, but for Linux only while it opens", "[SHLD-26]") {
    for (const std::uint8_t code : kHardCodes) {
        for (const auto& [profile, state] :
             {std::pair{"linux-6.18", State::Established}, {"rfc9293", State::Closed}}) {
            Prepared opening("SYN-SENT", Prepared::config(profile));
            icmp(opening, numbers(opening).una, kIcmpUnreachable, code);
            CHECK(opening.peer.state() == State::Closed);
            Prepared open("ESTABLISHED", Prepared::config(profile));
            open.bench.send(0, open.socket, 1);
            icmp(open, numbers(open).una, kIcmpUnreachable, code);
            CHECK(open.peer.state() == state);
        }
    }
}

}  // namespace synq
