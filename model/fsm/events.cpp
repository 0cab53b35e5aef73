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
        "unacceptable segment",
        "RST",
        "SYN",
        "segment without ACK",
        "ACK",
        "text",
        "FIN",
        "other segment",
        "any segment",
        "retransmission timeout",
        "probe timeout",
        "request timeout",
        "TIME-WAIT timeout",
    };
    return kNames[static_cast<std::size_t>(event)];
}

}  // namespace synq
