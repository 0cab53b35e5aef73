// What happens to a host under test, written once and played on the model and on the kernel.
//
// One host, one port of its own, peers on ports of theirs ("flows"), sockets in the order in which
// socket() and accept() gave them. Sequence numbers are relative to both initial ones.
#pragma once

#include "model/host/call.h"
#include "model/wire/segment.h"

#include <cstdint>
#include <string>
#include <vector>

namespace synq::test {

struct Step {
    bool arrives = false;  // a segment; otherwise a call
    int flow = 0;          // the segment's peer, or connect()'s

    CallKind call = CallKind::Socket;
    int socket = 0;
    std::int64_t value = 0;  // backlog, octets, ShutdownHow, an option's value
    SocketOption option = SocketOption::NoDelay;

    Flags flags;
    std::uint32_t seq = 0;
    std::uint32_t ack = 0;
    std::uint32_t len = 0;
    std::uint16_t window = 64'240;
    Options options{};    // ts_ecr: how far before the last TSval that the host has shown
    bool cookie = false;  // returns the Fast Open cookie that the host has last shown
};

using Script = std::vector<Step>;

inline Step call(CallKind kind, int socket = 0, std::int64_t value = 0) {
    return {.call = kind, .socket = socket, .value = value};
}
inline Step shutdown(int socket, ShutdownHow how) {
    return call(CallKind::Shutdown, socket, static_cast<std::int64_t>(how));
}
inline Step set_option(int socket, SocketOption option, std::int64_t value) {
    return {.call = CallKind::SetOption, .socket = socket, .value = value, .option = option};
}
inline Step get_option(int socket, SocketOption option) {
    return {.call = CallKind::GetOption, .socket = socket, .option = option};
}
inline Step arrival(Flags flags, std::uint32_t seq, std::uint32_t ack = 0, std::uint32_t len = 0) {
    return {.arrives = true, .flags = flags, .seq = seq, .ack = ack, .len = len};
}

/// The steps that bring a host into a state of tests/data/state_event_linux618.csv or
/// usercalls.csv: "CLOSED", "SYN-RECEIVED(active)", "FIN-WAIT-2(close)", "ESTABLISHED+unread data".
Script steps_to(const std::string& state);
/// The socket that the state's name is about.
int socket_of(const std::string& state);

}  // namespace synq::test
