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

}  // namespace

bool Ports::taken(const Endpoint& local, const Store& store) const {
    const auto [first, last] = bound_.equal_range(local.port);
    return std::any_of(first, last,
                       [&](const auto& entry) { return overlap(entry.second, local.address); }) ||
           held_by_connections(local, store);
}

bool Ports::held_by_connections(const Endpoint& local, const Store& store) {
    bool found = false;
    store.flows().for_each([&](RecordRef ref) {
        if (ref.kind() != RecordKind::Request) {
            const Endpoint& own = ref.kind() == RecordKind::Connection
                                      ? store.connections[ConnectionId{ref.index()}].flow.local
                                      : store.time_waits[TimeWaitId{ref.index()}].flow.local;
            found = found || (own.port == local.port && overlap(own.address, local.address));
        }
    });
    return found;
}

// No second listener (MUST-41), whatever is half-open (MUST-42, R1122-4.2.2.18).
bool Ports::bind(const Endpoint& local, const Store& store) {
    if (taken(local, store)) {
        return false;
    }
    bound_.emplace(local.port, local.address);
    return true;
}

void Ports::unbind(const Endpoint& local) {
    const auto [first, last] = bound_.equal_range(local.port);
    for (auto it = first; it != last; ++it) {
        if (it->second == local.address) {
            bound_.erase(it);
            return;
        }
    }
}

std::optional<std::uint16_t> Ports::choose_to_bind(const Secret& secret, const Store& store,
                                                   const IpAddress& address) {
    const auto offset = static_cast<std::uint32_t>(secret.hash({}, kPortTweak + ++drawn_));
    return scan(offset % kRange, 1,
                [&](std::uint16_t port) { return !bound(port) && !taken({address, port}, store); });
}

std::optional<std::uint16_t> Ports::choose_to_connect(const Secret& secret, const Store& store,
                                                      FlowKey flow) {
    flow.local.port = 0;
    drawn_ += 2;
    const auto offset = static_cast<std::uint32_t>(secret.hash(flow, kPortTweak)) + drawn_;
    return scan(offset % kRange, 0, [&](std::uint16_t port) {
        flow.local.port = port;
        return !bound(port) && store.find(flow) == RecordRef{};
    });
}

}  // namespace synq
