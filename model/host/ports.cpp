#include "model/host/ports.h"

#include <algorithm>

namespace synq {
namespace {

constexpr std::uint32_t kRange = Ports::kLastEphemeral - Ports::kFirstEphemeral + 1U;
constexpr std::uint64_t kPortTweak = 0x9047;

bool overlap(const IpAddress& a, const IpAddress& b) {
    return a == b || a.is_any() || b.is_any();
}

/// Walks the range from `offset` in steps of two, one parity first, then the other.
template <class Free>
std::optional<std::uint16_t> scan(std::uint32_t offset, std::uint32_t parity, const Free& is_free) {
    for (const std::uint32_t odd : {parity, 1U - parity}) {
        for (std::uint32_t i = 0; i < kRange; i += 2) {
            const std::uint32_t step = ((offset & ~1U) + i) % kRange;
            const auto port = static_cast<std::uint16_t>(Ports::kFirstEphemeral + step + odd);
            if (is_free(port)) {
                return port;
            }
        }
    }
    return std::nullopt;
}

/// Connections and TIME-WAITs hold their port without a socket; half-open requests do not.
bool held_by_connections(const Endpoint& local, const Store& store, PortSharing sharing) {
    bool found = false;
    const auto holds = [&](const Endpoint& own, PortSharing held) {
        return own.port == local.port && overlap(own.address, local.address) &&
               !may_share(sharing, held, false);
    };
    store.flows().for_each([&](RecordRef ref) {
        if (ref.kind() == RecordKind::Connection) {
            const Connection& conn = store.connections[ConnectionId{ref.index()}];
            found = found || holds(conn.flow.local, conn.sharing);
        } else if (ref.kind() == RecordKind::TimeWait) {
            const TimeWait& tw = store.time_waits[TimeWaitId{ref.index()}];
            found = found || holds(tw.flow.local, tw.sharing);
        }
    });
    return found;
}

}  // namespace

bool Ports::taken(const Endpoint& local, const Store& store, PortSharing sharing,
                  SocketId except) const {
    const auto [first, last] = bound_.equal_range(local.port);
    return std::any_of(first, last,
                       [&](const auto& entry) {
                           const Holder& held = entry.second;
                           const bool own = except.valid() && held.owner == except;
                           return !own && overlap(held.address, local.address) &&
                                  !may_share(sharing, held.sharing, held.listens);
                       }) ||
           held_by_connections(local, store, sharing);
}

bool Ports::may_listen(const Endpoint& local, const Store& store, SocketId owner) const {
    const auto [first, last] = bound_.equal_range(local.port);
    const auto own =
        std::find_if(first, last, [&](const auto& entry) { return entry.second.owner == owner; });
    return !taken(local, store, own == last ? PortSharing{} : own->second.sharing, owner);
}

Ports::Holder* Ports::holder(const Endpoint& local, SocketId owner) {
    const auto [first, last] = bound_.equal_range(local.port);
    const auto own =
        std::find_if(first, last, [&](const auto& entry) { return entry.second.owner == owner; });
    return own == last ? nullptr : &own->second;
}

void Ports::note(const Endpoint& local, SocketId owner, PortSharing sharing, bool listens) {
    if (Holder* const own = holder(local, owner)) {
        own->sharing = sharing;
        own->listens = listens;
    }
}

// No second listener (MUST-41), whatever is half-open (MUST-42, R1122-4.2.2.18).
bool Ports::bind(const Endpoint& local, const Store& store, PortSharing sharing, SocketId owner) {
    if (taken(local, store, sharing, {})) {
        return false;
    }
    bound_.emplace(local.port,
                   Holder{.address = local.address, .owner = owner, .sharing = sharing});
    return true;
}

void Ports::unbind(const Endpoint& local, SocketId owner) {
    const auto [first, last] = bound_.equal_range(local.port);
    for (auto it = first; it != last; ++it) {
        if (it->second.address == local.address && it->second.owner == owner) {
            bound_.erase(it);
            return;
        }
    }
}

std::optional<std::uint16_t> Ports::choose_to_bind(const Secret& secret, const Store& store,
                                                   const IpAddress& address) {
    const auto offset = static_cast<std::uint32_t>(secret.hash({}, kPortTweak + ++drawn_));
    return scan(offset % kRange, 1, [&](std::uint16_t port) {
        return !bound(port) && !taken({address, port}, store, {}, {});
    });
}

std::optional<std::uint16_t> Ports::choose_to_connect(
    const Secret& secret, FlowKey flow, const std::function<bool(const FlowKey&)>& is_free) {
    flow.local.port = 0;
    drawn_ += 2;
    const auto offset = static_cast<std::uint32_t>(secret.hash(flow, kPortTweak)) + drawn_;
    return scan(offset % kRange, 0, [&](std::uint16_t port) {
        flow.local.port = port;
        return !bound(port) && is_free(flow);
    });
}

}  // namespace synq
