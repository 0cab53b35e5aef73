#include "sim/kernel/errno_map.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace synq {

Errno errno_from_number(int number) {
    static constexpr std::array kNumbers{
        std::pair{0, Errno::None},
        std::pair{EADDRINUSE, Errno::Eaddrinuse},
        std::pair{EADDRNOTAVAIL, Errno::Eaddrnotavail},
        std::pair{EAFNOSUPPORT, Errno::Eafnosupport},
        std::pair{EAGAIN, Errno::Eagain},
        std::pair{EALREADY, Errno::Ealready},
        std::pair{EBADF, Errno::Ebadf},
        std::pair{ECONNABORTED, Errno::Econnaborted},
        std::pair{ECONNREFUSED, Errno::Econnrefused},
        std::pair{ECONNRESET, Errno::Econnreset},
        std::pair{EHOSTDOWN, Errno::Ehostdown},
        std::pair{EHOSTUNREACH, Errno::Ehostunreach},
        std::pair{EINPROGRESS, Errno::Einprogress},
        std::pair{EINTR, Errno::Eintr},
        std::pair{EINVAL, Errno::Einval},
        std::pair{EISCONN, Errno::Eisconn},
        std::pair{ENETUNREACH, Errno::Enetunreach},
        std::pair{ENOMEM, Errno::Enomem},
        std::pair{ENONET, Errno::Enonet},
        std::pair{ENOPROTOOPT, Errno::Enoprotoopt},
        std::pair{ENOTCONN, Errno::Enotconn},
        std::pair{ENOTSOCK, Errno::Enotsock},
        std::pair{EOPNOTSUPP, Errno::Eopnotsupp},
        std::pair{EPIPE, Errno::Epipe},
        std::pair{EPROTO, Errno::Eproto},
        std::pair{EPROTONOSUPPORT, Errno::Eprotonosupport},
        std::pair{ETIMEDOUT, Errno::Etimedout},
    };
    const auto* found = std::find_if(kNumbers.begin(), kNumbers.end(),
                                     [number](const auto& entry) { return entry.first == number; });
    return found == kNumbers.end() ? Errno::Other : found->second;
}

}  // namespace synq
