// A scenario file from top to bottom. Each section has a file of its own in this room.
#include "sim/scenario/scenario.h"

#include "sim/scenario/document.h"
#include "sim/scenario/expectations.h"
#include "sim/scenario/floods.h"
#include "sim/scenario/hosts.h"
#include "sim/scenario/parameters.h"
#include "sim/scenario/processes.h"
#include "sim/scenario/section.h"
#include "sim/scenario/settings.h"
#include "sim/scenario/topology.h"

#include <array>
#include <utility>

namespace synq {
namespace {

constexpr std::array<std::string_view, 10> kTopKeys{
    "title", "seed", "parameters", "clock", "run", "host", "link", "process", "flood", "expect"};

/// "dir/six-clients.toml" -> "six-clients".
std::string name_of(std::string_view file) {
    const std::size_t slash = file.rfind('/');
    std::string_view name = slash == std::string_view::npos ? file : file.substr(slash + 1);
    if (name.ends_with(".toml")) {
        name.remove_suffix(5);
    }
    return std::string(name);
}

void load(LoadContext& context, const Node& document, const Overrides& overrides,
          Scenario& scenario) {
    Section top(context, document, "the file", kTopKeys);
    load_parameters(context, top, overrides);
    for (const auto& [name, value] : context.parameters) {
        scenario.parameters[name] = to_string(value);
    }
    load_settings(context, top, overrides, scenario);
    const std::vector<HostDraft> drafts = load_hosts(context, top);
    if (context.failed()) {
        return;
    }
    Topology topology = load_topology(context, top, drafts, overrides);
    if (context.failed()) {
        return;
    }
    scenario.processes = load_processes(context, top, topology, scenario.seed);
    scenario.floods = load_floods(context, top, topology, scenario.until);
    if (context.failed()) {
        return;
    }
    scenario.expectations =
        load_expectations(context, top, topology, scenario.processes, scenario.floods);
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
