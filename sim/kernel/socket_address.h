// IPv4 socket addresses of the C interface.
#pragma once

#include "model/wire/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace synq {

/// What bind(), accept() and their like take: the C interface's own kind of cast.
template <class Address>
const sockaddr* generic(const Address& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}
template <class Address>
sockaddr* generic(Address& address) {
    return reinterpret_cast<sockaddr*>(&address);
}

inline Endpoint endpoint_of(const sockaddr_in& address) {
    return {IpAddress::v4(ntohl(address.sin_addr.s_addr)), ntohs(address.sin_port)};
}

}  // namespace synq
