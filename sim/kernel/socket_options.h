// The model's socket options on real sockets.
#pragma once

#include "model/tcb/socket_options.h"

#include <cstdint>

namespace synq {

/// setsockopt() with a value as the model's: of SO_LINGER the seconds, negative for off. -1 and
/// errno on failure.
int set_socket_option(int fd, SocketOption option, std::int64_t value);
/// getsockopt() of an option that is one number. On failure -1 and errno, which else is 0.
std::int64_t get_socket_option(int fd, SocketOption option);

}  // namespace synq
