// Socket calls as values.
#pragma once

#include "model/base/errors.h"
#include "model/base/ids.h"
#include "model/tcb/socket_options.h"
#include "model/wire/address.h"

#include <cstdint>
#include <string_view>

namespace synq {

enum class CallKind : std::uint8_t {
    Socket,
    Bind,
    Listen,
    Connect,
    Accept,
    Send,
    Recv,
    Shutdown,
    Close,
    SetOption,
    GetOption,
    Disconnect,  // connect() with AF_UNSPEC
};
inline constexpr int kCallKindCount = 12;

/// "socket", "bind", ...
std::string_view name(CallKind kind);

enum class ShutdownHow : std::uint8_t { Read, Write, Both };  // SHUT_RD, SHUT_WR, SHUT_RDWR

/// One call. Fields that a kind does not use are ignored.
struct Call {
    CallKind kind = CallKind::Socket;
    SocketId socket;    // all but Socket
    Endpoint endpoint;  // Bind, Connect
    std::int64_t value =
        0;              // Listen: backlog; Send, Recv: octets; Shutdown: ShutdownHow; SetOption
    bool ipv6 = false;  // Socket: AF_INET6
    SocketOption option = SocketOption::NoDelay;  // SetOption, GetOption
};

/// What a call returned. A blocked call is made again, unchanged, when its socket wakes.
struct CallResult {
    bool blocked = false;
    Errno error = Errno::None;  // None: value holds the result
    std::int64_t value = 0;     // octets, or 0
    SocketId socket{};          // Socket, Accept: the new socket
    Endpoint peer{};            // Accept: who connected

    static CallResult ok(std::int64_t value = 0) { return {.value = value}; }
    static CallResult fail(Errno error) { return {.error = error, .value = -1}; }
    static CallResult block() { return {.blocked = true}; }
};

}  // namespace synq
