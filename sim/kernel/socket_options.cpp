#include "sim/kernel/socket_options.h"

#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace synq {
namespace {

struct Number {
    int level;
    int name;
};

/// In the order of the enumerators.
constexpr std::array<Number, kSocketOptionCount> kNumbers{{
    {IPPROTO_TCP, TCP_NODELAY},
    {IPPROTO_TCP, TCP_QUICKACK},
    {SOL_SOCKET, SO_KEEPALIVE},
    {IPPROTO_TCP, TCP_KEEPIDLE},
    {IPPROTO_TCP, TCP_KEEPINTVL},
    {IPPROTO_TCP, TCP_KEEPCNT},
    {IPPROTO_TCP, TCP_USER_TIMEOUT},
    {IPPROTO_TCP, TCP_SYNCNT},
    {SOL_SOCKET, SO_LINGER},
    {IPPROTO_TCP, TCP_LINGER2},
    {IPPROTO_TCP, TCP_DEFER_ACCEPT},
    {SOL_SOCKET, SO_REUSEADDR},
    {SOL_SOCKET, SO_REUSEPORT},
    {IPPROTO_IP, IP_RECVERR},
    {IPPROTO_TCP, TCP_FASTOPEN},
}};

Number number_of(SocketOption option) {
    return kNumbers.at(static_cast<std::size_t>(option));
}

}  // namespace

int set_socket_option(int fd, SocketOption option, std::int64_t value) {
    const auto [level, name] = number_of(option);
    const int number = static_cast<int>(value);
    if (option == SocketOption::Linger) {
        const linger wanted{.l_onoff = number < 0 ? 0 : 1, .l_linger = number < 0 ? 0 : number};
        return setsockopt(fd, level, name, &wanted, sizeof wanted);
    }
    return setsockopt(fd, level, name, &number, sizeof number);
}

std::int64_t get_socket_option(int fd, SocketOption option) {
    const auto [level, name] = number_of(option);
    int value = 0;
    errno = 0;  // -1 is a value of TCP_LINGER2, too
    socklen_t size = sizeof value;
    return getsockopt(fd, level, name, &value, &size) == 0 ? value : -1;
}

}  // namespace synq
