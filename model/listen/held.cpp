// Text received ahead of a gap (Linux out_of_order_queue): ranges in order, none touching the next.
#include "model/listen/store.h"

#include <algorithm>

namespace synq {

void Store::hold(ConnectionId id, const Held& text) {
    Held fresh = text;
    HeldId before;
    HeldId each = extra(id).held;
    // Skip what ends before the new text begins.
    while (each.valid() && synq::before(held[each].end, fresh.begin)) {
        before = each;
        each = held[each].next;
    }
    if (each.valid() && at_or_before(held[each].begin, fresh.begin) &&
        at_or_after(held[each].end, fresh.end) && (held[each].fin || !fresh.fin)) {
        return;
    }
    // What overlaps it, or touches it, becomes part of it.
    while (each.valid() && at_or_before(held[each].begin, fresh.end)) {
        const Held& other = held[each];
        fresh.fin = fresh.fin || other.fin;
        fresh.begin = synq::before(other.begin, fresh.begin) ? other.begin : fresh.begin;
        fresh.end = after(other.end, fresh.end) ? other.end : fresh.end;
        fresh.memory = static_cast<std::uint16_t>(fresh.memory + other.memory);
        const HeldId next = other.next;
        held.release(each);
        each = next;
    }
    const HeldId added = held.acquire();
    held[added] = fresh;
    held[added].next = each;
    (before.valid() ? held[before].next : extra(id).held) = added;
}

const Held* Store::first_held(const Connection& connection) const {
    if (!connection.extra.valid()) {
        return nullptr;
    }
    const HeldId first = extras[connection.extra].held;
    return first.valid() ? &held[first] : nullptr;
}

void Store::drop_first_held(ConnectionId id) {
    const HeldId first = extra(id).held;
    extra(id).held = held[first].next;
    held.release(first);
}

Seq Store::held_end(const Connection& connection, Seq otherwise) const {
    const Held* each = first_held(connection);
    for (; each != nullptr; each = each->next.valid() ? &held[each->next] : nullptr) {
        otherwise = each->end + (each->fin ? 1U : 0U);
    }
    return otherwise;
}

std::uint32_t Store::held_count(const Connection& connection) const {
    std::uint32_t out = 0;
    const Held* each = first_held(connection);
    for (; each != nullptr; each = each->next.valid() ? &held[each->next] : nullptr) {
        ++out;
    }
    return out;
}

std::uint32_t Store::held_memory(const Connection& connection) const {
    std::uint32_t out = 0;
    const Held* each = first_held(connection);
    for (; each != nullptr; each = each->next.valid() ? &held[each->next] : nullptr) {
        out += std::uint32_t{each->memory} * Held::kMemoryUnit;
    }
    return out;
}

void Store::drop_held(ConnectionId id) {
    while (first_held(connections[id]) != nullptr) {
        drop_first_held(id);
    }
}

}  // namespace synq
