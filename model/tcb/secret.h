// What a host keeps secret: the key of its initial sequence numbers, cookies and port choice. The
// driver draws it; the model has no randomness of its own.
#pragma once

#include "model/base/seq.h"
#include "model/base/time.h"
#include "model/wire/address.h"

#include <cstdint>

namespace synq {

struct Secret {
    std::uint64_t k0 = 0;
    std::uint64_t k1 = 0;

    /// SipHash-2-4 of a four-tuple and a tweak.
    [[nodiscard]] std::uint64_t hash(const FlowKey& flow, std::uint64_t tweak) const;
};

/// Initial sequence number: keyed hash of the four-tuple plus a clock of 64 ns (RFC 6528; Linux
/// secure_tcp_seq).
Seq initial_sequence(const Secret& secret, const FlowKey& flow, Instant now);

}  // namespace synq
