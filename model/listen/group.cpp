#include "model/listen/group.h"

#include <cstdint>

namespace synq {
namespace {

constexpr std::uint64_t kGroupTweak = 0x6309;
/// Linux renews its note of the last cookie no more often than that (tcp_synq_overflow).
constexpr Duration kCookieNoteAge = seconds(1);

/// How well an address fits a flow; 0: not at all.
int fit(const Endpoint& own, const Endpoint& wanted) {
    if (own.port != wanted.port) {
        return 0;
    }
    if (own.address == wanted.address) {
        return 3;
    }
    if (own.address == IpAddress::any_v4()) {
        return 2;
    }
    return own.address.is_any() ? 1 : 0;
}

bool same_group(const Listener& a, const Listener& b) {
    return a.group != 0 && a.group == b.group;
}

/// The group's members without `except`, by the hash of the flow.
ListenerId pick(const Store& store, const Secret& secret, const Listener& group, ListenerId except,
                const FlowKey& flow) {
    std::uint64_t members = 0;
    for (const ListenerId id : store.listening) {
        members += id != except && same_group(store.listeners[id], group) ? 1U : 0U;
    }
    // One of `members` numbers, each as likely as the others (Linux reciprocal_scale).
    std::uint64_t skip = (secret.hash(flow, kGroupTweak) >> 32U) * members >> 32U;
    for (const ListenerId id : store.listening) {
        if (id != except && same_group(store.listeners[id], group) && skip-- == 0) {
            return id;
        }
    }
    return {};
}

}  // namespace

ListenerId find_listener(const Store& store, const Secret& secret, const FlowKey& flow) {
    ListenerId best;
    int best_fit = 0;
    for (const ListenerId id : store.listening) {
        const int here = fit(store.listeners[id].local, flow.local);
        if (here > best_fit) {
            best = id;
            best_fit = here;
        }
    }
    return best.valid() && store.listeners[best].group != 0
               ? pick(store, secret, store.listeners[best], {}, flow)
               : best;
}

ListenerId find_sibling(const Store& store, const Secret& secret, ListenerId gone,
                        const FlowKey& flow) {
    return pick(store, secret, store.listeners[gone], gone, flow);
}

void note_cookie_sent(Store& store, ListenerId id, Instant now) {
    Listener& listener = store.listeners[id];
    if (listener.last_cookie != kNever && now - listener.last_cookie <= kCookieNoteAge) {
        return;
    }
    listener.last_cookie = now;
    if (listener.group != 0) {
        for (const ListenerId other : store.listening) {
            if (same_group(store.listeners[other], listener)) {
                store.listeners[other].last_cookie = now;
            }
        }
    }
}

void join_group(Store& store, ListenerId id) {
    Listener& joining = store.listeners[id];
    for (const ListenerId other : store.listening) {
        const Listener& member = store.listeners[other];
        if (other != id && member.group != 0 && member.local == joining.local) {
            joining.group = member.group;
            joining.last_cookie = member.last_cookie;  // it looks for cookies as long as the others
            return;
        }
    }
    joining.group = ++store.groups;
}

}  // namespace synq
