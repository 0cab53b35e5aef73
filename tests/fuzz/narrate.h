// A run in words, for whoever looks for the cause of a crash.
#pragma once

#include "tests/property/host_driver.h"

#include <cstdio>
#include <string>

namespace synq {

inline void say(const char* what, const Packet& packet) {
    const Segment& s = packet.segment;
    std::fprintf(stderr, "  %-7s %s > %s %s seq %u ack %u len %u win %u\n", what,
                 to_string(packet.src).c_str(), to_string(packet.dst).c_str(),
                 flag_names(s.flags).c_str(), s.seq.raw(), s.ack.raw(), s.len, s.window);
}

inline void narrate_entry(const Entry& entry) {
    switch (entry.kind) {
        case Entry::Kind::Call:
            std::fprintf(stderr, "  call    %s(socket %u, %s, %lld)%s\n",
                         std::string(name(entry.call.kind)).c_str(), entry.call.socket.value,
                         to_string(entry.call.endpoint).c_str(),
                         static_cast<long long>(entry.call.value), entry.blocked ? " blocks" : "");
            break;
        case Entry::Kind::Option:
            std::fprintf(stderr, "  option  %d of socket %u = %lld\n",
                         static_cast<int>(entry.option), entry.call.socket.value,
                         static_cast<long long>(entry.call.value));
            break;
        case Entry::Kind::Segment:
            say("arrives", entry.packet);
            break;
        case Entry::Kind::Icmp:
            std::fprintf(stderr, "  icmp    %d/%d about %s > %s seq %u\n", entry.icmp.type,
                         entry.icmp.code, to_string(entry.icmp.src).c_str(),
                         to_string(entry.icmp.dst).c_str(), entry.icmp.seq.raw());
            break;
        case Entry::Kind::Timer:
            std::fprintf(stderr, "  timer   %s of %u\n",
                         std::string(name(static_cast<TimerKind>(entry.timer.kind))).c_str(),
                         entry.timer.index);
            break;
    }
}

/// One entry and what it asked for.
inline void narrate(const HostDriver& driver) {
    std::fprintf(stderr, "host %u at %.6f s\n", driver.config.owner,
                 static_cast<double>(driver.now.ns) / 1e9);
    narrate_entry(driver.entry);
    for (const Effect& effect : driver.out) {
        if (const auto* sending = std::get_if<SendPacket>(&effect)) {
            say(sending->retransmission ? "resends" : "sends", sending->packet);
        } else if (const auto* change = std::get_if<StateChanged>(&effect)) {
            std::fprintf(stderr, "  state   %s: %s -> %s\n", to_string(change->flow.remote).c_str(),
                         std::string(rfc_name(change->from)).c_str(),
                         std::string(rfc_name(change->to)).c_str());
        } else if (const auto* arming = std::get_if<ArmTimer>(&effect)) {
            std::fprintf(stderr, "  arms    %s of %u for %.6f s\n",
                         std::string(name(static_cast<TimerKind>(arming->timer.kind))).c_str(),
                         arming->timer.index, static_cast<double>(arming->deadline.ns) / 1e9);
        } else if (const auto* cancelling = std::get_if<CancelTimer>(&effect)) {
            std::fprintf(stderr, "  cancels %s of %u\n",
                         std::string(name(static_cast<TimerKind>(cancelling->timer.kind))).c_str(),
                         cancelling->timer.index);
        }
    }
}

}  // namespace synq
