#include "model/host/ports.h"

#include <algorithm>

namespace synq {
namespace {

constexpr std::uint64_t kPortTweak = 0x9047;

bool overlap(const IpAddress& a, const IpAddress& b) {
    return a == b || a.is_any() || b.is_any();
}

/// Walks the range from `offset` in steps of two, ports at an even distance from its first one
/// before the others, or after them when `odd_first`. Linux leaves out the last port of an odd
/// number of them.
template <class Free>
std::optional<std::uint16_t> scan(PortRange range, std::uint32_t offset, bool odd_first,
                                  const Free& is_free) {
    const std::uint32_t all = range.last - range.first + 1U;
    if (all == 1) {
        return is_free(range.first) ? std::optional(range.first) : std::nullopt;
    }
    const std::uint32_t count = all & ~1U;
    const std::uint32_t start = offset % count & ~1U;
    for (const bool odd : {odd_first, !odd_first}) {
        for (std::uint32_t i = 0; i < count; i += 2) {
            const std::uint32_t step = (start + i) % count + (odd ? 1U : 0U);
            const auto port = static_cast<std::uint16_t>(range.first + step);
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
                                                   PortRange range, const IpAddress& address) {
    const auto offset = static_cast<std::uint32_t>(secret.hash({}, kPortTweak + ++drawn_));
    return scan(range, offset, true, [&](std::uint16_t port) {
        return !bound(port) && !taken({address, port}, store, {}, {});
    });
}

std::optional<std::uint16_t> Ports::choose_to_connect(const Secret& secret, const Store& store,
                                                      PortRange range, FlowKey flow) {
    flow.local.port = 0;
    drawn_ += 2;
    const auto offset = static_cast<std::uint32_t>(secret.hash(flow, kPortTweak)) + drawn_;
    return scan(range, offset, false, [&](std::uint16_t port) {
        flow.local.port = port;
        return !bound(port) && store.find(flow) == RecordRef{};
    });
}

}  // namespace synq
