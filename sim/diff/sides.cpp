#include "sim/diff/sides.h"

#include "sim/trace/sort_stably.h"

#include <algorithm>
#include <fmt/core.h>
#include <optional>
#include <set>

namespace synq {
namespace {

/// "client" of "client.3"; empty for a process that is alone.
std::string group_of(const std::string& process) {
    const std::size_t dot = process.rfind('.');
    return dot == std::string::npos ? std::string{} : process.substr(0, dot);
}

/// Everything exact about a process: its calls and its flows.
std::string behaviour(const Side& side, std::uint32_t process) {
    std::string text;
    for (const std::uint32_t call : side.calls[process]) {
        text += outcome_text(side.trace->calls[call]) + "\n";
    }
    for (const Flow* flow : side.flows_by(process)) {
        for (const FlowSegment& segment : flow->segments) {
            text += signature(segment) + "\n";
        }
    }
    return text;
}

std::optional<Instant> first_act(const Side& side, std::uint32_t process) {
    const auto& calls = side.calls[process];
    return calls.empty() ? std::nullopt : std::optional{side.trace->calls[calls.front()].start};
}

/// Gives every pair that differs a partner that does not, where the group has one.
class Swapper {
  public:
    Swapper(const Sides& sides, std::vector<ProcessPair>& pairs) : sides_(sides), pairs_(pairs) {
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            model_.push_back(behaviour(sides.model, pairs[i].model));
            kernel_.push_back(behaviour(sides.kernel, pairs[i].kernel));
            if (model_.back() != kernel_.back()) {
                open_.push_back(i);
            }
        }
    }

    void run() {
        std::vector<ProcessPair> result = pairs_;
        std::set<std::size_t> taken;
        std::vector<std::size_t> left;
        for (const std::size_t i : open_) {
            const auto found = std::find_if(open_.begin(), open_.end(), [&](std::size_t k) {
                return !taken.contains(k) && model_[i] == kernel_[k] && interchangeable(i, k);
            });
            if (found == open_.end()) {
                left.push_back(i);
            } else {
                taken.insert(*found);
                join(result[i], *found);
            }
        }
        pair_the_rest(left, taken, result);
        pairs_ = std::move(result);
    }

  private:
    [[nodiscard]] bool interchangeable(std::size_t a, std::size_t b) const {
        const std::string group = group_of(name_of(a));
        const auto first = first_act(sides_.kernel, pairs_[a].kernel);
        const auto second = first_act(sides_.kernel, pairs_[b].kernel);
        if (group.empty() || group != group_of(name_of(b)) || !first || !second) {
            return false;
        }
        const Duration apart = *first < *second ? *second - *first : *first - *second;
        return apart <= wheel_granule(seconds(1), sides_.options.hz);
    }

    /// Nobody behaves like these: by name where that is still free, else in order.
    void pair_the_rest(const std::vector<std::size_t>& left, std::set<std::size_t>& taken,
                       std::vector<ProcessPair>& result) const {
        std::vector<std::size_t> homeless;
        for (const std::size_t i : left) {
            if (!taken.insert(i).second) {
                homeless.push_back(i);
            }
        }
        for (const std::size_t i : homeless) {
            for (const std::size_t k : open_) {
                if (interchangeable(i, k) && taken.insert(k).second) {
                    join(result[i], k);
                    break;
                }
            }
        }
    }

    void join(ProcessPair& pair, std::size_t other) const {
        pair.kernel = pairs_[other].kernel;
        const std::string& theirs = name_of(other);
        if (theirs != pair.label) {
            pair.swapped = true;
            pair.label += fmt::format(" (kernel: {})", theirs);
        }
    }

    [[nodiscard]] const std::string& name_of(std::size_t pair) const {
        return sides_.kernel.trace->processes[pairs_[pair].kernel].name;
    }

    const Sides& sides_;
    std::vector<ProcessPair>& pairs_;
    std::vector<std::string> model_;
    std::vector<std::string> kernel_;
    std::vector<std::size_t> open_;  // pairs that differ by name
};

}  // namespace

Side::Side(const Trace& source)
    : trace(&source), flows(flows_of(source)), calls(source.processes.size()) {
    for (std::uint32_t i = 0; i < source.calls.size(); ++i) {
        calls[source.calls[i].process].push_back(i);
    }
    for (auto& each : calls) {
        sort_stably(each, [&](std::uint32_t a, std::uint32_t b) {
            return source.calls[a].start < source.calls[b].start;
        });
    }
}

std::vector<const Flow*> Side::flows_by(std::uint32_t process) const {
    std::vector<const Flow*> found;
    for (const Flow& flow : flows) {
        if (flow.process == process) {
            found.push_back(&flow);
        }
    }
    sort_stably(found, [](const Flow* a, const Flow* b) { return a->connect < b->connect; });
    return found;
}

std::vector<const Flow*> Side::unclaimed() const {
    std::vector<const Flow*> found;
    for (const Flow& flow : flows) {
        if (!flow.process) {
            found.push_back(&flow);
        }
    }
    return found;
}

Sides::Sides(const Trace& model_trace, const Trace& kernel_trace, const DiffOptions& diff_options)
    : model(model_trace),
      kernel(kernel_trace),
      options(diff_options),
      tolerances(tolerances_of(kernel_trace, kernel.flows, diff_options.hz)) {}

std::vector<ProcessPair> Sides::pairs() const {
    std::vector<ProcessPair> pairs;
    for (std::uint32_t m = 0; m < model.trace->processes.size(); ++m) {
        for (std::uint32_t k = 0; k < kernel.trace->processes.size(); ++k) {
            if (model.trace->processes[m].name == kernel.trace->processes[k].name) {
                pairs.push_back({.model = m, .kernel = k, .label = model.trace->processes[m].name});
                break;
            }
        }
    }
    Swapper{*this, pairs}.run();
    return pairs;
}

bool Sides::may_be_cut_off(Instant t, Duration tolerance) const {
    const Instant end = std::min(model.trace->end, kernel.trace->end);
    return options.cut_by_clock && t + tolerance + options.user_margin >= end;
}

std::string outcome_text(const CallRecord& call) {
    if (!call.returned()) {
        return fmt::format("{} waiting", name(call.kind));
    }
    std::string text = fmt::format("{} = {}", name(call.kind), call.result);
    if (call.error != Errno::None) {
        text += fmt::format(" {}", name(call.error));
    }
    return text;
}

}  // namespace synq
