#include "sim/kernel/network.h"

#include "model/profile/profile.h"
#include "sim/kernel/netns.h"
#include "sim/kernel/real_clock.h"
#include "sim/kernel/tun_interface.h"
#include "sim/trace/sort_stably.h"

#include <algorithm>
#include <net/if.h>
#include <utility>

namespace synq {
namespace {

/// Every setting that the model knows, so that the machine's own defaults play no part, then the
/// scenario's.
std::optional<std::string> apply_settings(const HostSpec& host) {
    for (const auto& [name, value] : {std::pair{"net.ipv4.tcp_congestion_control", "reno"},
                                      std::pair{"net.ipv4.tcp_no_metrics_save", "1"},
                                      std::pair{"net.ipv4.conf.all.rp_filter", "0"},
                                      std::pair{"net.ipv4.conf.default.rp_filter", "0"}}) {
        if (auto why = write_sysctl(name, value)) {
            return why;
        }
    }
    const Profile* const profile = find_profile(host.profile);
    if (profile != nullptr) {
        for (const SysctlInfo& each : sysctl_table()) {
            const std::string name{each.name};
            if (!sysctl_exists(name)) {
                continue;  // an older kernel; the scenario's own settings are not forgiven below
            }
            if (auto why = write_sysctl(name, setting_text(each, profile->sysctl.*each.field))) {
                return why;
            }
        }
    }
    for (const auto& [name, value] : host.sysctls) {
        if (profile != nullptr && is_fixed(*profile, name)) {
            continue;
        }
        const SysctlInfo* const info = find_sysctl(name);
        const std::string text =
            info == nullptr ? std::to_string(value) : setting_text(*info, value);
        if (auto why = write_sysctl(name, text)) {
            return why;
        }
    }
    return std::nullopt;
}

bool same_segment(const Packet& a, const Packet& b) {
    return a.src == b.src && a.dst == b.dst && a.segment.seq == b.segment.seq &&
           a.segment.ack == b.segment.ack && a.segment.flags == b.segment.flags &&
           a.segment.len == b.segment.len;
}

}  // namespace

std::optional<std::string> Network::open(const Scenario& scenario, int cpu) {
    for (const HostSpec& spec : scenario.hosts) {
        if (auto why = open_host(spec)) {
            return why;
        }
    }
    if (hosts_.size() == 1) {
        hosts_.front().address = IpAddress::loopback_v4();
    }
    for (std::size_t i = 0; i < scenario.links.size(); ++i) {
        const LinkSpec& link = scenario.links[i];
        if (auto why = open_port(link.a, link.b, i, 2 * i)) {
            return why;
        }
        if (auto why = open_port(link.b, link.a, i, 2 * i + 1)) {
            return why;
        }
    }
    for (HostNetwork& host : hosts_) {
        if (auto why = join_network(host.network)) {
            return why;
        }
        auto capture = Capture::open();
        if (!capture) {
            return capture.error();
        }
        host.capture = std::move(*capture);
    }
    open_wire(scenario, cpu);
    sleep_until_ns(monotonic_ns() + Capture::kStampsReliableAfter.ns);
    return std::nullopt;
}

std::optional<std::string> Network::open_host(const HostSpec& spec) {
    if (auto why = hosts_.empty() ? enter_private_network() : enter_another_network()) {
        return why;
    }
    auto network = current_network();
    if (!network) {
        return network.error();
    }
    hosts_.push_back({.name = spec.name,
                      .address = spec.address,
                      .network = std::move(*network),
                      .ports = {},
                      .capture = {},
                      .before = {}});
    return apply_settings(spec);
}

std::optional<std::string> Network::open_port(std::size_t host, std::size_t peer, std::size_t link,
                                              std::size_t direction) {
    if (auto why = join_network(hosts_[host].network)) {
        return why;
    }
    const std::string name = "wire" + std::to_string(link);
    auto device = open_tun(name, {.own = hosts_[host].address,
                                  .netmask = IpAddress::v4(255, 255, 255, 255),
                                  .peer = hosts_[peer].address});
    if (!device) {
        return device.error();
    }
    hosts_[host].ports.push_back({.device = std::move(*device),
                                  .interface = if_nametoindex(name.c_str()),
                                  .direction = direction});
    return std::nullopt;
}

void Network::open_wire(const Scenario& scenario, int cpu) {
    if (scenario.links.empty()) {
        return;
    }
    std::vector<WireEnds> directions(2 * scenario.links.size());
    for (std::uint32_t host = 0; host < hosts_.size(); ++host) {
        for (const Port& port : hosts_[host].ports) {
            const LinkSpec& link = scenario.links[port.direction / 2];
            WireEnds& ends = directions[port.direction];
            ends.from = port.device.get();
            ends.delay = link.delay;
            std::copy_if(link.drops.begin(), link.drops.end(), std::back_inserter(ends.drops),
                         [host](const DropRule& rule) { return rule.from == host; });
            directions[port.direction ^ 1U].to = port.device.get();
        }
    }
    wire_ = std::make_unique<Wire>(directions, cpu);
}

std::shared_ptr<const std::vector<HostPlace>> Network::places() const {
    std::vector<HostPlace> places;
    places.reserve(hosts_.size());
    for (const HostNetwork& host : hosts_) {
        places.push_back(
            {.name = host.name, .address = host.address, .network = host.network.get()});
    }
    return std::make_shared<const std::vector<HostPlace>>(std::move(places));
}

std::optional<std::string> Network::begin() {
    for (HostNetwork& host : hosts_) {
        if (auto why = join_network(host.network)) {
            return why;
        }
        auto counters = read_counters();
        if (!counters) {
            return counters.error();
        }
        host.before = std::move(*counters);
    }
    return std::nullopt;
}

void Network::finish(std::int64_t start_ns, KernelRecord& record) {
    for (const HostNetwork& host : hosts_) {
        if (auto why = join_network(host.network)) {
            record.problem = *why;
            return;
        }
        const auto after = read_counters();
        if (!after) {
            record.problem = after.error();
            return;
        }
        record.counters.push_back(counter_changes(host.before, *after));
    }
    if (wire_) {
        wire_->finish();
        if (!wire_->problem().empty()) {
            record.problem = wire_->problem();
            return;
        }
    }
    for (const HostNetwork& host : hosts_) {
        if (auto why = collect_segments(host, start_ns, record)) {
            record.problem = *why;
            return;
        }
    }
    sort_stably(record.segments,
                [](const SegmentRecord& a, const SegmentRecord& b) { return a.t < b.t; });
}

/// What is sent over loopback has arrived. The n-th segment that the capture saw on a wire is the
/// n-th that the wire took, as far as it came.
std::optional<std::string> Network::collect_segments(const HostNetwork& host, std::int64_t start_ns,
                                                     KernelRecord& record) const {
    const auto packets = host.capture->finish();
    if (!packets) {
        return packets.error();
    }
    std::vector<std::size_t> taken(host.ports.size());
    for (const CapturedPacket& each : *packets) {
        SegmentRecord segment{.t = Instant{each.monotonic_ns - start_ns}, .packet = each.packet};
        const auto port = std::find_if(host.ports.begin(), host.ports.end(), [&](const Port& p) {
            return p.interface == each.interface;
        });
        if (port == host.ports.end()) {
            segment.arrived = segment.t;
        } else {
            const auto& carried = wire_->carried(port->direction);
            const std::size_t at = taken[static_cast<std::size_t>(port - host.ports.begin())]++;
            const Carried* const same = at < carried.size() ? &carried[at] : nullptr;
            if (same != nullptr && !same_segment(same->packet, each.packet)) {
                return "a wire of " + host.name + " carried other segments than were sent";
            }
            if (same != nullptr && same->dropped) {
                segment.dropped = Drop::Link;
            } else if (same != nullptr && same->handed_over_ns != 0) {
                segment.arrived = Instant{same->handed_over_ns - start_ns};
            }
        }
        if (segment.t <= record.end) {
            record.segments.push_back(segment);
        }
    }
    return std::nullopt;
}

}  // namespace synq
