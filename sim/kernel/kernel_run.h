// A scenario on the real kernel: its programs on real sockets, in a network namespace that lives
// only as long as the run. Linux only; elsewhere every call says so.
//
// The caller's own network is never touched: a forked child enters an empty namespace, verifies
// that it is empty, and only then acts. Each host of the scenario has a namespace; links between
// them are TUN devices with this process between (sim/kernel/wire.h), so a scenario with links
// needs an accessible /dev/net/tun. A single host uses its loopback.
#pragma once

#include "model/base/time.h"
#include "sim/scenario/scenario.h"
#include "sim/trace/trace.h"

#include <algorithm>
#include <cstddef>
#include <expected>
#include <optional>
#include <string>

namespace synq {

/// Why a run could not be made here; one line for people.
struct KernelUnavailable {
    std::string reason;
};

struct KernelOptions {
    /// Wall time after which the run is cut off; its trace then says `interrupted`.
    Duration time_limit = seconds(300);
    /// Between the end of the last process and the end of the capture: ACKs of the last closes. The
    /// time that they spend on links is added, see drain_of().
    Duration drain = milliseconds(60);
    /// Run every process on one CPU, as the model does: one timer wheel, no races between CPUs.
    bool one_cpu = true;
    /// Ahead of the machine's ordinary work (SCHED_FIFO), where the caller may ask for that (root).
    bool realtime = true;
    /// Ctrl-C ends the run early and keeps what was recorded.
    bool catch_interrupt = true;
    /// A process that makes more calls than this is broken (`loop { accept(-1) }`).
    std::size_t max_calls = 100'000;
};

/// options.drain, and two round trips of the slowest link.
inline Duration drain_of(const Scenario& scenario, const KernelOptions& options) {
    Duration slowest;
    for (const LinkSpec& link : scenario.links) {
        slowest = std::max(slowest, link.delay);
    }
    return options.drain + slowest * 4;
}

#ifdef __linux__

/// Runs `scenario` and yields what happened: calls, segments (raw sequence numbers), counters,
/// listener queues. The run ends when every process that can end has ended, or at scenario.until.
std::expected<Trace, KernelUnavailable> run_on_kernel(const Scenario& scenario,
                                                      const KernelOptions& options = {});

/// Tries the namespace, the settings and the capture without running anything; nullopt: all is
/// well.
std::optional<std::string> why_kernel_unavailable();

/// Ticks per second of the running kernel, from the resolution of CLOCK_MONOTONIC_COARSE.
int kernel_hz();

#else

inline std::expected<Trace, KernelUnavailable> run_on_kernel(
    const Scenario& /*scenario*/, const KernelOptions& /*options*/ = {}) {
    return std::unexpected(KernelUnavailable{"this system is not Linux"});
}
inline std::optional<std::string> why_kernel_unavailable() {
    return "this system is not Linux";
}
inline int kernel_hz() {
    return 250;
}

#endif

}  // namespace synq
