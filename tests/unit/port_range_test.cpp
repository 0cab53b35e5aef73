// net.ipv4.ip_local_port_range (linux.md 1.3; the scenario port-exhaustion holds it against the
// kernel).
#include "tests/bench.h"
#include "tests/catch.h"

#include <set>

namespace synq {
namespace {

constexpr std::size_t kClient = 0;
constexpr std::size_t kServer = 1;

HostConfig with_ports(HostConfig config, std::uint16_t first, std::uint16_t last) {
    config.sysctl.local_port_range = packed({first, last});
    return config;
}

}  // namespace

TEST_CASE("connect() uses every port of the range once, but the last of an odd number") {
    for (const std::uint16_t last : {std::uint16_t{40'003}, std::uint16_t{40'004}}) {
        Bench bench({with_ports(linux_host(kHostA), 40'000, last), linux_host(kHostB)});
        bench.listener(kServer, 10);
        std::set<std::uint16_t> ports;
        for (int i = 0; i < 4; ++i) {
            const SocketId socket = bench.socket(kClient);
            REQUIRE(bench.connect(kClient, socket, {kHostB, kPort}).error == Errno::None);
            ports.insert(bench.hosts[kClient].connection_of(socket)->flow.local.port);
        }
        CHECK(ports == std::set<std::uint16_t>{40'000, 40'001, 40'002, 40'003});
        const SocketId late = bench.socket(kClient);
        CHECK(bench.connect(kClient, late, {kHostB, kPort}).error == Errno::Eaddrnotavail);
        // Another destination is another four-tuple.
        bench.listener(kServer, 1, kPort + 1);
        CHECK(bench.connect(kClient, late, {kHostB, kPort + 1}).error == Errno::None);
    }
}

TEST_CASE("bind(0) stays within the range and then says EADDRINUSE") {
    Bench bench({with_ports(linux_host(kHostA), 50'000, 50'001)});
    for (const Errno expected : {Errno::None, Errno::None, Errno::Eaddrinuse}) {
        CHECK(bench.bind(0, bench.socket(0), 0).error == expected);
    }
}

TEST_CASE("a setting of two numbers is read and written as its file shows it") {
    const SysctlInfo& range = *find_sysctl("net.ipv4.ip_local_port_range");
    CHECK(setting_text(range, range.fallback) == "32768 60999");
    CHECK(read_setting(range, "40000 40009") == packed({40'000, 40'009}));
    for (const char* wrong :
         {"40000", "40001 40000", "0 5", "1 65536", "a b", "1 2 3", " 1 2", ""}) {
        INFO(wrong);
        CHECK_FALSE(read_setting(range, wrong));
    }
    const SysctlInfo& plain = *find_sysctl("net.ipv4.tcp_syncookies");
    CHECK(setting_text(plain, 2) == "2");
    CHECK(read_setting(plain, "1") == 1);
    CHECK_FALSE(read_setting(plain, "3"));
    CHECK_FALSE(read_setting(plain, "1 2"));
}

}  // namespace synq
