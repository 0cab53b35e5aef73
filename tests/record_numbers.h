// A flow's numbers, whichever record answers it.
#pragma once

#include "model/fsm/segments.h"
#include "model/listen/store.h"
#include "tests/state_event.h"

#include <cstdint>
#include <optional>

namespace synq {

/// nullopt: nobody answers the flow. `peer_iss`: where the peer's numbers begin while the host has
/// not seen its SYN; `mss`: of the way to it.
inline std::optional<Numbers> numbers_of(const Store& store, const FlowKey& flow, Seq peer_iss,
                                         std::uint16_t mss = 1'460) {
    const RecordRef ref = store.find(flow);
    switch (ref.kind()) {
        case RecordKind::Connection: {
            const Connection& c = store.connections[ConnectionId{ref.index()}];
            const Seq rcv_nxt = c.state == State::SynSent ? peer_iss : c.rcv.nxt;
            return Numbers{c.snd.una, c.snd.nxt, rcv_nxt, c.rcv.wnd};
        }
        case RecordKind::Request: {
            const Request& r = store.requests[RequestId{ref.index()}];
            return Numbers{r.iss, r.iss + 1, r.irs + 1, initial_window(mss, r.agreed.timestamps)};
        }
        case RecordKind::TimeWait: {
            const TimeWait& t = store.time_waits[TimeWaitId{ref.index()}];
            return Numbers{t.snd_nxt, t.snd_nxt, t.rcv_nxt, t.rcv_wnd};
        }
        case RecordKind::None:
            break;
    }
    return std::nullopt;
}

}  // namespace synq
