// A scenario file from top to bottom. Each section has a file of its own in this room.
#include "sim/scenario/scenario.h"

#include "sim/scenario/cases.h"
#include "sim/scenario/document.h"
#include "sim/scenario/expectations.h"
#include "sim/scenario/floods.h"
#include "sim/scenario/hosts.h"
#include "sim/scenario/parameters.h"
#include "sim/scenario/processes.h"
#include "sim/scenario/section.h"
#include "sim/scenario/settings.h"
#include "sim/scenario/topology.h"

#include <algorithm>
#include <array>
#include <utility>

namespace synq {
namespace {

constexpr std::array<std::string_view, 11> kTopKeys{"title", "seed", "parameters", "clock",
                                                    "run",   "host", "link",       "process",
                                                    "flood", "case", "expect"};

/// "dir/six-clients.toml" -> "six-clients".
std::string name_of(std::string_view file) {
    const std::size_t slash = file.rfind('/');
    std::string_view name = slash == std::string_view::npos ? file : file.substr(slash + 1);
    if (name.ends_with(".toml")) {
        name.remove_suffix(5);
    }
    return std::string(name);
}

/// All hosts have it, whether they say so or not.
bool is_everyones(const std::vector<HostDraft>& hosts, const std::string& profile) {
    return std::all_of(hosts.begin(), hosts.end(), [&](const HostDraft& host) {
        return host.profile.value_or(HostSpec{}.profile) == profile;
    });
}

/// The run is the one that the case describes.
bool is_chosen(const CaseDraft& draft, const LoadContext& context, const Overrides& overrides,
               ClockMode mode, ClockMode file_mode, const std::vector<HostDraft>& hosts) {
    const bool same_profile =
        overrides.profile == draft.profile ||
        (overrides.profile && !draft.profile && is_everyones(hosts, *overrides.profile));
    return draft.parameters == context.parameters && draft.clock.value_or(file_mode) == mode &&
           same_profile;
}

void load(LoadContext& context, const Node& document, const Overrides& from_user,
          Scenario& scenario) {
    Section top(context, document, "the file", kTopKeys);
    load_parameters(context, top);
    std::vector<CaseDraft> cases = load_cases(context, top);
    const Overrides overrides = choose_case(context, cases, from_user);
    override_parameters(context, overrides);
    for (const auto& [name, value] : context.parameters) {
        scenario.parameters[name] = to_string(value);
    }
    load_settings(context, top, scenario);
    const ClockMode file_mode = scenario.clock.mode;
    scenario.seed = overrides.seed.value_or(scenario.seed);
    scenario.clock.mode = overrides.clock.value_or(file_mode);
    const std::vector<HostDraft> drafts = load_hosts(context, top);
    if (context.failed()) {
        return;
    }
    Topology topology = load_topology(context, top, drafts, overrides);
    if (context.failed()) {
        return;
    }
    Processes processes = load_processes(context, top, topology, scenario.seed);
    scenario.floods = load_floods(context, top, topology, scenario.until);
    if (context.failed()) {
        return;
    }
    ExpectationScope scope{.topology = topology,
                           .processes = processes,
                           .floods = scenario.floods,
                           .table_times = scenario.table_times};
    load_expectations(context, top, scope, scenario.expectations);
    for (CaseDraft& draft : cases) {
        draft.info.chosen =
            is_chosen(draft, context, overrides, scenario.clock.mode, file_mode, drafts);
        scope.active = draft.info.chosen;
        load_expectations(context, Section(context, *draft.table, "[[case]]", kCaseKeys), scope,
                          scenario.expectations);
        scenario.cases.push_back(std::move(draft.info));
    }
    scenario.processes = std::move(processes.all);
    scenario.hosts = std::move(topology.hosts);
    scenario.links = std::move(topology.links);
}

}  // namespace

std::expected<Scenario, Diagnostic> parse_scenario(std::string_view text, std::string_view file,
                                                   const Overrides& overrides) {
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
        return std::unexpected(Diagnostic{
            std::string(file), {}, "the file is empty", "begin with a copy of a shipped scenario"});
    }
    const auto document = parse_document(text, file);
    if (!document) {
        return std::unexpected(document.error());
    }
    LoadContext context;
    context.file = file;
    Scenario scenario;
    scenario.file = file;
    scenario.name = name_of(file);
    load(context, *document, overrides, scenario);
    if (context.error) {
        return std::unexpected(std::move(*context.error));
    }
    return scenario;
}

}  // namespace synq
