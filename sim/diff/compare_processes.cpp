// Calls: results exactly, times within the tolerance that has accumulated.
//
// A process that accepts is compared per kind of call: which of several connections it gets first,
// and so the order of its calls, is decided inside one bucket of the timer wheel.
#include "sim/diff/compare_parts.h"
#include "sim/trace/sort_stably.h"

#include <algorithm>
#include <fmt/core.h>
#include <map>
#include <set>

namespace synq {
namespace {

using Indices = std::vector<std::uint32_t>;

bool accepts(const Side& side, std::uint32_t process) {
    return std::any_of(
        side.calls[process].begin(), side.calls[process].end(),
        [&](std::uint32_t i) { return side.trace->calls[i].kind == CallKind::Accept; });
}

class ProcessComparison {
  public:
    ProcessComparison(const Sides& sides, const ProcessPair& pair, DiffReport& report)
        : sides_(sides), pair_(pair), report_(report) {}

    void run() {
        const Indices& model = sides_.model.calls[pair_.model];
        const Indices& kernel = sides_.kernel.calls[pair_.kernel];
        report_.scope.calls += kernel.size();
        WorstTime times;
        if (accepts(sides_.kernel, pair_.kernel) || accepts(sides_.model, pair_.model)) {
            compare_sets(model, kernel, times);
        } else {
            compare_sequences(model, kernel, times);
        }
        if (times.any()) {
            add_row(report_, times.row(pair_.label + " call ends"));
        }
    }

  private:
    [[nodiscard]] const CallRecord& of_model(std::uint32_t i) const {
        return sides_.model.trace->calls[i];
    }
    [[nodiscard]] const CallRecord& of_kernel(std::uint32_t i) const {
        return sides_.kernel.trace->calls[i];
    }

    void compare_sequences(const Indices& model, const Indices& kernel, WorstTime& times) {
        const Comparison how = pair_.swapped ? Comparison::Set : Comparison::Exact;
        const std::size_t both = std::min(model.size(), kernel.size());
        for (std::size_t i = 0; i < both; ++i) {
            const CallRecord& ours = of_model(model[i]);
            const CallRecord& theirs = of_kernel(kernel[i]);
            if (ends_beyond_the_other(ours, theirs, kernel[i])) {
                agreed(how, i);
                return;
            }
            if (outcome_text(ours) != outcome_text(theirs)) {
                differed(how, i, outcome_text(ours), outcome_text(theirs));
                return;
            }
            add_time(times, ours, kernel[i]);
        }
        if (extra_beyond_end(model, kernel, both)) {
            agreed(how, both);
            return;
        }
        const auto text_at = [both](const Indices& calls, const Trace& trace) -> std::string {
            return both < calls.size() ? outcome_text(trace.calls[calls[both]]) : "no such call";
        };
        differed(how, both, text_at(model, *sides_.model.trace),
                 text_at(kernel, *sides_.kernel.trace));
    }

    void compare_sets(const Indices& model, const Indices& kernel, WorstTime& times) {
        std::map<CallKind, Indices> ours = by_kind(model, *sides_.model.trace);
        std::map<CallKind, Indices> theirs = by_kind(kernel, *sides_.kernel.trace);
        std::set<CallKind> kinds;
        for (const auto& [kind, calls] : ours) {
            kinds.insert(kind);
        }
        for (const auto& [kind, calls] : theirs) {
            kinds.insert(kind);
        }
        for (const CallKind kind : kinds) {
            compare_kind(kind, ours[kind], theirs[kind], times);
        }
    }

    void compare_kind(CallKind kind, Indices model, Indices kernel, WorstTime& times) {
        while (model.size() > kernel.size() && starts_at_the_end(of_model(model.back()), {})) {
            model.pop_back();
        }
        while (kernel.size() > model.size() &&
               starts_at_the_end(of_kernel(kernel.back()), start_tolerance(kernel.back()))) {
            kernel.pop_back();
        }
        const std::string ours = outcomes(model, *sides_.model.trace);
        const std::string theirs = outcomes(kernel, *sides_.kernel.trace);
        add_row(report_, {fmt::format("{} {} calls", pair_.label, name(kind)), Comparison::Set,
                          ours, theirs, ours == theirs});
        sort_by_end(model, *sides_.model.trace);
        sort_by_end(kernel, *sides_.kernel.trace);
        for (std::size_t i = 0; i < std::min(model.size(), kernel.size()); ++i) {
            add_time(times, of_model(model[i]), kernel[i]);
        }
    }

    static std::map<CallKind, Indices> by_kind(const Indices& calls, const Trace& trace) {
        std::map<CallKind, Indices> kinds;
        for (const std::uint32_t i : calls) {
            kinds[trace.calls[i].kind].push_back(i);
        }
        return kinds;
    }

    static void sort_by_end(Indices& calls, const Trace& trace) {
        sort_stably(calls, [&](std::uint32_t a, std::uint32_t b) {
            return trace.calls[a].end < trace.calls[b].end;
        });
    }

    /// "6 x accept = 4, accept waiting".
    static std::string outcomes(const Indices& calls, const Trace& trace) {
        std::map<std::string, int> counts;
        for (const std::uint32_t i : calls) {
            ++counts[outcome_text(trace.calls[i])];
        }
        std::string text;
        for (const auto& [outcome, count] : counts) {
            text += text.empty() ? "" : ", ";
            text += count == 1 ? outcome : fmt::format("{} x {}", count, outcome);
        }
        return text.empty() ? "none" : text;
    }

    void add_time(WorstTime& times, const CallRecord& model, std::uint32_t kernel) {
        const CallRecord& theirs = of_kernel(kernel);
        if (model.returned() && theirs.returned()) {
            const Duration tolerance = sides_.tolerances.call_ends[kernel] +
                                       jiffy(sides_.options.hz) + sides_.options.user_margin;
            times.add(std::string{name(model.kind)}, model.end - Instant{}, theirs.end - Instant{},
                      tolerance);
        }
    }

    /// How far the start of a call of the kernel's may be off: as its process' previous end.
    [[nodiscard]] Duration start_tolerance(std::uint32_t call) const {
        const Indices& calls = sides_.kernel.calls[pair_.kernel];
        const auto at = std::find(calls.begin(), calls.end(), call);
        return at == calls.begin() ? Duration{} : sides_.tolerances.call_ends[*(at - 1)];
    }

    [[nodiscard]] bool starts_at_the_end(const CallRecord& call, Duration tolerance) const {
        return sides_.may_be_cut_off(call.start, tolerance);
    }

    /// One has returned, so near the end of the run that the other may have had no time to.
    [[nodiscard]] bool ends_beyond_the_other(const CallRecord& model, const CallRecord& theirs,
                                             std::uint32_t kernel) const {
        if (model.returned() == theirs.returned()) {
            return false;
        }
        const Instant end = std::min(model.end, theirs.end);
        return sides_.may_be_cut_off(end, sides_.tolerances.call_ends[kernel]);
    }

    /// True also when there is nothing extra.
    [[nodiscard]] bool extra_beyond_end(const Indices& model, const Indices& kernel,
                                        std::size_t both) const {
        if (model.size() > both) {
            return starts_at_the_end(of_model(model[both]), {});
        }
        return kernel.size() == both ||
               starts_at_the_end(of_kernel(kernel[both]), start_tolerance(kernel[both]));
    }

    void differed(Comparison how, std::size_t call, std::string model, std::string kernel) {
        add_row(report_, {fmt::format("{} call {}", pair_.label, call + 1), how, std::move(model),
                          std::move(kernel), false});
    }

    void agreed(Comparison how, std::size_t calls) {
        const std::string text = fmt::format("{} calls", calls);
        add_row(report_, {pair_.label + " calls", how, text, text, true});
    }

    const Sides& sides_;
    const ProcessPair& pair_;
    DiffReport& report_;
};

}  // namespace

void compare_processes(const Sides& sides, const std::vector<ProcessPair>& pairs,
                       DiffReport& report) {
    const std::size_t ours = sides.model.trace->processes.size();
    const std::size_t theirs = sides.kernel.trace->processes.size();
    report.scope.processes = pairs.size();
    if (pairs.size() != ours || pairs.size() != theirs) {
        add_row(report, {"processes", Comparison::Exact, std::to_string(ours),
                         std::to_string(theirs), false});
    }
    for (const ProcessPair& pair : pairs) {
        ProcessComparison{sides, pair, report}.run();
    }
}

}  // namespace synq
