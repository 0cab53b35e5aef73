#include "model/host/call.h"

#include <array>

namespace synq {

std::string_view name(CallKind kind) {
    static constexpr std::array<std::string_view, kCallKindCount> kNames{
        "socket", "bind",     "listen", "connect",    "accept",     "send",
        "recv",   "shutdown", "close",  "setsockopt", "getsockopt", "disconnect"};
    return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace synq
