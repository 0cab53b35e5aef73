// What a connection costs: run with a number of lifecycles it simulates exactly these (its
// instructions are counted from outside, see instructions.sh); run with `bytes` it prints memory.
//
// A lifecycle is socket, connect, send 16 octets, recv to end of file, close on one side; accept,
// recv, close on the other; both ends, all timers, TIME-WAIT, counters on, nothing recorded.
#include "model/host/host.h"
#include "sim/scenario/scenario.h"
#include "sim/world/world.h"

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <fmt/format.h>
#include <new>
#include <string>
#include <vector>

namespace {

std::size_t live_octets = 0;
constexpr std::size_t kHeader = alignof(std::max_align_t);

}  // namespace

// Counting allocator: each block is preceded by its size.
void* operator new(std::size_t size) {
    auto* block = static_cast<std::byte*>(std::malloc(size + kHeader));
    if (block == nullptr) {
        throw std::bad_alloc();
    }
    *reinterpret_cast<std::size_t*>(block) = size;
    live_octets += size;
    return block + kHeader;
}
void operator delete(void* pointer) noexcept {
    if (pointer != nullptr) {
        auto* block = static_cast<std::byte*>(pointer) - kHeader;
        live_octets -= *reinterpret_cast<std::size_t*>(block);
        std::free(block);
    }
}
void operator delete(void* pointer, std::size_t /*size*/) noexcept {
    operator delete(pointer);
}

namespace {

using namespace synq;

std::string scenario_text(int lifecycles) {
    return fmt::format(R"([clock]
mode = "wheel"
[[host]]
name = "server"
[[process]]
name = "server"
host = "server"
program = """
fd = socket(AF_INET, SOCK_STREAM)
bind(fd, 8000)
listen(fd, 128)
loop {{ c = accept(fd); recv(c, 512); close(c) }}
"""
[[process]]
name = "client"
host = "server"
program = """
repeat {} {{
    fd = socket(AF_INET, SOCK_STREAM)
    connect(fd, server:8000)
    send(fd, 16)
    while recv(fd, 512) > 0 {{ }}
    close(fd)
    sleep(10ms)
}}
"""
)",
                       lifecycles);
}

int simulate(int lifecycles) {
    const auto scenario = parse_scenario(scenario_text(lifecycles), "lifecycle", {});
    if (!scenario) {
        fmt::print(stderr, "{}\n", to_string(scenario.error()));
        return 2;
    }
    const auto begin = std::chrono::steady_clock::now();
    const auto trace = run_scenario(*scenario, {.recording = Recording::Counters});
    const auto took = std::chrono::steady_clock::now() - begin;
    const auto& counters = trace->counters.front();
    if (counters.at("PassiveOpens") != static_cast<std::uint64_t>(lifecycles) ||
        counters.at("TW") != static_cast<std::uint64_t>(lifecycles)) {
        fmt::print(stderr, "not every connection lived its life\n");
        return 1;
    }
    fmt::print("{} lifecycles, {} ns each\n", lifecycles,
               std::chrono::duration_cast<std::chrono::nanoseconds>(took).count() / lifecycles);
    return 0;
}

/// Carries segments between a host and itself until none is left; timers stay unarmed.
void settle(Host& host, Outbox& out) {
    std::vector<Packet> queue;
    for (;;) {
        for (const Effect& effect : out) {
            if (const auto* send = std::get_if<SendPacket>(&effect)) {
                queue.push_back(send->packet);
            }
        }
        out.clear();
        if (queue.empty()) {
            return;
        }
        const Packet first = queue.front();
        queue.erase(queue.begin());
        host.on_segment({}, first, out);
    }
}

void bytes() {
    Host host({.profile = find_profile("linux-6.18")});
    Outbox out;
    const SocketId listener = host.call({}, {.kind = CallKind::Socket}, out).socket;
    host.call({},
              {.kind = CallKind::Bind,
               .socket = listener,
               .endpoint = {.address = IpAddress::any_v4(), .port = 8000}},
              out);
    host.call({}, {.kind = CallKind::Listen, .socket = listener, .value = 10}, out);
    constexpr int kConnections = 16'384;
    const std::size_t before = live_octets;
    for (int i = 0; i < kConnections; ++i) {
        const SocketId socket = host.call({}, {.kind = CallKind::Socket}, out).socket;
        host.call({},
                  {.kind = CallKind::Connect,
                   .socket = socket,
                   .endpoint = {.address = IpAddress::loopback_v4(), .port = 8000}},
                  out);
        settle(host, out);
        host.call({}, {.kind = CallKind::Accept, .socket = listener}, out);
        out.clear();
    }
    fmt::print("records: connection {} octets, half-open request {}, TIME-WAIT {}\n",
               sizeof(Connection), sizeof(Request), sizeof(TimeWait));
    fmt::print("heap per established end, sockets and tables included: {} octets\n",
               (live_octets - before) / (2 * kConnections));
}

}  // namespace

int main(int argc, char** argv) {
    const std::string argument = argc > 1 ? argv[1] : "bytes";
    if (argument == "bytes") {
        bytes();
        return 0;
    }
    return simulate(std::atoi(argument.c_str()));
}
