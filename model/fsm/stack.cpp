#include "model/fsm/step.h"

#include <algorithm>

namespace synq {
namespace {

constexpr std::uint32_t kTcpOverheadV4 = 40;  // IPv4 and TCP headers
constexpr std::uint32_t kTcpOverheadV6 = 60;
constexpr std::uint32_t kLoopbackMtuV4 = 65'535;  // the device says 65536, IPv4 stops one below
constexpr std::uint32_t kLoopbackMtuV6 = kLargestMtu;

}  // namespace

// (MUST-67)
std::uint16_t Stack::mss_towards(const IpAddress& remote, std::uint32_t path_mtu) const {
    const bool v4 = remote.is_v4();
    const std::uint32_t loopback = v4 ? kLoopbackMtuV4 : kLoopbackMtuV6;
    const std::uint32_t size = std::min(remote.is_loopback() ? loopback : mtu, path_mtu);
    return static_cast<std::uint16_t>(size - (v4 ? kTcpOverheadV4 : kTcpOverheadV6));
}

std::uint32_t Stack::timestamp(Instant now) const {
    // The offset keeps a host's clock private (RFC 7323 7.1); the low bits stay clear so that a
    // cookie's options, which ride in them, read the same with any offset.
    const auto offset = static_cast<std::uint32_t>(secret.k0) & 0x7fff'ffc0U;
    return offset + 64 + static_cast<std::uint32_t>(now.ns / 1'000'000);
}

void Stack::send(const FlowKey& flow, const Segment& segment, bool retransmission) {
    if (!retransmission) {
        mib.count(Mib::OutSegs);
    }
    out->emplace_back(SendPacket{{flow.local, flow.remote, segment}, retransmission});
}

void Stack::report_queues(ListenerId listener) const {
    if (report) {
        const Listener& l = store.listeners[listener];
        out->emplace_back(QueuesChanged{l.local, l.accept_queue, l.request_queue});
    }
}

}  // namespace synq
