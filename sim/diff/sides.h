// The two traces, prepared for comparison: flows found, calls sorted, processes paired.
#pragma once

#include "sim/diff/diff.h"
#include "sim/diff/flows.h"
#include "sim/diff/tolerance.h"
#include "sim/trace/trace.h"

#include <cstdint>
#include <string>
#include <vector>

namespace synq {

struct Side {
    explicit Side(const Trace& source);

    const Trace* trace;
    std::vector<Flow> flows;
    std::vector<std::vector<std::uint32_t>> calls;  // by process: indices in the order of execution

    /// The process' flows in the order of its connects.
    [[nodiscard]] std::vector<const Flow*> flows_by(std::uint32_t process) const;
    /// Flows that no connect() accounts for.
    [[nodiscard]] std::vector<const Flow*> unclaimed() const;
};

/// A process of the model and the kernel's that it is compared with.
struct ProcessPair {
    std::uint32_t model = 0;
    std::uint32_t kernel = 0;
    bool swapped = false;  // another instance of the same group
    std::string label;     // "client.3", or "client.3 (kernel: client.5)"
};

struct Sides {
    Sides(const Trace& model_trace, const Trace& kernel_trace, const DiffOptions& diff_options);

    Side model;
    Side kernel;
    DiffOptions options;
    TimeTolerances tolerances;  // of the kernel's events

    /// By name. Instances of a group ("client.0", "client.1" ...) that started within one granule
    /// of the first SYN timer are interchangeable: the wheel decides which of them is first at a
    /// full queue. Those that differ by name are paired with one that behaved the same, if there is
    /// one.
    [[nodiscard]] std::vector<ProcessPair> pairs() const;

    /// True when an event at `t` may have fallen behind the end of the other trace: never when the
    /// programs ended the runs.
    [[nodiscard]] bool may_be_cut_off(Instant t, Duration tolerance) const;
};

/// "connect = -1 ETIMEDOUT"; "accept waiting" when it had not returned.
std::string outcome_text(const CallRecord& call);

}  // namespace synq
