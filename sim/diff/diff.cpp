#include "sim/diff/diff.h"

#include "sim/diff/compare_parts.h"
#include "sim/diff/sides.h"

#include <fmt/core.h>
#include <utility>

namespace synq {
namespace {

std::string in_seconds(Duration d) {
    return fmt::format("{:.6f} s", to_seconds(d));
}

Duration distance(Duration a, Duration b) {
    return a < b ? b - a : a - b;
}

}  // namespace

std::string_view name(Comparison how) {
    switch (how) {
        case Comparison::Exact:
            return "exact";
        case Comparison::Set:
            return "set";
        case Comparison::Interval:
            return "interval";
    }
    return "";
}

void add_row(DiffReport& report, DiffRow row) {
    report.agree = report.agree && row.agree;
    report.rows.push_back(std::move(row));
}

void WorstTime::add(const std::string& what, Duration model, Duration kernel, Duration tolerance) {
    ++count_;
    const Duration headroom = tolerance - distance(model, kernel);
    if (!any() || headroom < tolerance_ - distance(model_, kernel_)) {
        what_ = what;
        model_ = model;
        kernel_ = kernel;
        tolerance_ = tolerance;
    }
}

DiffRow WorstTime::row(std::string subject) const {
    const bool agree = distance(model_, kernel_) <= tolerance_;
    return {std::move(subject), Comparison::Interval,
            fmt::format("{} {}", what_, in_seconds(model_)),
            fmt::format("{} (+-{:.1f} ms; {} of {})", in_seconds(kernel_),
                        to_seconds(tolerance_) * 1e3, agree ? "tightest" : "worst", count_),
            agree};
}

DiffReport compare_traces(const Trace& model, const Trace& kernel, const DiffOptions& options) {
    DiffReport report;
    report.scenario = kernel.scenario;
    report.kernel = kernel.profile;
    const Sides sides{model, kernel, options};
    const std::vector<ProcessPair> pairs = sides.pairs();
    compare_processes(sides, pairs, report);
    const MoreAcks more_acks = compare_flows(sides, pairs, report);
    compare_listeners(sides, report);
    compare_counters(sides, more_acks, report);
    return report;
}

}  // namespace synq
