#include "model/fsm/events.h"

#include <array>

namespace synq {

std::string_view name(Event event) {
    static constexpr std::array<std::string_view, kEventCount> kNames{
        "passive OPEN",
        "active OPEN",
        "SEND",
        "SHUTDOWN(WR)",
        "CLOSE",
        "ABORT",
        "DISCONNECT",
        "old timestamp",
        "unacceptable segment",
        "RST",
        "SYN",
        "segment without ACK",
        "ACK",
        "text",
        "FIN",
        "other segment",
        "any segment",
        "any segment before the final ACK of a Fast Open",
        "ICMP error",
        "retransmission timeout",
        "probe timeout",
        "request timeout",
        "TIME-WAIT timeout",
        "FIN-WAIT-2 timeout",
        "keepalive timeout",
        "persist timeout",
    };
    return kNames[static_cast<std::size_t>(event)];
}

}  // namespace synq
