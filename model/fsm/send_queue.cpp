#include "model/fsm/send_queue.h"

#include "model/fsm/memory.h"
#include "model/fsm/segments.h"

#include <algorithm>

namespace synq {
namespace {

bool has_packets(const Step& step) {
    return step.conn().extra.valid() &&
           step.stack.store.extras[step.conn().extra].sent.first.valid();
}

Seq begin_of(const Step& step, QueuedId packet) {
    return step.stack.store.queued[packet].begin;
}

/// Makes one packet end, and the next begin, at `at`, after every other that begins.
void end_packet(const Step& step, Seq at, bool pushed = false) {
    step.stack.store.push_packet(step.stack.store.extra(step.connection).sent,
                                 {.begin = at, .pushed = pushed, .next = {}});
}

/// The first that begins behind `at`; invalid: none.
QueuedId packet_behind(const Step& step, Seq at) {
    if (!has_packets(step) || at_or_before(last_packet(step), at)) {
        return {};
    }
    const Store& store = step.stack.store;
    QueuedId each = store.extras[step.conn().extra].sent.first;
    while (at_or_before(begin_of(step, each), at)) {
        each = store.queued[each].next;
    }
    return each;
}

/// What `change` does to the packets' memory is reserved, or given back.
template <class Change>
void account(const Step& step, const Change& change) {
    const Connection& conn = step.conn();
    const Store& store = step.stack.store;
    // Without spare pages what is reserved follows from what is used.
    if (spare_pages(store, conn) == 0) {
        change();
        return;
    }
    Reservation reservation(step, true);
    const std::uint32_t before = sent_memory(store, conn);
    change();
    const std::uint32_t after = sent_memory(store, conn);
    if (after > before) {
        reservation.reserve(after - before);
        reservation.use(after - before);
    } else if (after < before) {
        reservation.give_back(before - after);
    }
    reservation.settle();
}

/// Packets that begin inside (begin, end) become part of the one before; one begins at `end`.
void join(const Step& step, Seq begin, Seq end) {
    Store& store = step.stack.store;
    PacketQueue& queue = store.extras[step.conn().extra].sent;
    QueuedId before_it;
    QueuedId each = queue.first;
    while (each.valid() && at_or_before(begin_of(step, each), begin)) {
        before_it = each;
        each = store.queued[each].next;
    }
    while (each.valid() && before(begin_of(step, each), end)) {
        const QueuedId next = store.queued[each].next;
        store.queued.release(each);
        each = next;
    }
    if (end != step.conn().snd.queued && !(each.valid() && begin_of(step, each) == end)) {
        const QueuedId added = store.queued.acquire();
        store.queued[added] = {.begin = end, .next = each};
        each = added;
    }
    (before_it.valid() ? store.queued[before_it].next : queue.first) = each;
    if (!each.valid()) {
        queue.last = before_it;
    } else if (!store.queued[each].next.valid()) {
        queue.last = each;
    }
}

}  // namespace

std::uint32_t sent_memory(const Store& store, const Connection& conn) {
    if (at_or_after(conn.snd.una, conn.snd.queued)) {
        return 0;
    }
    // A SYN is a packet without text.
    const Seq begin = conn.snd.una == conn.snd.iss ? conn.snd.una + 1 : conn.snd.una;
    std::uint32_t out = kPacketMemory + static_cast<std::uint32_t>(conn.snd.queued - begin);
    if (conn.extra.valid()) {
        out += store.extras[conn.extra].acknowledged;
        QueuedId each = store.extras[conn.extra].sent.first;
        for (; each.valid(); each = store.queued[each].next) {
            out += kPacketMemory;
        }
    }
    return out;
}

std::uint32_t room_in_last_packet(const Step& step, std::uint32_t most) {
    const Connection& conn = step.conn();
    if (conn.snd.nxt == conn.snd.queued) {
        return 0;
    }
    const auto len = static_cast<std::uint32_t>(conn.snd.queued - last_packet(step));
    return most - std::min(most, len);
}

void extend_last_packet(const Step& step, std::uint32_t octets) {
    account(step, [&] { step.conn().snd.queued += octets; });
}

void add_packet(const Step& step, std::uint32_t octets, bool pushed) {
    account(step, [&] {
        Connection& conn = step.conn();
        if (conn.snd.queued != conn.snd.una) {
            end_packet(step, conn.snd.queued, pushed);
        }
        conn.snd.queued += octets;
    });
}

Seq last_packet(const Step& step) {
    const Connection& conn = step.conn();
    return has_packets(step) ? begin_of(step, step.stack.store.extras[conn.extra].sent.last)
                             : conn.snd.una;
}

Seq next_packet_end(const Step& step) {
    const QueuedId next = packet_behind(step, step.conn().snd.nxt);
    return next.valid() ? begin_of(step, next) : step.conn().snd.queued;
}

void grow_next_packet(const Step& step, std::uint32_t most) {
    const Connection& conn = step.conn();
    const QueuedId next = packet_behind(step, conn.snd.nxt);
    if (!next.valid()) {
        return;
    }
    const Seq end = begin_of(step, next);
    const auto len = static_cast<std::uint32_t>(end - conn.snd.nxt);
    if (len >= most) {
        return;
    }
    Store& store = step.stack.store;
    const QueuedId behind = store.queued[next].next;
    const Seq next_end = behind.valid() ? begin_of(step, behind) : conn.snd.queued;
    if (after(next_end, conn.snd.nxt + most)) {
        store.queued[next].begin = conn.snd.nxt + most;
        return;
    }
    if (behind.valid()) {
        store.queued[behind].pushed = store.queued[behind].pushed || store.queued[next].pushed;
    }
    account(step, [&] { join(step, conn.snd.nxt, next_end); });
}

bool ends_with_push(const Step& step, Seq end) {
    const QueuedId next = packet_behind(step, end - 1);
    return next.valid() && begin_of(step, next) == end && step.stack.store.queued[next].pushed;
}

void send_as_packet(const Step& step, Seq begin, Seq end) {
    const bool last = end == step.conn().snd.queued;
    if (last && at_or_before(last_packet(step), begin)) {
        return;
    }
    account(step, [&] {
        if (at_or_before(last_packet(step), begin)) {
            end_packet(step, end);
        } else {
            join(step, begin, end);
        }
    });
}

void acknowledge_text(const Step& step, Seq ack) {
    Connection& conn = step.conn();
    Store& store = step.stack.store;
    if (!conn.extra.valid() && at_or_after(ack, conn.snd.queued)) {
        conn.snd.una = ack;
        return;
    }
    account(step, [&] {
        Seq begin = conn.snd.una;
        if (conn.extra.valid()) {
            Extra& extra = store.extras[conn.extra];
            begin = begin - extra.acknowledged;
            extra.acknowledged = 0;
            while (extra.sent.first.valid() &&
                   at_or_before(begin_of(step, extra.sent.first), ack)) {
                begin = begin_of(step, extra.sent.first);
                store.pop_packet(extra.sent);
            }
        }
        conn.snd.una = ack;
        const Seq end = has_packets(step) ? begin_of(step, store.extras[conn.extra].sent.first)
                                          : conn.snd.queued;
        if (after(end, ack) && ack != begin &&
            static_cast<std::uint32_t>(end - begin) <= segment_payload(conn)) {
            store.extra(step.connection).acknowledged = static_cast<std::uint32_t>(ack - begin);
        }
    });
}

}  // namespace synq
