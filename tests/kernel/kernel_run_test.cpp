#include "sim/kernel/kernel_run.h"

#include "tests/catch.h"
#include "tests/kernel/hand_scenario.h"
#include "tests/skip.h"

#include <array>
#include <fstream>
#include <string>
#include <unistd.h>

namespace synq {
namespace {

using test::ProgramWriter;
using test::six_clients;

void need_kernel() {
    if (const auto why = why_kernel_unavailable()) {
        test::skip(*why);
    }
}

Trace run(const Scenario& scenario, const KernelOptions& options = {}) {
    auto trace = run_on_kernel(scenario, options);
    INFO((trace ? std::string{} : trace.error().reason));
    REQUIRE(trace);
    return std::move(*trace);
}

std::uint64_t counter(const Trace& trace, const std::string& name) {
    const auto found = trace.counters.at(0).find(name);
    return found == trace.counters.at(0).end() ? 0 : found->second;
}

/// The only call of that kind that the process made.
const CallRecord& the_call(const Trace& trace, const std::string& process, CallKind kind) {
    const CallRecord* found = nullptr;
    for (const CallRecord& call : trace.calls) {
        if (trace.processes[call.process].name == process && call.kind == kind) {
            REQUIRE(found == nullptr);
            found = &call;
        }
    }
    REQUIRE(found != nullptr);
    return *found;
}

std::size_t syns_from(const Trace& trace, const Endpoint& client) {
    std::size_t count = 0;
    for (const SegmentRecord& segment : trace.segments) {
        count += segment.packet.src == client && segment.packet.segment.flags == kSyn ? 1U : 0U;
    }
    return count;
}

std::string client_name(int index) {
    return "client." + std::to_string(index);
}

std::string network_namespace() {
    std::array<char, 64> text{};
    const ssize_t size = readlink("/proc/self/ns/net", text.data(), text.size());
    return {text.data(), static_cast<std::size_t>(size)};
}

std::string first_word(const std::string& path) {
    std::string word;
    std::ifstream{path} >> word;
    return word;
}

TEST_CASE(
    "kernel: a backlog of two takes three of six clients at once, the others at their SYN of 2 s") {
    need_kernel();
    const Trace trace = run(six_clients(2, milliseconds(1500)));
    CHECK(trace.world == "kernel");
    CHECK_FALSE(trace.interrupted);
    for (int i = 0; i < 6; ++i) {
        const CallRecord& connect = the_call(trace, client_name(i), CallKind::Connect);
        INFO(client_name(i) << " connected at " << to_seconds(connect.end));
        CHECK(connect.result == 0);
        CHECK(connect.client.address == IpAddress::loopback_v4());
        CHECK(connect.end < (i < 3 ? Instant{} + milliseconds(500) : Instant{} + seconds(3)));
        CHECK(connect.end >= (i < 3 ? Instant{} : Instant{} + seconds(2)));
        CHECK(syns_from(trace, connect.client) == (i < 3 ? 1 : 3));
    }
    CHECK(counter(trace, "ListenOverflows") == 6);
    CHECK(counter(trace, "ListenDrops") == 6);
    CHECK(counter(trace, "ActiveOpens") == 6);
    CHECK(counter(trace, "PassiveOpens") == 6);
    CHECK(counter(trace, "TCPSynRetrans") == 6);
    REQUIRE(trace.listeners.size() == 1);
    CHECK(trace.listeners[0].local.port == 8000);
    CHECK(trace.listeners[0].backlog == 2);
    CHECK(trace.listeners[0].accept_queue_max == 3);
    CHECK_FALSE(trace.queues.empty());
}

TEST_CASE("kernel: a backlog of ten takes all six clients at once") {
    need_kernel();
    const Trace trace = run(six_clients(10, milliseconds(300)));
    for (int i = 0; i < 6; ++i) {
        const CallRecord& connect = the_call(trace, client_name(i), CallKind::Connect);
        CHECK(connect.result == 0);
        CHECK(connect.end < Instant{} + milliseconds(290));
        CHECK(syns_from(trace, connect.client) == 1);
    }
    CHECK(counter(trace, "ListenOverflows") == 0);
    CHECK(counter(trace, "ListenDrops") == 0);
    CHECK(counter(trace, "TCPSynRetrans") == 0);
    REQUIRE(trace.listeners.size() == 1);
    CHECK(trace.listeners[0].accept_queue_max == 6);
}

TEST_CASE("kernel: processes that start together act in the order of their declaration") {
    need_kernel();
    const Trace trace = run(six_clients(10, milliseconds(200)));
    Instant before;
    for (int i = 0; i < 6; ++i) {
        const CallRecord& connect = the_call(trace, client_name(i), CallKind::Connect);
        CHECK(connect.start > before);
        before = connect.start;
    }
    std::vector<Endpoint> syns;
    for (const SegmentRecord& segment : trace.segments) {
        if (segment.packet.segment.flags == kSyn) {
            syns.push_back(segment.packet.src);
        }
    }
    REQUIRE(syns.size() == 6);
    for (int i = 0; i < 6; ++i) {
        CHECK(syns[static_cast<std::size_t>(i)] ==
              the_call(trace, client_name(i), CallKind::Connect).client);
    }
}

TEST_CASE("kernel: a flow's segments are stamped between the start and the end of its connect") {
    need_kernel();
    const Trace trace = run(six_clients(10, milliseconds(100)));
    const CallRecord& connect = the_call(trace, "client.0", CallKind::Connect);
    std::size_t handshake = 0;
    for (const SegmentRecord& segment : trace.segments) {
        const Packet& packet = segment.packet;
        if ((packet.src == connect.client || packet.dst == connect.client) &&
            packet.segment.flags.syn()) {
            ++handshake;
            CHECK(segment.t >= connect.start);
            CHECK(segment.t <= connect.end);
        }
    }
    CHECK(handshake == 2);
}

TEST_CASE("kernel: every process has its own descriptors and the kernel's errors by name") {
    need_kernel();
    using W = ProgramWriter;
    Scenario scenario;
    scenario.hosts.push_back({.name = "host"});
    for (int i = 0; i < 2; ++i) {
        W writer;
        writer.socket("fd");
        writer.call(CallKind::Connect, writer.held("fd"), W::constant(9), "", "host");
        writer.call(CallKind::Recv, W::constant(7), W::constant(1));
        writer.call(CallKind::Listen, W::constant(0), W::constant(1));
        scenario.processes.push_back({.name = client_name(i), .program = writer.done()});
    }
    const Trace trace = run(scenario);
    for (int i = 0; i < 2; ++i) {
        CHECK(the_call(trace, client_name(i), CallKind::Socket).result == 3);
        const CallRecord& refused = the_call(trace, client_name(i), CallKind::Connect);
        CHECK(refused.result == -1);
        CHECK(refused.error == Errno::Econnrefused);
        CHECK(refused.client.port != 0);
        CHECK(the_call(trace, client_name(i), CallKind::Recv).error == Errno::Ebadf);
        CHECK(the_call(trace, client_name(i), CallKind::Listen).error == Errno::Enotsock);
    }
}

TEST_CASE("kernel: a run ends at `until` and shows what had not returned by then") {
    need_kernel();
    Scenario scenario = six_clients(0, seconds(60));
    scenario.until = milliseconds(400);
    const Trace trace = run(scenario);
    CHECK(trace.end >= Instant{} + milliseconds(400));
    CHECK(trace.end < Instant{} + seconds(20));
    CHECK_FALSE(trace.interrupted);
    const CallRecord& waiting = the_call(trace, "client.5", CallKind::Connect);
    CHECK_FALSE(waiting.returned());
    CHECK(syns_from(trace, waiting.client) == 1);
}

TEST_CASE("kernel: a run beyond its time limit is cut off and says so") {
    need_kernel();
    KernelOptions options;
    options.time_limit = milliseconds(200);
    const Trace trace = run(six_clients(0, seconds(60)), options);
    CHECK(trace.interrupted);
    CHECK(the_call(trace, "client.0", CallKind::Connect).result == 0);
}

TEST_CASE("kernel: the caller's own network and settings stay as they are") {
    need_kernel();
    const std::string before = network_namespace();
    const std::string path = "/proc/sys/net/ipv4/tcp_fin_timeout";
    const std::string setting = first_word(path);
    Scenario scenario = six_clients(10, milliseconds(50));
    scenario.hosts[0].sysctls = {{"net.ipv4.tcp_fin_timeout", 7}};
    run(scenario);
    CHECK(network_namespace() == before);
    CHECK(first_word(path) == setting);
}

TEST_CASE("kernel: a scenario's settings are in force") {
    need_kernel();
    Scenario scenario = six_clients(10, milliseconds(50));
    scenario.hosts[0].sysctls = {{"net.core.somaxconn", 5}};
    const Trace trace = run(scenario);
    REQUIRE(trace.listeners.size() == 1);
    CHECK(trace.listeners[0].backlog == 5);
}

TEST_CASE("kernel: a setting that cannot be written is a reason, never ignored") {
    need_kernel();
    Scenario scenario = six_clients(10, milliseconds(50));
    scenario.hosts[0].sysctls = {{"net.ipv4.tcp_no_such_thing", 1}};
    const auto trace = run_on_kernel(scenario);
    REQUIRE_FALSE(trace);
    CHECK(trace.error().reason.find("tcp_no_such_thing") != std::string::npos);
}

TEST_CASE("kernel: a program that never stops calling is a reason") {
    need_kernel();
    using W = ProgramWriter;
    W writer;
    writer.call(CallKind::Accept, W::constant(9), W::constant(0));
    writer.jump(0);
    Scenario scenario;
    scenario.hosts.push_back({.name = "host"});
    scenario.processes.push_back({.name = "mad", .program = writer.done()});
    KernelOptions options;
    options.max_calls = 500;
    const auto trace = run_on_kernel(scenario, options);
    REQUIRE_FALSE(trace);
    CHECK(trace.error().reason.find("mad: more than 500 calls") != std::string::npos);
}

TEST_CASE("kernel: what the runner cannot do is a reason") {
    Scenario linked = six_clients(2, seconds(1));
    linked.hosts.push_back({.name = "client", .address = *parse_address("2001:db8::1")});
    linked.hosts[0].address = IpAddress::v4(10, 0, 0, 1);
    linked.links.push_back({.a = 0, .b = 1, .delay = milliseconds(5), .drops = {}});
    REQUIRE_FALSE(run_on_kernel(linked));
    CHECK(run_on_kernel(linked).error().reason.find("IPv6") != std::string::npos);

    linked.hosts.assign(33, {.name = "host", .address = IpAddress::v4(10, 0, 0, 1)});
    REQUIRE_FALSE(run_on_kernel(linked));
    CHECK(run_on_kernel(linked).error().reason.find("32 hosts") != std::string::npos);

    Scenario other = six_clients(2, seconds(1));
    other.hosts[0].profile = "freebsd";
    REQUIRE_FALSE(run_on_kernel(other));
    CHECK(run_on_kernel(other).error().reason.find("freebsd") != std::string::npos);
}

}  // namespace
}  // namespace synq
