// The parts of the kernel runner that need no kernel of their own.
#ifdef __linux__

#include "sim/kernel/descriptors.h"
#include "sim/kernel/errno_map.h"
#include "sim/kernel/kernel_record.h"
#include "sim/kernel/mib_files.h"
#include "tests/catch.h"

#include <cerrno>
#include <string>
#include <vector>

namespace synq {
namespace {

TEST_CASE("kernel counters: names and values are read by group, gauges are left out") {
    const std::string file =
        "Ip: Forwarding\nIp: 1\n"
        "Tcp: RtoMin MaxConn ActiveOpens CurrEstab OutRsts\nTcp: 200 -1 7 3 2\n";
    CounterMap counters;
    REQUIRE(parse_counters(file, "Tcp", counters));
    CHECK(counters == CounterMap{{"ActiveOpens", 7}, {"OutRsts", 2}});
    CHECK_FALSE(parse_counters(file, "TcpExt", counters));
    CHECK_FALSE(parse_counters("Tcp: A B\nTcp: 1\n", "Tcp", counters));
}

TEST_CASE("kernel counters: changes leave out what stayed") {
    CHECK(counter_changes({{"A", 1}, {"B", 2}}, {{"A", 4}, {"B", 2}, {"C", 5}}) ==
          CounterMap{{"A", 3}, {"C", 5}});
}

TEST_CASE("kernel errno: numbers become names, unknown ones Other") {
    CHECK(errno_from_number(0) == Errno::None);
    CHECK(errno_from_number(ECONNREFUSED) == Errno::Econnrefused);
    CHECK(errno_from_number(ETIMEDOUT) == Errno::Etimedout);
    CHECK(errno_from_number(EXDEV) == Errno::Other);
}

TEST_CASE("kernel descriptors: the lowest free number is given, and 0 to 2 are taken") {
    Descriptors descriptors;
    CHECK(descriptors.add(UniqueFd{dup(0)}) == 3);
    CHECK(descriptors.add(UniqueFd{dup(0)}) == 4);
    CHECK(descriptors.take(3).valid());
    CHECK(descriptors.real(3) == -1);
    CHECK_FALSE(descriptors.take(3).valid());
    CHECK(descriptors.add(UniqueFd{dup(0)}) == 3);
    CHECK(descriptors.open_numbers() == std::vector<std::int64_t>{0, 1, 2, 3, 4});
}

KernelRecord a_record() {
    KernelRecord record;
    record.end = Instant{} + seconds(3);
    record.interrupted = true;
    CallRecord call{.process = 2, .kind = CallKind::Connect, .text = "connect(fd, server:8000)"};
    call.error = Errno::Etimedout;
    call.client = {IpAddress::loopback_v4(), 40'000};
    record.calls.push_back(call);
    record.segments.resize(2);
    record.segments[1].packet.segment.seq = Seq{77};
    record.listeners.push_back({0, {IpAddress::loopback_v4(), 8000}, 2, 3, {}});
    record.counters = {{{"ListenDrops", 9}}, {}};
    record.wheel_phase = milliseconds(7);
    return record;
}

TEST_CASE("kernel record: what is packed is what is unpacked") {
    const std::string message = pack(a_record());
    CHECK(is_whole(message));
    const auto copy = unpack(message);
    REQUIRE(copy);
    CHECK(copy->end == Instant{} + seconds(3));
    CHECK(copy->interrupted);
    REQUIRE(copy->calls.size() == 1);
    CHECK(copy->calls[0].text == "connect(fd, server:8000)");
    CHECK(copy->calls[0].client.port == 40'000);
    CHECK_FALSE(copy->calls[0].returned());
    REQUIRE(copy->segments.size() == 2);
    CHECK(copy->segments[1].packet.segment.seq == Seq{77});
    CHECK(copy->listeners.at(0).backlog == 2);
    CHECK(copy->counters == std::vector<CounterMap>{{{"ListenDrops", 9}}, {}});
    CHECK(copy->wheel_phase == milliseconds(7));
}

TEST_CASE("kernel record: a message cut short anywhere, or with octets to spare, is refused") {
    const std::string message = pack(a_record());
    for (std::size_t size = 0; size < message.size(); ++size) {
        CHECK_FALSE(is_whole(message.substr(0, size)));
        CHECK_FALSE(unpack(message.substr(0, size)));
    }
    CHECK_FALSE(unpack(message + "x"));
}

}  // namespace
}  // namespace synq

#endif
