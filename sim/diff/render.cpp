// A report as text for people and as JSON for programs.
#include "sim/diff/diff.h"
#include "sim/trace/text_table.h"

#include <algorithm>
#include <fmt/core.h>
#include <nlohmann/json.hpp>

namespace synq {
namespace {

std::string counted(std::size_t count, std::string_view thing, std::string_view plural = "s") {
    return fmt::format("{} {}{}", count, thing, count == 1 ? "" : plural);
}

}  // namespace

std::string summary(const DiffReport& report) {
    const auto differences = static_cast<std::size_t>(std::count_if(
        report.rows.begin(), report.rows.end(), [](const DiffRow& row) { return !row.agree; }));
    return fmt::format(
        "{}: model against {}: {} of {}, {} of {}, {} and {} compared: {}", report.scenario,
        report.kernel, counted(report.scope.calls, "call"),
        counted(report.scope.processes, "process", "es"), counted(report.scope.segments, "segment"),
        counted(report.scope.flows, "flow"), counted(report.scope.counters, "counter"),
        counted(report.scope.listeners, "listener"),
        differences == 0 ? "they agree" : counted(differences, "difference"));
}

std::string to_table(const DiffReport& report, bool differences_only) {
    TextTable table{{"what", "how", "model", "kernel", "verdict"}};
    bool empty = true;
    for (const DiffRow& row : report.rows) {
        if (!differences_only || !row.agree) {
            table.add({row.subject, std::string{name(row.how)}, row.model, row.kernel,
                       row.agree ? "agree" : "DIFFER"});
            empty = false;
        }
    }
    return (empty ? std::string{} : table.text()) + summary(report) + "\n";
}

std::string to_json(const DiffReport& report) {
    using Json = nlohmann::ordered_json;
    Json rows = Json::array();
    for (const DiffRow& row : report.rows) {
        rows.push_back({{"what", row.subject},
                        {"how", name(row.how)},
                        {"model", row.model},
                        {"kernel", row.kernel},
                        {"agree", row.agree}});
    }
    const Json all{{"scenario", report.scenario},
                   {"kernel", report.kernel},
                   {"agree", report.agree},
                   {"compared",
                    {{"processes", report.scope.processes},
                     {"calls", report.scope.calls},
                     {"flows", report.scope.flows},
                     {"segments", report.scope.segments},
                     {"counters", report.scope.counters},
                     {"listeners", report.scope.listeners}}},
                   {"rows", std::move(rows)}};
    return all.dump(2) + "\n";
}

}  // namespace synq
