// Closing: who sends which FIN, who acknowledges when, who ends where (linux.md 5).
#include "tests/peer.h"

namespace synq {
namespace {

constexpr std::size_t kA = 0;
constexpr std::size_t kB = 1;

/// A connection from A to B, accepted, the handshake already taken from the list of segments.
class Connected {
  public:
    explicit Connected(const BenchOptions& options = {})
        : bench({linux_host(kHostA), linux_host(kHostB)}, options) {
        listener = bench.listener(kB, 10);
        a = bench.socket(kA);
        bench.connect(kA, a, {kHostB, kPort});
        bench.run_for(options.delay * 4);
        REQUIRE(bench.connect(kA, a, {kHostB, kPort}).error != Errno::Etimedout);
        b = bench.accept(kB, listener).socket;
        bench.take();
    }
    Connected(const Connected&) = delete;
    Connected& operator=(const Connected&) = delete;
    ~Connected() = default;

    Bench bench;
    SocketId listener;
    SocketId a;
    SocketId b;
};

bool gone(const Bench& bench, std::size_t host) {
    const auto views = bench.hosts[host].sockets();
    return std::all_of(views.begin(), views.end(),
                       [](const SocketView& view) { return view.state == State::Listen; });
}

}  // namespace

TEST_CASE("the side that closes first keeps TIME-WAIT, whichever it is") {
    for (const bool client_first : {true, false}) {
        Connected c;
        Bench& bench = c.bench;
        const std::size_t first = client_first ? kA : kB;
        const std::size_t second = 1 - first;
        const std::string f = client_first ? "A " : "B ";
        const std::string s = client_first ? "B " : "A ";
        bench.close(first, client_first ? c.a : c.b);
        REQUIRE(bench.take() == Lines{f + "FIN+ACK 1/1"});
        REQUIRE(bench.in_state(first, State::FinWait1) == 1);
        bench.run_for(milliseconds(1));  // the next tick: the FIN has found no ride
        REQUIRE(bench.take() == Lines{s + "ACK 1/2"});
        REQUIRE(bench.in_state(first, State::FinWait2Orphan) == 1);
        REQUIRE(bench.in_state(second, State::CloseWait) == 1);
        bench.close(second, client_first ? c.b : c.a);
        REQUIRE(bench.take() == Lines{s + "FIN+ACK 1/2", f + "ACK 2/2"});
        REQUIRE(gone(bench, second));
        REQUIRE(bench.in_state(first, State::TimeWait) == 1);
        REQUIRE(bench.count(first, Mib::TW) == 1);  // counted when FIN-WAIT-2 lost its owner
        bench.run_for(seconds(60));
        REQUIRE(gone(bench, first));
        REQUIRE(bench.armed_timers() == 0);
    }
}

TEST_CASE("a FIN closed against at once carries the acknowledgment of the FIN") {
    Connected c;
    c.bench.close(kB, c.b);
    c.bench.close(kA, c.a);
    REQUIRE(c.bench.take() == Lines{"B FIN+ACK 1/1", "A FIN+ACK 1/2", "B ACK 2/2"});
    REQUIRE(c.bench.in_state(kB, State::TimeWait) == 1);
    REQUIRE(c.bench.count(kB, Mib::TW) == 1);
    REQUIRE(c.bench.count(kA, Mib::DelayedACKs) == 0);
}

TEST_CASE("two FINs that cross are acknowledged at once, and both sides keep TIME-WAIT") {
    Connected c;
    c.bench.hold();
    c.bench.close(kA, c.a);
    c.bench.close(kB, c.b);
    c.bench.release();
    REQUIRE(c.bench.take() == Lines{"A FIN+ACK 1/1", "B FIN+ACK 1/1", "B ACK 2/2", "A ACK 2/2"});
    REQUIRE(c.bench.in_state(kA, State::TimeWait) == 1);
    REQUIRE(c.bench.in_state(kB, State::TimeWait) == 1);
}

TEST_CASE("FINs that cross with a delay pass through CLOSING", "[SIMCLOSE]") {
    Connected c({.delay = milliseconds(10)});
    c.bench.close(kA, c.a);
    c.bench.close(kB, c.b);
    c.bench.run_for(milliseconds(15));
    REQUIRE(c.bench.in_state(kA, State::Closing) == 1);
    REQUIRE(c.bench.in_state(kB, State::Closing) == 1);
    c.bench.run_for(milliseconds(10));
    REQUIRE(c.bench.in_state(kA, State::TimeWait) == 1);
    REQUIRE(c.bench.in_state(kB, State::TimeWait) == 1);
}

TEST_CASE("a FIN that acknowledges ours leads from FIN-WAIT-1 to TIME-WAIT", "[FIG5-N2]") {
    Bench bench({linux_host(kHostA)});
    const SocketId listener = bench.listener(0, 10);
    Peer peer(bench, 4000);
    peer.open();
    const SocketId child = bench.accept(0, listener).socket;
    bench.close(0, child);
    peer.heard();
    peer.send(kFin | kAck, 1, 2);
    REQUIRE(peer.heard() == Lines{"ACK 2/2"});
    REQUIRE(peer.state() == State::TimeWait);
}

TEST_CASE("after its FIN a side still receives", "[MAY-1]") {
    Connected c({.tick = milliseconds(4)});
    Bench& bench = c.bench;
    REQUIRE(bench.send(kA, c.a, 16).value == 16);
    bench.shutdown(kA, c.a, ShutdownHow::Write);
    REQUIRE(bench.send(kA, c.a, 1).error == Errno::Epipe);
    REQUIRE(bench.recv(kB, c.b).value == 16);
    REQUIRE(bench.recv(kB, c.b).value == 0);
    bench.take();
    // The request's FIN meets no answer: it is acknowledged 40 ms later (11 ticks of the clock).
    bench.run_for(milliseconds(500));
    REQUIRE(bench.take_timed() == Lines{"0.044 B ACK 1/18"});
    REQUIRE(bench.in_state(kA, State::FinWait2) == 1);
    REQUIRE(bench.send(kB, c.b, 32).value == 32);
    bench.close(kB, c.b);
    REQUIRE(bench.take() ==
            Lines{"B PSH+ACK 1/18 len 32", "A ACK 18/33", "B FIN+ACK 33/18", "A ACK 18/34"});
    REQUIRE(bench.recv(kA, c.a).value == 32);
    REQUIRE(bench.recv(kA, c.a).value == 0);
    REQUIRE(bench.in_state(kA, State::TimeWait) == 1);
    bench.close(kA, c.a);
    REQUIRE(bench.take().empty());
    bench.run_for(seconds(61));
    REQUIRE(gone(bench, kA));
}

TEST_CASE("text goes out in full segments, the last one pushed", "[MUST-16]") {
    Connected c;
    c.bench.send(kA, c.a, 3000);
    REQUIRE(c.bench.take() == Lines{"A ACK 1/1 len 1448", "A ACK 1449/1 len 1448",
                                    "A PSH+ACK 2897/1 len 104", "B ACK 1/1449", "B ACK 1/2897",
                                    "B ACK 1/3001"});
}

TEST_CASE("text held back by Nagle's rule leaves with the FIN") {
    Connected c;
    c.bench.hold();
    c.bench.send(kA, c.a, 10);
    c.bench.send(kA, c.a, 20);
    REQUIRE(c.bench.take() == Lines{"A PSH+ACK 1/1 len 10"});
    c.bench.close(kA, c.a);
    REQUIRE(c.bench.take() == Lines{"A FIN+PSH+ACK 11/1 len 20"});
    c.bench.release();
    REQUIRE(c.bench.recv(kB, c.b).value == 30);
    REQUIRE(c.bench.recv(kB, c.b).value == 0);
}

TEST_CASE("closing with unread data resets", "[SHLD-3][RST-TW]") {
    Connected c;
    c.bench.send(kA, c.a, 16);
    c.bench.take();
    c.bench.close(kB, c.b);
    REQUIRE(c.bench.take() == Lines{"B RST+ACK 1/17"});
    REQUIRE(c.bench.recv(kA, c.a).error == Errno::Econnreset);
    REQUIRE(c.bench.recv(kA, c.a).value == 0);
    REQUIRE(c.bench.send(kA, c.a, 1).error == Errno::Epipe);
    REQUIRE(c.bench.count(kB, Mib::TCPAbortOnClose) == 1);
    REQUIRE(c.bench.count(kA, Mib::EstabResets) + c.bench.count(kB, Mib::EstabResets) == 2);
    REQUIRE(c.bench.count(kB, Mib::OutRsts) == 1);
    REQUIRE(c.bench.count(kA, Mib::TW) + c.bench.count(kB, Mib::TW) == 0);
    REQUIRE(c.bench.armed_timers() == 0);
}

TEST_CASE("an unread FIN alone does not make close() reset") {
    Connected c;
    c.bench.shutdown(kA, c.a, ShutdownHow::Write);
    c.bench.take();
    c.bench.close(kB, c.b);
    REQUIRE(c.bench.take() == Lines{"B FIN+ACK 1/2", "A ACK 2/2"});
}

TEST_CASE("data for an orphan is answered by a bare RST", "[SHLD-3]") {
    Connected c;
    c.bench.close(kB, c.b);
    c.bench.take();
    SECTION("in FIN-WAIT-1") {
        REQUIRE(c.bench.in_state(kB, State::FinWait1) == 1);
        c.bench.send(kA, c.a, 16);
        REQUIRE(c.bench.take() == Lines{"A PSH+ACK 1/2 len 16", "B RST 2"});
        REQUIRE(c.bench.count(kB, Mib::TCPAbortOnData) == 1);
    }
    SECTION("in FIN-WAIT-2") {
        c.bench.run_for(milliseconds(1));
        REQUIRE(c.bench.in_state(kB, State::FinWait2Orphan) == 1);
        c.bench.take();
        c.bench.send(kA, c.a, 16);
        REQUIRE(c.bench.take() == Lines{"A PSH+ACK 1/2 len 16", "B RST 2"});
    }
    REQUIRE(gone(c.bench, kB));
    // A had received the FIN: the error is EPIPE, and recv() goes on saying end of file.
    REQUIRE(c.bench.recv(kA, c.a).value == 0);
    REQUIRE(c.bench.send(kA, c.a, 1).error == Errno::Epipe);
}

TEST_CASE("a FIN that nobody could carry is acknowledged at the next tick") {
    // Note, section 1: sent 10.002 ms, acknowledged 12.000 ms.
    Connected c({.tick = milliseconds(4)});
    c.bench.run_until(Instant{} + microseconds(10'002));
    c.bench.close(kB, c.b);
    REQUIRE(c.bench.take_timed() == Lines{"0.010 B FIN+ACK 1/1"});
    c.bench.run_for(seconds(1));
    REQUIRE(c.bench.take_timed() == Lines{"0.012 A ACK 1/2"});
    REQUIRE(c.bench.sent.back().t == Instant{} + milliseconds(12));
    REQUIRE(c.bench.count(kA, Mib::DelayedACKs) == 1);
}

}  // namespace synq
