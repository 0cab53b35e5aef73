// What a person sees. The long picture is tests/data/golden/ladder-two-clients.txt.
#include "sim/trace/ladder.h"

#include "tests/catch.h"
#include "tests/unit/golden.h"
#include "tests/unit/trace_maker.h"

#include <sstream>
#include <vector>

namespace synq {
namespace {

using namespace test;

// The lines between the titles and the last line, without blank ones.
std::vector<std::string> lines_of(const Trace& trace) {
    std::istringstream text(ladder(trace));
    std::vector<std::string> lines;
    bool titles = true;
    for (std::string line; std::getline(text, line);) {
        if (line.find("time (s)") != std::string::npos) {
            titles = false;
        } else if (!titles && !line.empty()) {
            lines.push_back(line);
        }
    }
    lines.pop_back();
    return lines;
}

constexpr Endpoint kFar{IpAddress::v4(10, 0, 0, 2), 40000};

// Two hosts and a link between them.
TraceMaker over_a_link() {
    TraceMaker make(0);
    make.trace.hosts = {"server", "client"};
    make.trace.listeners.clear();
    make.process("server");
    make.process("client");
    make.trace.processes[1].host = 1;
    return make;
}

}  // namespace

TEST_CASE("the ladder of two clients and a full queue reads as agreed") {
    const std::string text = ladder(two_clients());
    CHECK(text == golden("ladder-two-clients.txt", text));
}

TEST_CASE("no line of the ladder is wider than a wide terminal or ends in a blank") {
    std::istringstream text(ladder(two_clients()));
    for (std::string line; std::getline(text, line);) {
        CHECK(line.size() <= 120);
        CHECK((line.empty() || line.back() != ' '));
    }
}

TEST_CASE("a slow segment has a line when it leaves and one when it arrives") {
    TraceMaker make = over_a_link();
    const std::uint32_t syn = make.sends(kFar, kServer, segment(kSyn, 5, 0));
    make.at(milliseconds(25));
    make.arrives(syn);
    make.state(kServer, kFar, State::Closed, State::HalfOpen);
    const std::uint32_t answer = make.sends(kServer, kFar, segment(kSyn | kAck, 8, 6));
    make.at(milliseconds(50));
    make.arrives(answer);
    const auto lines = lines_of(make.finish());
    REQUIRE(lines.size() == 4);
    CHECK(lines[0] == "   0.000  10.0.0.2:40000 -- [S] seq 0 win 65495 mss 65495 -------- ...");
    CHECK(lines[1] ==
          "   0.025  10.0.0.2:40000 ... [S] seq 0 win 65495 mss 65495 ----------> SYN-RECEIVED");
    CHECK(lines[2] ==
          "          10.0.0.2:40000 ... [S.] seq 0 ack 1 win 65495 mss 65495 ---- SYN-RECEIVED");
    CHECK(lines[3] == "   0.050  10.0.0.2:40000 <- [S.] seq 0 ack 1 win 65495 mss 65495 - ...");
}

TEST_CASE("a state shows on the segment that caused it, and on what was sent because of it") {
    TraceMaker make = over_a_link();
    make.sends(kFar, kServer, segment(kSyn, 5, 0));
    make.state(kFar, kServer, State::Closed, State::SynSent);
    const std::uint32_t answer = make.sends(kServer, kFar, segment(kSyn | kAck, 8, 6));
    make.at(milliseconds(25));
    make.arrives(answer);
    make.sends(kFar, kServer, segment(kAck, 6, 9));
    make.state(kFar, kServer, State::SynSent, State::Established);
    const auto lines = lines_of(make.finish());
    REQUIRE(lines.size() == 4);
    CHECK(lines[0].find("SYN-SENT    -- [S]") != std::string::npos);
    CHECK(lines[2].find("ESTABLISHED <- [S.]") != std::string::npos);
    CHECK(lines[3].find("ESTABLISHED -- [.]") != std::string::npos);
}

TEST_CASE("a call during which others acted has two lines, even if no time passed") {
    TraceMaker make(5);
    const std::uint32_t client = make.process("client");
    const std::uint32_t other = make.process("other");
    const std::uint32_t recv = make.call(client, CallKind::Recv, "recv(fd, 512)");
    make.calls(other, CallKind::Close, "close(c)", 0);
    make.returns(recv, 0);
    const auto lines = lines_of(make.finish());
    REQUIRE(lines.size() == 3);
    CHECK(lines[0] == "   0.000  client  recv(fd, 512) ...");
    CHECK(lines[1] == "          other  close(c) = 0");
    CHECK(lines[2] == "          client  recv(fd, 512) = 0");
}

TEST_CASE("a segment that a link took ends in x with the reason") {
    TraceMaker make = over_a_link();
    make.sends(kFar, kServer, segment(kSyn, 5, 0));
    make.trace.segments[0].dropped = Drop::Link;
    const auto lines = lines_of(make.finish());
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].find("--x lost on the link") != std::string::npos);
}

TEST_CASE("segments that arrive at once stand in the order of their arrival") {
    TraceMaker make(5);
    const std::uint32_t a = make.sends(client_end(0), kServer, segment(kSyn, 5, 0));
    const std::uint32_t b = make.sends(client_end(1), kServer, segment(kSyn, 6, 0));
    make.arrives(a);
    make.passes(kServer, client_end(0), segment(kSyn | kAck, 9, 6));
    make.arrives(b);
    const auto lines = lines_of(make.finish());
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].find("49152 -- [S]") != std::string::npos);
    CHECK(lines[1].find("49152 <- [S.]") != std::string::npos);
    CHECK(lines[2].find("49153 -- [S]") != std::string::npos);
}

TEST_CASE("unusual options are named where they are used") {
    TraceMaker make(5);
    make.passes(client_end(0), kServer, segment(kSyn, 5, 0));
    make.passes(client_end(1), kServer, segment(kSyn, 5, 0));
    Segment plain = segment(kSyn, 5, 0);
    plain.options = {.mss = 1460};
    make.passes(client_end(2), kServer, plain);
    const Trace trace = make.finish();
    CHECK(ladder(trace).find("options of SYNs: sackOK TS wscale 10,") != std::string::npos);
    const auto lines = lines_of(trace);
    CHECK(lines[1].find("mss 65495 ---") != std::string::npos);
    CHECK(lines[2].find("mss 1460 no options -") != std::string::npos);
}

TEST_CASE("a state that no segment changed has a line of its own") {
    TraceMaker make(5);
    make.process("client");
    make.passes(client_end(0), kServer, segment(kSyn, 5, 0));
    make.at(seconds(60));
    make.state(client_end(0), kServer, State::TimeWait, State::Closed);
    const auto lines = lines_of(make.finish());
    REQUIRE(lines.size() == 2);
    CHECK(lines[1] == "  60.000  127.0.0.1:49152  TIME-WAIT -> CLOSED");
}

TEST_CASE("a failed call shows its errno and how long it took") {
    TraceMaker make(0);
    const std::uint32_t client = make.process("client");
    const std::uint32_t call = make.call(client, CallKind::Connect, "connect(fd, server:8000)");
    make.at(milliseconds(134'660));
    make.fails(call, Errno::Etimedout, client_end(0));
    const auto lines = lines_of(make.finish());
    REQUIRE(lines.size() == 2);
    CHECK(lines[0] == "   0.000  client  connect(fd, server:8000) ...");
    CHECK(lines[1] == " 134.660  client  connect(fd, server:8000) = -1 ETIMEDOUT  after 135 s");
}

TEST_CASE("times have six digits when milliseconds do not tell") {
    TraceMaker make(0);
    make.at(microseconds(1'234'567));
    make.passes(client_end(0), kServer, segment(kSyn, 5, 0));
    CHECK(lines_of(make.finish())[0].substr(0, 8) == "1.234567");
}

TEST_CASE("an empty trace has a ladder, too") {
    CHECK(ladder(TraceMaker(0).finish()).find("end at 0 s") != std::string::npos);
}

TEST_CASE("an interrupted run says so") {
    Trace trace = two_clients();
    trace.interrupted = true;
    CHECK(ladder(trace).find("interrupted at 3.012 s") != std::string::npos);
}

TEST_CASE("colours change nothing but colours") {
    const std::string plain = ladder(two_clients());
    CHECK(plain.find('\033') == std::string::npos);
    std::string painted = ladder(two_clients(), {.color = true});
    CHECK(painted != plain);
    for (std::size_t at = painted.find('\033'); at != std::string::npos;
         at = painted.find('\033')) {
        painted.erase(at, painted.find('m', at) - at + 1);
    }
    CHECK(painted == plain);
}

}  // namespace synq
