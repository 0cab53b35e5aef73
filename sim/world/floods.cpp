// Floods in the running world: their SYNs, what comes back to their addresses, and the count.
#include "sim/world/simulation.h"

#include <algorithm>

namespace synq {

void Simulation::make_floods() {
    floods_.reserve(scenario_.floods.size());
    for (std::uint32_t i = 0; i < scenario_.floods.size(); ++i) {
        const FloodSpec& spec = scenario_.floods[i];
        const Endpoint target{hosts_[spec.to].address, spec.port};
        const Flood& flood = floods_.emplace_back(spec, scenario_.seed, target);
        FloodRecord record;
        record.name = spec.name;
        record.target_host = spec.to;
        record.target = target;
        record.sources = spec.sources;
        recorder_.trace.floods.push_back(std::move(record));
        if (const auto first = flood.next()) {
            arm(own(Own::Flood, i), *first);
        }
    }
}

std::optional<std::uint32_t> Simulation::flood_of(const IpAddress& address) const {
    for (std::uint32_t i = 0; i < floods_.size(); ++i) {
        if (floods_[i].owns(address)) {
            return i;
        }
    }
    return std::nullopt;
}

void Simulation::send_from_flood(std::uint32_t number) {
    Flood& flood = floods_[number];
    FloodRecord& record = recorder_.trace.floods[number];
    record.first = record.sent == 0 ? now_ : record.first;
    record.last = now_;
    ++record.sent;
    const Packet syn = flood.take();
    if (const auto next = flood.next()) {
        arm(own(Own::Flood, number), *next);
    }
    transmit(flood.spec().from, {.packet = syn});
}

/// What a host sent to an address of a flood crosses the link on which the flood came.
bool Simulation::transmit_to_flood(std::uint32_t host, const SendPacket& sent,
                                   std::uint32_t record) {
    const auto number = flood_of(sent.packet.dst.address);
    if (!number) {
        return false;
    }
    FloodRecord& flood = recorder_.trace.floods[*number];
    const Flags flags = sent.packet.segment.flags;
    flood.syn_acks += flags.syn() && flags.ack() ? 1U : 0U;
    const auto link = routes_[host][floods_[*number].spec().from];
    if (!link) {
        return false;
    }
    put_on_link(*link, sent.packet, record);
    return true;
}

void Simulation::deliver_to_flood(std::uint32_t number, const Packet& packet,
                                  std::uint32_t record) {
    const Flood& flood = floods_[number];
    const auto reset = flood.answer(packet);
    recorder_.segment_arrived(now_, record, Drop::None);
    if (!reset) {
        recorder_.segment_dropped(record, Drop::NoSocket);
        return;
    }
    ++recorder_.trace.floods[number].resets;
    transmit(flood.spec().from, {.packet = *reset});
}

void Simulation::count_flood_drop(const Packet& packet, Drop drop) {
    if (const auto number = flood_of(packet.src.address); number && packet.segment.flags.syn()) {
        ++recorder_.trace.floods[*number].dropped[drop];
    }
}

/// What became of a flood's SYN at its target; the answer is still in the outbox.
void Simulation::count_flood_arrival(const Packet& packet, Drop drop, bool cookie_sent) {
    const auto number = flood_of(packet.src.address);
    if (!number || !packet.segment.flags.syn()) {
        return;
    }
    FloodRecord& flood = recorder_.trace.floods[*number];
    if (drop != Drop::None) {
        ++flood.dropped[drop];
        return;
    }
    const bool answered = std::any_of(outbox_.begin(), outbox_.end(), [](const Effect& effect) {
        const auto* const send = std::get_if<SendPacket>(&effect);
        return send != nullptr && !send->retransmission && send->packet.segment.flags.syn();
    });
    if (answered) {
        ++(cookie_sent ? flood.cookies : flood.admitted);
    }
}

}  // namespace synq
