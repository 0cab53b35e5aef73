// Floods, workloads and loss in the running world, and what people see of a flood.
#include "sim/trace/digest.h"
#include "sim/trace/json.h"
#include "sim/trace/ladder.h"
#include "sim/trace/summary.h"
#include "sim/world/world.h"
#include "tests/unit/scenario_reading.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace synq {
namespace {

constexpr std::string_view kFlooded = R"toml(
clock.mode = "exact"
[parameters]
backlog = 2
syncookies = 0
loss = 0
port = 8000
[[host]]
name = "server"
[host.sysctl]
"net.ipv4.tcp_syncookies" = "syncookies"
[[host]]
name = "client"
[[host]]
name = "attacker"
[[link]]
between = ["server", "client"]
rtt = "10ms"
[[link]]
between = ["server", "attacker"]
rtt = "40ms"
loss_ppm = "loss"
[[process]]
name = "server"
host = "server"
program = """
fd = socket(AF_INET, SOCK_STREAM)
bind(fd, port)
listen(fd, backlog)
loop { c = accept(fd); close(c) }
"""
[[process]]
name = "client"
host = "client"
start = "1500ms"
lifetime = "100ms"
program = "fd = socket(AF_INET, SOCK_STREAM); connect(fd, server:8000)"
[[flood]]
name = "attack"
from = "attacker"
to = "server:8000"
rate = 10
count = 20
)toml";

Trace run(std::string_view text, std::vector<std::pair<std::string, std::string>> parameters = {},
          Recording recording = Recording::Everything) {
    Overrides overrides;
    overrides.parameters = std::move(parameters);
    const auto trace = run_scenario(read_scenario(text, overrides), {.recording = recording});
    REQUIRE(trace.has_value());
    return *trace;
}

std::string with(std::string_view text, std::string_view flood_keys) {
    return std::string(text) + std::string(flood_keys) + "\n";
}

std::vector<Packet> sent(const Trace& trace, Flags flags) {
    std::vector<Packet> out;
    for (const SegmentRecord& record : trace.segments) {
        if (record.packet.segment.flags == flags) {
            out.push_back(record.packet);
        }
    }
    return out;
}

std::string line_with(const std::string& text, std::string_view word) {
    const std::size_t at = text.find(word);
    if (at == std::string::npos) {
        return "";
    }
    const std::size_t begin = text.rfind('\n', at) + 1;
    return text.substr(begin, text.find('\n', at) - begin);
}

}  // namespace

TEST_CASE("a flood fills the request queue, and what became of its SYNs is counted") {
    const Trace trace = run(kFlooded);
    REQUIRE(trace.floods.size() == 1);
    const FloodRecord& flood = trace.floods[0];
    CHECK(flood.first == Instant{});
    CHECK(flood.last == Instant{} + milliseconds(1'900));
    CHECK(flood.sent == 20);
    CHECK(flood.admitted == 3);
    CHECK(flood.cookies == 0);
    CHECK(flood.dropped == std::map<Drop, std::uint64_t>{{Drop::RequestQueueFull, 17}});
    CHECK(flood.syn_acks == 3 * 6);
    CHECK(flood.resets == 0);
    CHECK(trace.counters[0].at("TCPReqQFullDrop") == 18);  // and the client's
}

TEST_CASE("a flood is counted alike however little of the run is kept") {
    const Trace trace = run(kFlooded, {}, Recording::Counters);
    CHECK(trace.segments.empty());
    CHECK(trace.floods.at(0).admitted == 3);
    CHECK(trace.floods.at(0).dropped.at(Drop::RequestQueueFull) == 17);
    const Trace calls = run(kFlooded, {}, Recording::Calls);
    CHECK(calls.segments.empty());
    CHECK(calls.states.empty());
    CHECK(calls.calls.size() == run(kFlooded).calls.size());
}

TEST_CASE("the SYNs of a flood come from addresses, ports and numbers drawn for each") {
    const Trace trace = run(with(kFlooded, "options = \"linux\""));
    std::set<std::uint32_t> numbers;
    std::set<std::uint16_t> ports;
    std::set<std::uint32_t> clocks;
    for (const Packet& syn : sent(trace, kSyn)) {
        if (syn.src.address == IpAddress::v4(10, 0, 0, 2)) {
            continue;
        }
        CHECK(to_string(syn.src.address).starts_with("198.51.100."));
        CHECK(syn.src.port >= 1024);
        CHECK(syn.segment.options.mss == 1'460);
        CHECK(syn.segment.options.window_scale == 7);
        numbers.insert(syn.segment.seq.raw());
        ports.insert(syn.src.port);
        clocks.insert(syn.segment.options.ts_val);
    }
    CHECK(numbers.size() == 20);
    CHECK(ports.size() >= 19);
    CHECK(clocks.size() == 20);
}

TEST_CASE("a flood follows from the seed and its name") {
    CHECK(digest(run(kFlooded)) == digest(run(kFlooded)));
    std::string renamed(kFlooded);
    renamed.replace(renamed.find("\"attack\""), 8, "\"attaca\"");
    CHECK(digest(run(kFlooded)) != digest(run(renamed)));
}

TEST_CASE("with cookies every SYN of a flood is answered and the client gets in") {
    const Trace trace = run(kFlooded, {{"syncookies", "1"}});
    const FloodRecord& flood = trace.floods[0];
    CHECK(flood.admitted == 3);
    CHECK(flood.cookies == 17);
    CHECK(flood.dropped.empty());
    CHECK(flood.syn_acks == 3 * 6 + 17);
    CHECK(trace.counters[0].at("SyncookiesRecv") == 1);
}

TEST_CASE("hosts that answer a SYN-ACK with RST give the place back after a round trip") {
    const Trace trace = run(with(kFlooded, "reply = \"reset\""));
    const FloodRecord& flood = trace.floods[0];
    CHECK(flood.admitted == 20);
    CHECK(flood.syn_acks == 20);
    CHECK(flood.resets == 20);
    const auto resets = sent(trace, kRst);
    const auto syn_acks = sent(trace, kSyn | kAck);
    REQUIRE(resets.size() >= 20);
    CHECK(resets[0].segment.seq == syn_acks[0].segment.ack);
    CHECK(resets[0].src == syn_acks[0].dst);
    CHECK(trace.counters[0].at("EmbryonicRsts") == 20);
}

TEST_CASE("a flood of a port where nobody listens is answered by resets, which nobody answers") {
    const Trace trace = run(with(kFlooded, "reply = \"reset\""), {{"port", "9000"}});
    const FloodRecord& flood = trace.floods[0];
    CHECK(flood.dropped == std::map<Drop, std::uint64_t>{{Drop::NoSocket, 20}});
    CHECK(flood.syn_acks == 0);
    CHECK(flood.resets == 0);
}

TEST_CASE("what a link loses of a flood never reaches the queue") {
    const Trace trace = run(kFlooded, {{"loss", "1000000"}});
    CHECK(trace.floods[0].dropped == std::map<Drop, std::uint64_t>{{Drop::Link, 20}});
    CHECK(trace.floods[0].admitted == 0);
}

TEST_CASE("a flood ends with its count or its time, and a count of 0 is none") {
    std::string text(kFlooded);
    text.resize(text.find("count = 20"));
    CHECK(run(text + "stop = \"1s\"").floods[0].sent == 10);
    CHECK(run(text + "stop = \"1001ms\"").floods[0].sent == 11);
    CHECK(run(text + "start = \"500ms\"\nstop = \"1s\"").floods[0].sent == 5);
    const Trace none = run(text + "count = 0");
    CHECK(none.floods[0].sent == 0);
    CHECK(summary(none).find("attack: no SYN was sent.\n") != std::string::npos);
}

TEST_CASE("loss takes its share of packets, by draws of its own for each direction") {
    const auto lost = [](const char* loss) {
        return run(with(kFlooded, "[[expect]]\nadmitted = \"attack\"\nmin = 0"), {{"loss", loss}})
            .floods[0]
            .dropped[Drop::Link];
    };
    CHECK(lost("0") == 0);
    const std::uint64_t half = lost("500000");
    CHECK(half >= 4);
    CHECK(half <= 16);
}

TEST_CASE("a process is killed when its lifetime is over, and closes what it has open") {
    // Its SYN at 1.5 s meets a full queue; without a lifetime it would try again at 2.5 s.
    const Trace trace = run(kFlooded);
    const auto by_client = [](const Packet& packet) {
        return packet.src.address == IpAddress::v4(10, 0, 0, 2);
    };
    const auto syns = sent(trace, kSyn);
    CHECK(std::count_if(syns.begin(), syns.end(), by_client) == 1);
    const auto connect = std::find_if(trace.calls.begin(), trace.calls.end(), [](const auto& call) {
        return call.kind == CallKind::Connect;
    });
    REQUIRE(connect != trace.calls.end());
    CHECK_FALSE(connect->returned());
    // Who ends before that keeps the run waiting for nothing.
    const Trace calm = run(kFlooded, {{"syncookies", "1"}});
    CHECK(calm.end < Instant{} + seconds(70));
}

TEST_CASE("a ladder has two lines for a flood, and shows what it did to the queues") {
    const std::string text = ladder(run(kFlooded));
    CHECK(text.find("198.51.100.0/24 to server:8000, not listed") != std::string::npos);
    CHECK(line_with(text, "ends:").ends_with("attack  ends: 20 SYNs, 3 admitted"));
    CHECK(text.find("198.51.100.1") == std::string::npos);
    // The one SYN of somebody else.
    CHECK(line_with(text, "request queue full").find("client:") != std::string::npos);
    CHECK(std::count(text.begin(), text.end(), '\n') < 30);
    const std::string served = ladder(run(kFlooded, {{"syncookies", "1"}}));
    CHECK(line_with(served, "... [S]").ends_with("accept 0/2  requests 3/2"));
}

TEST_CASE("the summary says what a flood met") {
    CHECK(line_with(summary(run(kFlooded)), "attack:") ==
          "attack: 20 SYNs in 1.9 s; 3 got a place in the request queue (1.57 a second), 17 met a "
          "full request queue. 18 SYN+ACKs went to its addresses.");
    CHECK(line_with(summary(run(kFlooded, {{"syncookies", "1"}})), "attack:")
              .find(", 17 were answered by a cookie.") != std::string::npos);
    CHECK(line_with(summary(run(with(kFlooded, "reply = \"reset\""))), "attack:")
              .ends_with(" 20 SYN+ACKs went to its addresses, and 20 RSTs came back."));
}

TEST_CASE("JSON has a flood's figures, and every segment when asked") {
    const Trace trace = run(kFlooded);
    const std::string text = json_text(trace, {.segments = true});
    const std::string line =
        R"(    {"name": "attack", "target": "10.0.0.1:8000", "sources": "198.51.100.0/24", )"
        R"("first_s": 0, "last_s": 1.9, "sent": 20, "admitted": 3, "cookies": 0, )"
        R"x("dropped": {"request queue full (TCPReqQFullDrop)": 17}, "syn_acks": 18, "resets": 0})x";
    CHECK(line_with(text, "\"attack\"") == line);
    std::size_t lines = 0;
    for (std::size_t at = text.find("\"t_s\""); at != std::string::npos;
         at = text.find("\"t_s\"", at + 1)) {
        ++lines;
    }
    CHECK(lines == trace.segments.size());
    CHECK(lines > 38);
}

}  // namespace synq
