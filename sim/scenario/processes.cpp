#include "sim/scenario/processes.h"

#include "sim/proc/parser.h"
#include "sim/scenario/arrival_keys.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>
#include <utility>

namespace synq {
namespace {

constexpr std::array<std::string_view, 9> kProcessKeys{
    "name", "host", "program", "count", "start", "rate", "every", "arrivals", "lifetime"};

class GroupLoader {
  public:
    GroupLoader(LoadContext& context, const Node& table, const Topology& topology,
                std::uint64_t seed)
        : context_(context),
          section_(context, table, "[[process]]", kProcessKeys),
          topology_(topology),
          seed_(seed) {}

    void run(Processes& out) {
        for (const std::string_view key : {"name", "host", "program"}) {
            section_.require(key);
        }
        const std::string name = section_.text("name").value_or("");
        check_entity_name(context_, section_.pos("name"), name, "a process");
        if (std::find(out.groups.begin(), out.groups.end(), name) != out.groups.end()) {
            context_.fail(section_.pos("name"),
                          fmt::format("there are two processes named '{}'", name),
                          "one [[process]] with a count makes several of a kind");
            return;
        }
        out.groups.push_back(name);
        const std::string host_name = section_.text("host").value_or("");
        const auto host = topology_.require(context_, section_.pos("host"), host_name);
        const auto count = section_.number("count", 0, kMaxCount);
        section_.text("program");
        const auto lifetime = section_.duration("lifetime");
        auto arrivals = arrivals_of(name, count.has_value());
        if (context_.failed()) {
            return;
        }
        if (count == 0) {
            program(0);  // its mistakes are mistakes all the same
        }
        for (std::int64_t index = 0; index < count.value_or(1) && !context_.failed(); ++index) {
            ProcessSpec process;
            process.name = count ? fmt::format("{}.{}", name, index) : name;
            process.group = name;
            process.host = host.value_or(0);
            if (const Node* const start = section_.find("start")) {
                process.start = context_.duration(*start, "start", index).value_or(Duration{});
            }
            if (arrivals) {
                process.start = process.start + arrivals->next();
                check_start(process);
            }
            process.lifetime = lifetime;
            process.sleeps = RandomStream(seed_, "sleep", process.name);
            process.program = program(index);
            out.all.push_back(std::move(process));
        }
    }

  private:
    std::optional<Arrivals> arrivals_of(std::string_view name, bool counted) {
        const auto law = load_arrivals(context_, section_);
        if (!law) {
            return std::nullopt;
        }
        if (!counted) {
            context_.fail(section_.pos(), "instances that follow one another need a 'count'",
                          "say how many of them there are at most");
        }
        return Arrivals(*law, RandomStream(seed_, "arrivals", name));
    }

    void check_start(const ProcessSpec& process) {
        if (process.start > kLongestDuration) {
            context_.fail(section_.pos("count"),
                          fmt::format("{} would start after more than 365 days", process.name),
                          "lower 'count', or let them follow one another faster");
        }
    }

    Program program(std::int64_t index) {
        const Node& node = *section_.find("program");
        // Instances differ by their number only: most programs are the same for all.
        if (parsed_ && node.text.find("index") == std::string::npos) {
            return *parsed_;
        }
        const ProgramContext program_context{.origin = node.origin,
                                             .parameters = &context_.parameters,
                                             .hosts = &topology_.names,
                                             .index = index};
        auto parsed = parse_program(node.text, program_context);
        if (!parsed) {
            context_.fail(parsed.error().pos, std::move(parsed.error().problem),
                          std::move(parsed.error().remedy));
            return {};
        }
        parsed_ = std::move(*parsed);
        return *parsed_;
    }

    LoadContext& context_;
    Section section_;
    const Topology& topology_;
    std::uint64_t seed_;
    std::optional<Program> parsed_;
};

}  // namespace

Processes load_processes(LoadContext& context, const Section& top, const Topology& topology,
                         std::uint64_t seed) {
    Processes processes;
    for (const Node* const table : tables_of(context, top, "process")) {
        GroupLoader(context, *table, topology, seed).run(processes);
    }
    if (processes.groups.empty()) {
        context.fail({}, "there is no [[process]]",
                     "a scenario needs at least one, with a name, a host and a program");
    } else if (processes.all.empty()) {
        context.fail({}, "every [[process]] has a count of 0", "a scenario needs at least one");
    }
    return processes;
}

}  // namespace synq
