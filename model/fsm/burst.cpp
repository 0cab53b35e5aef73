#include "model/fsm/burst.h"

#include "model/fsm/segments.h"
#include "model/fsm/send_queue.h"

#include <algorithm>

namespace synq {
namespace {

/// Most octets of one buffer of the send queue, and so of one burst (GSO_MAX_SIZE less headers).
constexpr std::uint32_t kLargestBurst = 65'536 - 1 - 320;

std::uint32_t segments_at_once(const Connection& conn, std::uint32_t mss) {
    constexpr std::uint32_t kHalfWindow = kInitialCongestionWindow / 2;
    constexpr std::int64_t kLargest = 65'536;
    const std::int64_t srtt_us = conn.rtt.srtt().ns / 1'000;
    if (srtt_us == 0) {
        return kHalfWindow;
    }
    const std::int64_t a_second =
        std::int64_t{2} * kInitialCongestionWindow * mss * 1'000'000 / srtt_us;
    const std::int64_t shift = srtt_us >> 9U;
    const std::int64_t octets = (a_second >> 10U) + (shift < 32 ? kLargest >> shift : 0);
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(octets / mss, 2, kHalfWindow));
}

}  // namespace

std::uint32_t payload(const Step& step) {
    const Connection& conn = step.conn();
    const std::uint32_t most = conn.agreed.timestamps ? 3 : 4;
    const std::uint32_t blocks =
        conn.agreed.sack ? std::min(step.stack.store.held_count(conn), most) : 0U;
    return segment_payload(conn) - (blocks == 0 ? 0U : 4 + 8 * blocks);
}

std::uint32_t packet_size(const Step& step) {
    const Connection& conn = step.conn();
    const std::uint32_t mss = payload(step);
    return std::max(half_window(conn, kLargestBurst) / mss * mss, mss);
}

std::uint32_t largest_burst(const Step& step) {
    const std::uint32_t mss = payload(step);
    return segments_at_once(step.conn(), mss) * mss;
}

std::uint32_t burst_length(const Step& step, const Letting& letting) {
    const Connection& conn = step.conn();
    const std::uint32_t mss = payload(step);
    const Seq end = next_packet_end(step);
    const auto packet = static_cast<std::uint32_t>(end - conn.snd.nxt);
    const bool last = end == conn.snd.queued;
    const bool waits = letting.nagle && !conn.fin_queued && !step.options().nodelay &&
                       after(conn.snd.small, conn.snd.una);
    if (packet <= mss) {
        return packet < mss && last && waits ? 0 : packet;
    }
    const auto window = static_cast<std::uint32_t>(conn.snd.una + conn.snd.wnd - conn.snd.nxt);
    const std::uint32_t most_at_once = largest_burst(step);
    if (most_at_once <= window && !last) {
        return std::min(most_at_once, packet);
    }
    const std::uint32_t fits = std::min(packet, window);
    if (most_at_once <= fits) {
        return most_at_once;
    }
    return waits ? fits / mss * mss : fits;
}

}  // namespace synq
