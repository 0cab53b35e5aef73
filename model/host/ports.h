// Which local ports are taken, and how a connecting socket gets one (linux.md 1.3).
#pragma once

#include "model/fsm/step.h"
#include "model/wire/address.h"

#include <cstdint>
#include <map>
#include <optional>

namespace synq {

class Ports {
  public:
    /// False when another socket, or what is left of one, holds the port at an overlapping address
    /// and will not share it (EADDRINUSE).
    bool bind(const Endpoint& local, const Store& store, PortSharing sharing = {},
              SocketId owner = {});
    /// The same question for a socket that has bound the port and wants to listen.
    [[nodiscard]] bool may_listen(const Endpoint& local, const Store& store, SocketId owner) const;
    /// The owner of a bound port has changed its options, or begins or ceases to listen.
    void note(const Endpoint& local, SocketId owner, PortSharing sharing, bool listens);
    void unbind(const Endpoint& local, SocketId owner = {});
    [[nodiscard]] bool bound(std::uint16_t port) const { return bound_.contains(port); }

    /// A port for bind(0) or listen() without bind: odd ones first. nullopt: all taken.
    std::optional<std::uint16_t> choose_to_bind(const Secret& secret, const Store& store,
                                                PortRange range, const IpAddress& address);
    /// A port for connect(): even ones first, from a keyed hash of both ends, so that the flow is
    /// not one of the store's. nullopt: all taken (EADDRNOTAVAIL).
    std::optional<std::uint16_t> choose_to_connect(const Secret& secret, const Store& store,
                                                   PortRange range, FlowKey flow);

  private:
    struct Holder {
        IpAddress address;
        SocketId owner;
        PortSharing sharing;
        bool listens = false;
    };
    [[nodiscard]] bool taken(const Endpoint& local, const Store& store, PortSharing sharing,
                             SocketId except) const;
    Holder* holder(const Endpoint& local, SocketId owner);

    std::multimap<std::uint16_t, Holder> bound_;
    std::uint32_t drawn_ = 0;  // moves the starting point on, as Linux does between connects
};

}  // namespace synq
