#include "model/fsm/window.h"

#include "model/fsm/segments.h"
#include "model/wire/codec.h"

#include <algorithm>
#include <array>
#include <utility>

namespace synq {
namespace {

constexpr std::uint32_t kBufferSize = 131'072;  // tcp_rmem, the default
constexpr std::uint8_t kNewRatio = 128;         // before any whole segment
constexpr std::uint32_t kLeastClamp = 1'152;    // SOCK_MIN_RCVBUF / 2
constexpr std::uint32_t kLeastMss = 88;
constexpr std::uint32_t kTcpHeader = 20;

/// Memory of a packet in one linear buffer: what the allocator gives, and the buffer's own record.
struct BufferClass {
    std::uint32_t packet;  // the longest that fits, IP header included
    std::uint32_t memory;
};
constexpr BufferClass kSmall{192, 832};
constexpr std::array kLinear{kSmall, BufferClass{640, 1'280}, BufferClass{1'664, 2'304},
                             BufferClass{3'712, 4'352}};

/// The largest text that the peer may put into a segment (Linux advmss).
std::uint32_t whole_segment(const Step& step) {
    return step.stack.mss_towards(step.flow.remote.address) -
           (step.conn().agreed.timestamps ? kTimestampOctets : 0U);
}

std::uint32_t headers(const Step& step) {
    const std::uint32_t ip = step.flow.remote.address.is_v4() ? 20 : 40;
    return ip + kTcpHeader + (step.conn().agreed.timestamps ? kTimestampOctets : 0U);
}

BufferClass buffer_class(const Step& step) {
    const std::uint32_t ip = step.flow.remote.address.is_v4() ? 20 : 40;
    const auto packet =
        ip + static_cast<std::uint32_t>(tcp_header_size(step.seg().options)) + step.seg().len;
    const auto* const found =
        std::find_if(kLinear.begin(), kLinear.end(),
                     [&](const BufferClass& each) { return packet <= each.packet; });
    if (step.flow.remote.address.is_loopback() || found == kLinear.end()) {
        return {packet, kSmall.memory + step.seg().len};
    }
    return {found->packet - packet, found->memory};
}

/// Text for which this much memory suffices (Linux tcp_win_from_space).
std::uint32_t text_in(const ReceiveBuffer& buffer, std::uint32_t memory) {
    return static_cast<std::uint32_t>((std::uint64_t{memory} * buffer.ratio) >> 8U);
}

std::uint32_t free_text(const ReceiveBuffer& buffer) {
    return buffer.used < buffer.size ? text_in(buffer, buffer.size - buffer.used) : 0U;
}

/// As after the handshake (Linux tcp_init_buffer_space): one segment is kept back. What waits to be
/// read is one small segment at most.
ReceiveBuffer new_buffer(const Step& step) {
    const Connection& conn = step.conn();
    ReceiveBuffer out{.size = kBufferSize, .ratio = kNewRatio};
    const std::uint32_t most = text_in(out, out.size);
    const std::uint32_t mss = whole_segment(step);
    out.clamp = conn.agreed.receive_scale != 0 ? most : std::min(most, 0xffffU);
    if (out.clamp > 2 * mss && out.clamp + mss > most) {
        out.clamp = std::max(2 * mss, most - mss);
    }
    const std::uint16_t offered = initial_window(step.stack.mss_towards(step.flow.remote.address),
                                                 conn.passive && conn.agreed.timestamps);
    out.threshold = std::min<std::uint32_t>(offered, out.clamp);
    if (!receive_queue_empty(conn)) {
        const bool loopback = step.flow.remote.address.is_loopback();
        const std::uint32_t packet = headers(step) + conn.rcv.unread;
        out.used = kSmall.memory + (loopback ? conn.rcv.unread : 0U);
        out.tail_room = static_cast<std::uint16_t>(
            loopback || packet > kSmall.packet ? 0U : kSmall.packet - packet);
    }
    return out;
}

bool has_own_buffer(const Step& step) {
    const ExtraId extra = step.conn().extra;
    return extra.valid() && step.stack.store.extras[extra].buffer.size != 0;
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

/// Text says how much of its memory is text; window and limit follow.
void take_ratio(const Step& step, ReceiveBuffer& buffer) {
    const std::uint32_t memory = buffer_class(step).memory;
    const auto ratio = static_cast<std::uint8_t>(
        std::max<std::uint64_t>((std::uint64_t{step.seg().len} << 8U) / memory, 1));
    if (ratio == buffer.ratio) {
        return;
    }
    buffer.ratio = ratio;
    const std::uint32_t clamp = std::max(kLeastClamp, text_in(buffer, buffer.size));
    if (clamp < buffer.clamp) {
        buffer.threshold = std::min(buffer.threshold, clamp);
    } else if (clamp > buffer.clamp) {
        buffer.threshold = std::max(std::min(step.conn().rcv.wnd, clamp), buffer.threshold);
    }
    buffer.clamp = clamp;
}

/// By how much the window may grow (Linux __tcp_grow_window).
std::uint32_t growth(const Step& step, const ReceiveBuffer& buffer, std::uint32_t memory) {
    const std::uint32_t len = step.seg().len;
    std::uint32_t text = text_in(buffer, memory);
    if (text <= len) {
        return 2 * whole_segment(step);
    }
    text /= 2;
    for (std::uint32_t window = text_in(buffer, step.stack.largest_buffer) / 2;
         buffer.threshold <= window; window /= 2) {
        if (text <= len) {
            return 2U * step.conn().rcv.mss;
        }
        text /= 2;
    }
    return 0;
}

}  // namespace

bool receive_queue_empty(const Connection& conn) {
    return conn.rcv.unread == 0 && (!conn.fin_received || conn.fin_read);
}

bool memory_free(const Step& step) {
    return receive_queue_empty(step.conn()) && step.stack.store.first_held(step.conn()) == nullptr;
}

std::uint32_t window_limit(const Step& step) {
    return buffer_of(step).clamp;
}

std::uint32_t select_window(const Step& step) {
    Connection& conn = step.conn();
    const ReceiveBuffer buffer = buffer_of(step);
    const std::uint32_t unit = 1U << conn.agreed.receive_scale;
    const std::uint32_t allowed = text_in(buffer, buffer.size);
    const std::uint32_t full = std::min(buffer.clamp, allowed);
    const std::uint32_t mss =
        std::min<std::uint32_t>(std::max<std::uint16_t>(conn.rcv.mss, 1), full);
    std::uint32_t free = free_text(buffer);
    if (free < full / 2) {
        conn.ack.quick = 0;
        free = free / unit * unit;
        if (free < allowed / 16 || free < mss) {
            return 0;
        }
    }
    free = std::min(free, buffer.threshold);
    if (unit > 1) {
        return (free + unit - 1) / unit * unit;
    }
    const std::uint32_t window = conn.rcv.wnd;
    if (window + mss <= free || window > free) {
        return free / mss * mss;
    }
    return mss == full && free > window + full / 2 ? free : window;
}

std::uint16_t advertise_window(const Step& step) {
    Connection& conn = step.conn();
    const std::uint32_t unit = 1U << conn.agreed.receive_scale;
    const std::uint32_t left = conn.rcv.left();
    std::uint32_t window = select_window(step);
    if (window < left) {
        window = (left + unit - 1) / unit * unit;
    }
    conn.rcv.wnd = window;
    conn.rcv.acked = conn.rcv.nxt;
    return static_cast<std::uint16_t>(std::min(window, 0xffffU * unit) >>
                                      conn.agreed.receive_scale);
}

void occupy_memory(const Step& step) {
    const Connection& conn = step.conn();
    const Segment& seg = step.seg();
    const BufferClass own = buffer_class(step);
    const bool empty = receive_queue_empty(conn);
    const bool loopback = step.flow.remote.address.is_loopback();
    // The first small text needs no record of its own.
    if (empty && !has_own_buffer(step) && seg.seq == conn.rcv.nxt && seg.len < kGrowsWindow &&
        (loopback || own.memory == kSmall.memory)) {
        return;
    }
    ReceiveBuffer& buffer = own_buffer(step);
    if (!empty && seg.seq == conn.rcv.nxt && seg.len <= buffer.tail_room) {
        buffer.tail_room = static_cast<std::uint16_t>(buffer.tail_room - seg.len);
        return;
    }
    buffer.used += own.memory;
    buffer.tail_room = static_cast<std::uint16_t>(loopback ? 0U : own.packet);
    buffer.fin_apart = !empty && at_or_before(seg.seq + seg.len, conn.rcv.nxt);
}

std::uint32_t occupy_memory_ahead(const Step& step) {
    const std::uint32_t memory = buffer_class(step).memory;
    own_buffer(step).used += memory;
    return memory / Held::kMemoryUnit;
}

void grow_buffer(const Step& step) {
    const Connection& conn = step.conn();
    if (!conn.socket.valid() || conn.orphan) {
        return;
    }
    ReceiveBuffer& buffer = own_buffer(step);
    const ReceiveBuffer fresh = new_buffer(step);
    const std::uint32_t round =
        std::min({fresh.threshold, kInitialCongestionWindow * whole_segment(step), buffer.clamp});
    const auto ahead =
        static_cast<std::uint32_t>(step.stack.store.held_end(conn, conn.rcv.nxt) - conn.rcv.nxt);
    const std::uint64_t wanted = (std::uint64_t{2} * round + ahead) << 8U;
    const auto size = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(wanted / buffer.ratio, step.stack.largest_buffer));
    if (size > buffer.size) {
        buffer.size = size;
        buffer.clamp = text_in(buffer, size);
    }
}

void measure_segment(const Step& step) {
    Connection& conn = step.conn();
    const Segment& seg = step.seg();
    const std::uint32_t last = std::exchange(conn.rcv.last_size, std::uint16_t{0});
    if (seg.len >= conn.rcv.mss) {
        if (seg.len != conn.rcv.mss) {
            take_ratio(step, own_buffer(step));
        }
        conn.rcv.mss = static_cast<std::uint16_t>(std::min(seg.len, whole_segment(step)));
        conn.ack.pushed = conn.ack.pushed || seg.flags.psh();
        return;
    }
    const auto whole = seg.len + static_cast<std::uint32_t>(tcp_header_size(seg.options));
    const bool last_of_many = seg.flags.fin() || seg.flags.syn() || seg.flags.psh();
    if (whole >= kDefaultMss + kTcpHeader || (whole >= kLeastMss + kTcpHeader && !last_of_many)) {
        const std::uint32_t header = kTcpHeader + (conn.agreed.timestamps ? kTimestampOctets : 0U);
        conn.rcv.last_size = static_cast<std::uint16_t>(whole - header);
        if (conn.rcv.last_size == last) {
            conn.rcv.mss = conn.rcv.last_size;
            return;
        }
    }
    conn.ack.pushed_twice = conn.ack.pushed_twice || conn.ack.pushed;
    conn.ack.pushed = true;
}

void grow_window(const Step& step) {
    const ReceiveBuffer buffer = buffer_of(step);
    const std::uint32_t most = std::min(buffer.clamp, free_text(buffer));
    if (most <= buffer.threshold) {
        return;
    }
    std::uint32_t memory = buffer_class(step).memory;
    if (step.flow.remote.address.is_loopback()) {
        memory -= kSmall.memory;
    }
    const std::uint32_t more = growth(step, buffer, memory);
    if (more != 0) {
        own_buffer(step).threshold +=
            std::min(most - buffer.threshold, std::max(more, 2 * step.seg().len));
        step.conn().ack.quick |= 1U;
    }
}

void release_memory(const Step& step, std::uint32_t read) {
    const Connection& conn = step.conn();
    if (!receive_queue_empty(conn)) {
        if (!has_own_buffer(step)) {
            ReceiveBuffer& buffer = own_buffer(step);
            buffer.tail_room = static_cast<std::uint16_t>(
                buffer.tail_room - std::min<std::uint32_t>(buffer.tail_room, read));
        }
        return;
    }
    if (has_own_buffer(step)) {
        step.stack.store.extras[conn.extra].buffer.used = step.stack.store.held_memory(conn);
    }
}

}  // namespace synq
