#include "model/wire/icmp.h"

#include <array>

namespace synq {

Errno icmp_errno(const IcmpError& icmp) {
    using enum Errno;
    // By code of "destination unreachable"; 4 is path MTU discovery, which is no error.
    static constexpr std::array kUnreachable{
        Enetunreach,  Ehostunreach, Enoprotoopt,  Econnrefused, None,         Eopnotsupp,
        Enetunreach,  Ehostdown,    Enonet,       Enetunreach,  Ehostunreach, Enetunreach,
        Ehostunreach, Ehostunreach, Ehostunreach, Ehostunreach};
    switch (icmp.type) {
        case kIcmpUnreachable:
            return icmp.code < kUnreachable.size() ? kUnreachable[icmp.code] : None;
        case kIcmpTimeExceeded:
            return icmp.code == 0 ? Ehostunreach : None;
        case kIcmpParameterProblem:
            return Eproto;
        default:
            return None;
    }
}

}  // namespace synq
