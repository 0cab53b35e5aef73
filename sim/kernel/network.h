// The hosts of a run: a network namespace each, the scenario's settings in it, a TUN device for
// each of its links, and a capture of what it sends.
#pragma once

#include "sim/kernel/capture.h"
#include "sim/kernel/kernel_record.h"
#include "sim/kernel/mib_files.h"
#include "sim/kernel/socket_process.h"
#include "sim/kernel/unique_fd.h"
#include "sim/kernel/wire.h"
#include "sim/scenario/scenario.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace synq {

class Network {
  public:
    /// Leaves the caller's network for that of the first host, sets everything up and lets the
    /// wires work; or why not. For a process without threads, once; later calls must come from the
    /// same thread.
    std::optional<std::string> open(const Scenario& scenario, int cpu);

    /// Where each host is, for its processes.
    [[nodiscard]] std::shared_ptr<const std::vector<HostPlace>> places() const;

    /// The counters before the run; or why they cannot be read.
    std::optional<std::string> begin();
    /// Ends the record: counters, and the segments until record.end.
    void finish(std::int64_t start_ns, KernelRecord& record);

  private:
    /// A host's TUN device for one direction of a link.
    struct Port {
        UniqueFd device;
        unsigned interface = 0;
        std::size_t direction = 0;  // of the wire: what is sent here
    };
    struct HostNetwork {
        std::string name;
        IpAddress address;
        UniqueFd network;
        std::vector<Port> ports;
        std::unique_ptr<Capture> capture;
        CounterMap before;
    };

    std::optional<std::string> open_host(const HostSpec& spec);
    std::optional<std::string> open_port(std::size_t host, std::size_t peer, std::size_t link,
                                         std::size_t direction);
    void open_wire(const Scenario& scenario, int cpu);
    std::optional<std::string> collect_segments(const HostNetwork& host, std::int64_t start_ns,
                                                KernelRecord& record) const;

    std::vector<HostNetwork> hosts_;
    std::unique_ptr<Wire> wire_;
};

}  // namespace synq
