#include "model/fsm/receive_queue.h"

#include "model/fsm/memory.h"
#include "model/fsm/segments.h"
#include "model/fsm/window.h"
#include "model/wire/codec.h"

#include <algorithm>
#include <array>

namespace synq {
namespace {

constexpr std::uint8_t kNewRatio = 128;  // before any whole segment
constexpr std::uint32_t kTcpHeader = 20;

struct BufferClass {
    std::uint32_t packet;  // the longest that fits, IP header included
    std::uint32_t memory;
};
constexpr BufferClass kSmall{192, kPacketMemory};
constexpr std::array kLinear{kSmall, BufferClass{640, 1'280}, BufferClass{1'664, 2'304},
                             BufferClass{3'712, 4'352}};

std::uint32_t headers(const Step& step) {
    const std::uint32_t ip = step.flow.remote.address.is_v4() ? 20 : 40;
    return ip + kTcpHeader + (step.conn().agreed.timestamps ? kTimestampOctets : 0U);
}

bool loopback(const Step& step) {
    return step.flow.remote.address.is_loopback();
}

bool has_own_buffer(const Step& step) {
    const ExtraId extra = step.conn().extra;
    return extra.valid() && step.stack.store.extras[extra].buffer.size != 0;
}

/// Where the application reads next.
Seq read_position(const Connection& conn) {
    return conn.rcv.nxt - (conn.rcv.unread + (conn.fin_received && !conn.fin_read ? 1U : 0U));
}

/// Does a packet of `len` octets go into the room behind the last one?
bool fits_behind_last(const Step& step, Seq seq, std::uint32_t len) {
    const Connection& conn = step.conn();
    return !receive_queue_empty(conn) && seq == conn.rcv.nxt && len <= own_buffer(step).tail_room;
}

void append(const Step& step, PacketMemory packet) {
    const Connection& conn = step.conn();
    ReceiveBuffer& buffer = own_buffer(step);
    buffer.tail_room = static_cast<std::uint16_t>(packet.room);
    if (receive_queue_empty(conn)) {
        buffer.first = packet.memory;
    } else {
        Store& store = step.stack.store;
        store.push_packet(store.extras[conn.extra].received,
                          {.begin = conn.rcv.nxt, .memory = packet.memory, .next = {}});
    }
}

void fill_room(const Step& step, std::uint32_t len) {
    ReceiveBuffer& buffer = own_buffer(step);
    buffer.tail_room = static_cast<std::uint16_t>(buffer.tail_room - len);
}

}  // namespace

std::uint32_t whole_segment(const Step& step) {
    return step.stack.mss_towards(step.flow.remote.address) -
           (step.conn().agreed.timestamps ? kTimestampOctets : 0U);
}

PacketMemory packet_memory(const Step& step) {
    const std::uint32_t ip = step.flow.remote.address.is_v4() ? 20 : 40;
    const auto packet =
        ip + static_cast<std::uint32_t>(tcp_header_size(step.seg().options)) + step.seg().len;
    const auto* const found =
        std::find_if(kLinear.begin(), kLinear.end(),
                     [&](const BufferClass& each) { return packet <= each.packet; });
    if (loopback(step) || found == kLinear.end()) {
        return {0, kPacketMemory + step.seg().len};
    }
    return {found->packet - packet, found->memory};
}

std::uint32_t text_in(const ReceiveBuffer& buffer, std::uint32_t memory) {
    return static_cast<std::uint32_t>((std::uint64_t{memory} * buffer.ratio) >> 8U);
}

namespace {

/// As after the handshake (Linux tcp_init_buffer_space): one segment is kept back.
void limit_windows(const Step& step, ReceiveBuffer& buffer, std::uint32_t offered) {
    const std::uint32_t most = text_in(buffer, buffer.size);
    const std::uint32_t mss = whole_segment(step);
    buffer.clamp = step.conn().agreed.receive_scale != 0 ? most : std::min(most, 0xffffU);
    if (buffer.clamp > 2 * mss && buffer.clamp + mss > most) {
        buffer.clamp = std::max(2 * mss, most - mss);
    }
    buffer.threshold = std::min(offered, buffer.clamp);
}

}  // namespace

/// What waits to be read is one small segment at most.
ReceiveBuffer new_buffer(const Step& step) {
    const Connection& conn = step.conn();
    ReceiveBuffer out{.size = kDefaultBuffer, .ratio = kNewRatio};
    limit_windows(step, out,
                  initial_window(step.stack.mss_towards(step.flow.remote.address),
                                 conn.passive && conn.agreed.timestamps));
    if (!receive_queue_empty(conn)) {
        const std::uint32_t packet = headers(step) + conn.rcv.unread;
        out.used = kPacketMemory + (loopback(step) ? conn.rcv.unread : 0U);
        out.first = out.used;
        out.tail_room = static_cast<std::uint16_t>(
            loopback(step) || packet > kSmall.packet ? 0U : kSmall.packet - packet);
    }
    return out;
}

std::uint32_t first_window(const Step& step) {
    const std::uint32_t mss = step.stack.mss_towards(step.flow.remote.address);
    if (!has_own_buffer(step)) {
        return initial_window(static_cast<std::uint16_t>(mss), false);
    }
    const ReceiveBuffer buffer = buffer_of(step);
    const std::uint32_t space = text_in(buffer, buffer.size);
    return space > mss ? space / mss * mss : space;
}

void begin_kept_buffer(const Step& step) {
    if (has_own_buffer(step)) {
        limit_windows(step, own_buffer(step), step.conn().rcv.wnd);
    }
}

ReceiveBuffer buffer_of(const Step& step) {
    return has_own_buffer(step) ? step.stack.store.extras[step.conn().extra].buffer
                                : new_buffer(step);
}

ReceiveBuffer& own_buffer(const Step& step) {
    ReceiveBuffer& out = step.stack.store.extra(step.connection).buffer;
    if (out.size == 0) {
        out = new_buffer(step);
    }
    return out;
}

bool receive_queue_empty(const Connection& conn) {
    return conn.rcv.unread == 0 && (!conn.fin_received || conn.fin_read);
}

bool memory_free(const Step& step) {
    return receive_queue_empty(step.conn()) && step.stack.store.first_held(step.conn()) == nullptr;
}

std::uint32_t received_memory(const Store& store, const Connection& conn) {
    if (conn.extra.valid() && store.extras[conn.extra].buffer.size != 0) {
        return store.extras[conn.extra].buffer.used;
    }
    if (receive_queue_empty(conn)) {
        return 0;
    }
    return kPacketMemory + (conn.flow.remote.address.is_loopback() ? conn.rcv.unread : 0U);
}

void occupy_memory(const Step& step) {
    const Connection& conn = step.conn();
    const Segment& seg = step.seg();
    const PacketMemory packet = packet_memory(step);
    const bool empty = receive_queue_empty(conn);
    // The first small text needs no record of its own.
    if (empty && !has_own_buffer(step) && seg.seq == conn.rcv.nxt && seg.len < kGrowsWindow &&
        (loopback(step) || packet.memory == kPacketMemory)) {
        return;
    }
    const bool fits = fits_behind_last(step, seg.seq, seg.len);
    Reservation reservation(step, !fits);
    reservation.reserve(packet.memory);
    if (fits) {
        fill_room(step, seg.len);
    } else {
        append(step, packet);
        ReceiveBuffer& buffer = own_buffer(step);
        buffer.used += packet.memory;
        buffer.fin_apart = !empty && at_or_before(seg.seq + seg.len, conn.rcv.nxt);
        reservation.use(packet.memory);
    }
    reservation.settle();
}

void hold_segment(const Step& step) {
    const Segment& seg = step.seg();
    const PacketMemory packet = packet_memory(step);
    own_buffer(step);
    Reservation reservation(step, false);
    reservation.reserve(packet.memory);
    const Store::Holding holding =
        step.stack.store.hold(step.connection, {.begin = seg.seq,
                                                .end = seg.seq + seg.len,
                                                .fin = seg.flags.fin(),
                                                .room = static_cast<std::uint16_t>(packet.room),
                                                .memory = packet.memory,
                                                .next = {}});
    ReceiveBuffer& buffer = own_buffer(step);
    if (holding.freed != 0) {
        buffer.used -= holding.freed;
        reservation.give_back(holding.freed);
    }
    if (holding.kept) {
        buffer.used += packet.memory;
        reservation.use(packet.memory);
    }
    reservation.settle();
}

void take_first_held(const Step& step) {
    const Connection& conn = step.conn();
    Store& store = step.stack.store;
    const Held held = *store.first_held(conn);
    store.drop_first_held(step.connection);
    const auto len = static_cast<std::uint32_t>(held.end - held.begin);
    const bool news = after(held.stop(), conn.rcv.nxt);
    const bool fits = news && fits_behind_last(step, held.begin, len);
    if (news && !fits) {
        append(step, {held.room, held.memory});
        return;
    }
    if (fits) {
        fill_room(step, len);
    }
    Reservation reservation(step, true);
    own_buffer(step).used -= held.memory;
    reservation.give_back(held.memory);
    reservation.settle();
}

void drop_held_segments(const Step& step) {
    const std::uint32_t freed = step.stack.store.held_memory(step.conn());
    if (freed != 0) {
        own_buffer(step).used -= freed;
        step.stack.store.drop_held(step.connection);
    }
}

void release_memory(const Step& step, std::uint32_t read) {
    const Connection& conn = step.conn();
    Store& store = step.stack.store;
    const bool empty = receive_queue_empty(conn);
    if (!has_own_buffer(step)) {
        if (!empty && read != 0) {
            // A part of the only packet keeps it.
            ReceiveBuffer& buffer = own_buffer(step);
            if (loopback(step)) {
                buffer.used += read;
                buffer.first += read;
            }
            buffer.tail_room = static_cast<std::uint16_t>(
                buffer.tail_room - std::min<std::uint32_t>(buffer.tail_room, read));
        }
        return;
    }
    Extra& extra = store.extras[conn.extra];
    Reservation reservation(step, true);
    std::uint32_t freed = 0;
    if (empty) {
        store.drop_packets(extra.received);
        freed = extra.buffer.used - store.held_memory(conn);
    } else {
        const Seq position = read_position(conn);
        while (extra.received.first.valid() &&
               at_or_after(position, store.queued[extra.received.first].begin)) {
            freed += extra.buffer.first;
            extra.buffer.first = store.queued[extra.received.first].memory;
            store.pop_packet(extra.received);
        }
    }
    if (freed != 0) {
        extra.buffer.used -= freed;
        reservation.give_back(freed);
        reservation.settle();
    }
}

}  // namespace synq
