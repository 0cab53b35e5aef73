// Who is who in a trace: which process or host an endpoint belongs to, and which end of a flow
// opened it. A trace tells this only indirectly (calls name their client, states name their host),
// and a kernel's trace tells less than a model's; what is unknown keeps its address.
#pragma once

#include "sim/trace/trace.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace synq {

/// A total order for maps; it means nothing to people.
struct EndpointOrder {
    bool operator()(const Endpoint& a, const Endpoint& b) const {
        return a.address.octets() != b.address.octets() ? a.address.octets() < b.address.octets()
                                                        : a.port < b.port;
    }
};
/// The same pair of endpoints, seen from either end.
using EndpointPair = std::pair<Endpoint, Endpoint>;
struct EndpointPairOrder {
    bool operator()(const EndpointPair& a, const EndpointPair& b) const {
        const EndpointOrder less;
        if (less(a.first, b.first) || less(b.first, a.first)) {
            return less(a.first, b.first);
        }
        return less(a.second, b.second);
    }
};
EndpointPair unordered_pair(const Endpoint& a, const Endpoint& b);

class Parties {
  public:
    /// `trace` must outlive this.
    explicit Parties(const Trace& trace);

    /// "client.3:49152", "server:8000"; "10.0.0.1:80" for an end that nobody claims.
    [[nodiscard]] std::string label(const Endpoint& endpoint) const;
    /// The process whose connect() uses this end.
    [[nodiscard]] std::optional<std::uint32_t> connector(const Endpoint& endpoint) const;
    /// The end that opened the flow between `a` and `b`: the sender of its first SYN.
    [[nodiscard]] const Endpoint& opener(const Endpoint& a, const Endpoint& b) const;
    /// Whether a process listens or accepts rather than connects.
    [[nodiscard]] bool serves(std::uint32_t process) const { return serves_[process]; }
    /// The listener that a segment to `endpoint` would reach.
    [[nodiscard]] const ListenerRecord* listener(const Endpoint& endpoint) const;
    /// The listener that a host calls `local`.
    [[nodiscard]] const ListenerRecord* listener(std::uint32_t host, const Endpoint& local) const;

  private:
    void learn_calls();
    void learn_hosts();
    void learn_openers();
    [[nodiscard]] std::optional<std::uint32_t> host_of(const IpAddress& address) const;

    const Trace* trace_;
    std::map<Endpoint, std::uint32_t, EndpointOrder> connectors_;
    std::map<Endpoint, std::uint32_t, EndpointOrder> hosts_;  // by address, port 0
    std::map<EndpointPair, Endpoint, EndpointPairOrder> openers_;
    std::vector<bool> serves_;
};

}  // namespace synq
