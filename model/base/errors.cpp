#include "model/base/errors.h"

#include <algorithm>
#include <array>

namespace synq {
namespace {

constexpr std::array<std::string_view, 28> kNames{"",
                                                  "EADDRINUSE",
                                                  "EADDRNOTAVAIL",
                                                  "EAFNOSUPPORT",
                                                  "EAGAIN",
                                                  "EALREADY",
                                                  "EBADF",
                                                  "ECONNABORTED",
                                                  "ECONNREFUSED",
                                                  "ECONNRESET",
                                                  "EHOSTDOWN",
                                                  "EHOSTUNREACH",
                                                  "EINPROGRESS",
                                                  "EINTR",
                                                  "EINVAL",
                                                  "EISCONN",
                                                  "ENETUNREACH",
                                                  "ENOMEM",
                                                  "ENONET",
                                                  "ENOPROTOOPT",
                                                  "ENOTCONN",
                                                  "ENOTSOCK",
                                                  "EOPNOTSUPP",
                                                  "EPIPE",
                                                  "EPROTO",
                                                  "EPROTONOSUPPORT",
                                                  "ETIMEDOUT",
                                                  "EOTHER"};
static_assert(kNames.size() == static_cast<std::size_t>(Errno::Other) + 1);

}  // namespace

std::string_view name(Errno error) {
    return kNames[static_cast<std::size_t>(error)];
}

Errno errno_named(std::string_view text) {
    const auto* const found = std::find(kNames.begin(), kNames.end(), text);
    return found == kNames.end() ? Errno::None
                                 : static_cast<Errno>(std::distance(kNames.begin(), found));
}

}  // namespace synq
