// errno values as the model knows them: names are what people read, numbers belong to the machine
// that runs the kernel half of an experiment.
#pragma once

#include <cstdint>
#include <string_view>

namespace synq {

enum class Errno : std::uint8_t {
    None,
    Eaddrinuse,
    Eaddrnotavail,
    Eafnosupport,
    Eagain,
    Ealready,
    Ebadf,
    Econnaborted,
    Econnrefused,
    Econnreset,
    Ehostdown,
    Ehostunreach,
    Einprogress,
    Eintr,
    Einval,
    Eisconn,
    Enetunreach,
    Enomem,
    Enonet,
    Enoprotoopt,
    Enotconn,
    Enotsock,
    Eopnotsupp,
    Epipe,
    Eproto,
    Eprotonosupport,
    Etimedout,
    Other,  // a kernel's answer that the model has no name for
};

/// "ETIMEDOUT"; empty for None.
std::string_view name(Errno error);
/// The inverse of name(); Errno::None for an unknown text.
Errno errno_named(std::string_view text);

}  // namespace synq
