// Packets in queues: segments ahead of a gap (Linux out_of_order_queue), in order of their
// beginning, and what follows the first packet of the receive and of the send queue.
#include "model/listen/store.h"

#include <algorithm>

namespace synq {

// As Linux tcp_data_queue_ofo.
Store::Holding Store::hold(ConnectionId id, const Held& text) {
    Holding out;
    HeldId before_it;  // the last that begins no later
    HeldId each = extra(id).held;
    HeldId link;  // whose next the new one becomes
    while (each.valid() && at_or_before(held[each].begin, text.begin)) {
        link = before_it;
        before_it = each;
        each = held[each].next;
    }
    if (before_it.valid()) {
        Held& other = held[before_it];
        if (before(text.begin, other.stop())) {
            if (!after(text.stop(), other.stop())) {
                return out;
            }
            if (text.begin == other.begin) {
                out.freed += other.memory;
                held.release(before_it);
                (link.valid() ? held[link].next : extra(id).held) = each;
                before_it = link;
            }
        } else if (text.begin == other.stop() && text.end - text.begin <= other.room) {
            other.room = static_cast<std::uint16_t>(other.room - (text.end - text.begin));
            other.end = text.end;
            other.fin = text.fin;
            return out;
        }
    }
    while (each.valid() && !after(held[each].stop(), text.stop())) {
        out.freed += held[each].memory;
        const HeldId next = held[each].next;
        held.release(each);
        each = next;
    }
    out.kept = true;
    const HeldId added = held.acquire();
    held[added] = text;
    held[added].next = each;
    (before_it.valid() ? held[before_it].next : extra(id).held) = added;
    return out;
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
    for (bool first = true; each != nullptr; first = false) {
        otherwise = first || after(each->stop(), otherwise) ? each->stop() : otherwise;
        each = each->next.valid() ? &held[each->next] : nullptr;
    }
    return otherwise;
}

std::uint32_t Store::held_count(const Connection& connection) const {
    std::uint32_t out = 0;
    Seq end;
    const Held* each = first_held(connection);
    for (; each != nullptr; each = each->next.valid() ? &held[each->next] : nullptr) {
        const bool apart = out == 0 || after(each->begin, end);
        out += apart ? 1 : 0;
        end = apart || after(each->stop(), end) ? each->stop() : end;
    }
    return out;
}

std::uint32_t Store::held_memory(const Connection& connection) const {
    std::uint32_t out = 0;
    const Held* each = first_held(connection);
    for (; each != nullptr; each = each->next.valid() ? &held[each->next] : nullptr) {
        out += each->memory;
    }
    return out;
}

void Store::drop_held(ConnectionId id) {
    while (first_held(connections[id]) != nullptr) {
        drop_first_held(id);
    }
}

void Store::push_packet(PacketQueue& queue, const Queued& packet) {
    const QueuedId added = queued.acquire();
    queued[added] = packet;
    (queue.last.valid() ? queued[queue.last].next : queue.first) = added;
    queue.last = added;
}

void Store::pop_packet(PacketQueue& queue) {
    const QueuedId first = queue.first;
    queue.first = queued[first].next;
    queue.last = queue.first.valid() ? queue.last : QueuedId{};
    queued.release(first);
}

void Store::drop_packets(PacketQueue& queue) {
    while (queue.first.valid()) {
        pop_packet(queue);
    }
}

}  // namespace synq
