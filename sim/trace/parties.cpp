#include "sim/trace/parties.h"

#include <fmt/format.h>

namespace synq {

EndpointPair unordered_pair(const Endpoint& a, const Endpoint& b) {
    return EndpointOrder{}(b, a) ? EndpointPair{b, a} : EndpointPair{a, b};
}

Parties::Parties(const Trace& trace) : trace_(&trace), serves_(trace.processes.size(), false) {
    learn_calls();
    learn_hosts();
    learn_openers();
}

void Parties::learn_calls() {
    for (const CallRecord& call : trace_->calls) {
        if (call.kind == CallKind::Connect && call.client.port != 0) {
            connectors_[call.client] = call.process;
        }
        if (call.kind == CallKind::Listen || call.kind == CallKind::Accept) {
            serves_[call.process] = true;
        }
    }
}

void Parties::learn_hosts() {
    const auto learn = [this](const Endpoint& endpoint, std::uint32_t host) {
        if (!endpoint.address.is_any()) {
            hosts_.emplace(Endpoint{endpoint.address, 0}, host);
        }
    };
    for (const StateRecord& state : trace_->states) {
        learn(state.flow.local, state.host);
    }
    for (const QueueRecord& queue : trace_->queues) {
        learn(queue.local, queue.host);
    }
    for (const auto& [endpoint, process] : connectors_) {
        learn(endpoint, trace_->processes[process].host);
    }
}

void Parties::learn_openers() {
    for (const SegmentRecord& record : trace_->segments) {
        const Packet& packet = record.packet;
        const EndpointPair key = unordered_pair(packet.src, packet.dst);
        if (openers_.contains(key)) {
            continue;
        }
        // A capture may begin in the middle: then connect() or the listener tells.
        const bool reversed = (packet.segment.flags.syn() && packet.segment.flags.ack()) ||
                              (!packet.segment.flags.syn() && !connector(packet.src) &&
                               (connector(packet.dst) || listener(packet.src) != nullptr));
        openers_.emplace(key, reversed ? packet.dst : packet.src);
    }
}

std::optional<std::uint32_t> Parties::host_of(const IpAddress& address) const {
    if (const auto found = hosts_.find({address, 0}); found != hosts_.end()) {
        return found->second;
    }
    if (trace_->hosts.size() == 1) {
        return 0;
    }
    return std::nullopt;
}

std::optional<std::uint32_t> Parties::connector(const Endpoint& endpoint) const {
    const auto found = connectors_.find(endpoint);
    return found == connectors_.end() ? std::nullopt : std::optional(found->second);
}

const Endpoint& Parties::opener(const Endpoint& a, const Endpoint& b) const {
    const auto found = openers_.find(unordered_pair(a, b));
    if (found != openers_.end()) {
        return found->second == a ? a : b;
    }
    return connector(b) && !connector(a) ? b : a;
}

const ListenerRecord* Parties::listener(const Endpoint& endpoint) const {
    const ListenerRecord* wildcard = nullptr;
    for (const ListenerRecord& candidate : trace_->listeners) {
        if (candidate.local == endpoint) {
            return &candidate;
        }
        if (candidate.local.port == endpoint.port && candidate.local.address.is_any()) {
            const auto host = host_of(endpoint.address);
            if (!host || *host == candidate.host) {
                wildcard = &candidate;
            }
        }
    }
    return wildcard;
}

const ListenerRecord* Parties::listener(std::uint32_t host, const Endpoint& local) const {
    for (const ListenerRecord& candidate : trace_->listeners) {
        if (candidate.host == host && candidate.local == local) {
            return &candidate;
        }
    }
    return nullptr;
}

std::string Parties::label(const Endpoint& endpoint) const {
    if (const auto process = connector(endpoint)) {
        return fmt::format("{}:{}", trace_->processes[*process].name, endpoint.port);
    }
    if (const ListenerRecord* found = listener(endpoint)) {
        return fmt::format("{}:{}", trace_->hosts[found->host], endpoint.port);
    }
    if (endpoint.address.is_any() || trace_->hosts.size() == 1) {
        return to_string(endpoint);
    }
    if (const auto host = host_of(endpoint.address)) {
        return fmt::format("{}:{}", trace_->hosts[*host], endpoint.port);
    }
    return to_string(endpoint);
}

}  // namespace synq
