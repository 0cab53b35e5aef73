#include "model/tcb/secret.h"

#include "model/base/siphash.h"

#include <cstring>

namespace synq {
namespace {

/// Eight octets of an address as a number, the same on every machine.
std::uint64_t word(const IpAddress& address, std::size_t offset) {
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < 8; ++i) {
        out = (out << 8U) | address.octets()[offset + i];
    }
    return out;
}

constexpr std::uint64_t kSequenceTweak = 0x1551;
constexpr std::int64_t kSequenceTickNs = 64;

}  // namespace

std::uint64_t Secret::hash(const FlowKey& flow, std::uint64_t tweak) const {
    const std::uint64_t ports =
        (static_cast<std::uint64_t>(flow.local.port) << 16U) | flow.remote.port;
    return siphash({k0, k1},
                   {word(flow.local.address, 0), word(flow.local.address, 8),
                    word(flow.remote.address, 0), word(flow.remote.address, 8), ports, tweak});
}

// A keyed hash of the four-tuple and a clock that ticks every 64 ns (SHLD-1, MUST-8).
Seq initial_sequence(const Secret& secret, const FlowKey& flow, Instant now) {
    return Seq{static_cast<std::uint32_t>(secret.hash(flow, kSequenceTweak))} +
           static_cast<std::uint32_t>(now.ns / kSequenceTickNs);
}

}  // namespace synq
