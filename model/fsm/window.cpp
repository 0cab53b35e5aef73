#include "model/fsm/window.h"

#include "model/fsm/memory.h"
#include "model/fsm/receive_queue.h"
#include "model/fsm/segments.h"
#include "model/wire/codec.h"

#include <algorithm>
#include <utility>

namespace synq {
namespace {

constexpr std::uint32_t kLeastClamp = 1'152;  // SOCK_MIN_RCVBUF / 2
constexpr std::uint32_t kLeastMss = 88;
constexpr std::uint32_t kTcpHeader = 20;

std::uint32_t free_text(const ReceiveBuffer& buffer) {
    return buffer.used < buffer.size ? text_in(buffer, buffer.size - buffer.used) : 0U;
}

/// Text says how much of its memory is text; window and limit follow.
void take_ratio(const Step& step, ReceiveBuffer& buffer) {
    const std::uint32_t memory = packet_memory(step).memory;
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
    const std::uint32_t out = std::min(window, 0xffffU * unit) >> conn.agreed.receive_scale;
    conn.predicts = conn.predicts && out != 0;
    return static_cast<std::uint16_t>(out);
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
    std::uint32_t memory = packet_memory(step).memory;
    if (step.flow.remote.address.is_loopback()) {
        memory -= kPacketMemory;
    }
    const std::uint32_t more = growth(step, buffer, memory);
    if (more != 0) {
        own_buffer(step).threshold +=
            std::min(most - buffer.threshold, std::max(more, 2 * step.seg().len));
        step.conn().ack.quick |= 1U;
    }
}

}  // namespace synq
