#include "model/fsm/prediction.h"

#include "model/fsm/memory.h"
#include "model/fsm/receive_queue.h"
#include "model/wire/codec.h"

namespace synq {
namespace {

/// Its header is the one that was predicted: no flags but ACK and PSH, the usual options and
/// window.
bool predicted(const Step& step) {
    const Connection& conn = step.conn();
    const Segment& seg = step.seg();
    const bool stamped = seg.options.timestamps;
    const Options usual{.timestamps = conn.agreed.timestamps};
    return conn.predicts && (seg.flags == kAck || seg.flags == (kAck | kPsh)) &&
           seg.seq == conn.rcv.nxt && !after(seg.ack, conn.snd.nxt) &&
           seg.window == conn.snd.wnd >> conn.agreed.send_scale &&
           stamped == conn.agreed.timestamps &&
           tcp_header_size(seg.options) == tcp_header_size(usual) &&
           (!stamped || static_cast<std::int32_t>(seg.options.ts_val - conn.ts_recent) >= 0);
}

/// Text is taken first: that shows where pages are spare. An ACK of nothing new is not looked at at
/// all: keepalive probes and an ICMP error remain.
bool order_shows(const Step& step) {
    const Connection& conn = step.conn();
    if (!conn.extra.valid()) {
        return false;
    }
    const Extra& extra = step.stack.store.extras[conn.extra];
    return step.seg().ack == conn.snd.una ? extra.probes != 0 || extra.soft_error != Errno::None
                                          : extra.buffer.spare_pages != 0;
}

}  // namespace

bool may_predict(const Step& step) {
    const Connection& conn = step.conn();
    const Store& store = step.stack.store;
    if (store.first_held(conn) != nullptr || conn.rcv.wnd == 0) {
        return false;
    }
    const bool own = conn.extra.valid() && store.extras[conn.extra].buffer.size != 0;
    return !own || store.extras[conn.extra].buffer.used < store.extras[conn.extra].buffer.size;
}

bool takes_short_way(const Step& step) {
    const Connection& conn = step.conn();
    const Segment& seg = step.seg();
    if (conn.state != State::Established || !step.rules().header_prediction) {
        return false;
    }
    const bool old = before(seg.ack, conn.snd.una);
    if (seg.len == 0) {
        return (old || conn.ack.scheduled) && predicted(step);
    }
    return (old || order_shows(step)) && predicted(step) && seg.len <= conn.rcv.left() &&
           static_cast<std::int32_t>(packet_memory(step).memory) <=
               memory_account(step.stack.store, conn).reserved;
}

void take_predicted_timestamp(const Step& step) {
    Connection& conn = step.conn();
    if (conn.agreed.timestamps && conn.rcv.nxt == conn.rcv.acked) {
        conn.ts_recent = step.seg().options.ts_val;
    }
}

}  // namespace synq
