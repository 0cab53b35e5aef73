#include "sim/scenario/hosts.h"

#include "model/profile/profile.h"
#include "model/profile/sysctl.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace synq {
namespace {

constexpr std::array<std::string_view, 4> kHostKeys{"name", "profile", "address", "sysctl"};

const SysctlInfo* known_sysctl(LoadContext& context, SourcePos pos, const std::string& name) {
    std::vector<std::string_view> names;
    std::string_view short_for;
    for (const SysctlInfo& info : sysctl_table()) {
        if (info.name == name) {
            return &info;
        }
        names.push_back(info.name);
        if (info.name.ends_with("." + name)) {
            short_for = info.name;
        }
    }
    context.fail(pos, fmt::format("unknown sysctl '{}'", name),
                 short_for.empty() ? suggest(name, names, "known sysctls")
                                   : fmt::format("did you mean \"{}\"?", short_for));
    return nullptr;
}

/// [40_000, 40_009].
std::optional<std::int64_t> load_pair(LoadContext& context, const Node& node,
                                      const SysctlInfo& info) {
    const auto items = context.items(node, info.name);
    std::vector<std::int64_t> numbers;
    numbers.reserve(items.size());
    for (const Node* item : items) {
        numbers.push_back(context.number(*item, info.name, info.min, info.max).value_or(info.min));
    }
    if (context.failed()) {
        return std::nullopt;
    }
    const auto out =
        numbers.size() == 2 ? pair_setting(info, numbers[0], numbers[1]) : std::nullopt;
    if (!out) {
        context.fail(node.pos, fmt::format("{} is two numbers, the lower first", info.name),
                     "as in [40000, 40009]");
    }
    return out;
}

/// Unquoted names are dotted keys to TOML, that is, tables in tables: `prefix` is the way here.
void load_sysctls(LoadContext& context, const Node& table, const std::string& prefix,
                  std::vector<HostDraft::Setting>& out) {
    for (const Node& node : table.children) {
        const std::string name = prefix.empty() ? node.key : prefix + "." + node.key;
        if (node.kind == Node::Kind::Table) {
            load_sysctls(context, node, name, out);
            continue;
        }
        const SysctlInfo* const info = known_sysctl(context, node.key_pos, name);
        if (info == nullptr) {
            return;
        }
        const bool twice = std::any_of(out.begin(), out.end(),
                                       [&](const HostDraft::Setting& s) { return s.name == name; });
        if (twice) {
            context.fail(node.key_pos, fmt::format("'{}' is set twice", name));
        }
        const auto value = info->pair ? load_pair(context, node, *info)
                                      : context.number(node, name, info->min, info->max);
        if (value) {
            out.push_back({name, *value, node.pos});
        }
    }
}

HostDraft load_host(LoadContext& context, const Node& table) {
    Section section(context, table, "[[host]]", kHostKeys);
    HostDraft host;
    host.pos = table.pos;
    section.require("name");
    host.name = section.text("name").value_or("");
    check_entity_name(context, section.pos("name"), host.name, "a host");
    host.profile = section.text("profile");
    host.profile_pos = section.pos("profile");
    if (host.profile) {
        check_profile(context, host.profile_pos, *host.profile);
    }
    host.address_pos = section.pos("address");
    if (const auto text = section.text("address")) {
        host.address = parse_address(*text);
        if (!host.address || host.address->is_any()) {
            context.fail(host.address_pos, fmt::format("'{}' is not an address of a host", *text),
                         "as in \"10.0.0.1\" or \"2001:db8::1\"");
        }
    }
    if (const Node* const sysctls = table_of(context, section, "sysctl")) {
        load_sysctls(context, *sysctls, "", host.sysctls);
    }
    return host;
}

}  // namespace

std::vector<HostDraft> load_hosts(LoadContext& context, const Section& top) {
    std::vector<HostDraft> hosts;
    for (const Node* const table : tables_of(context, top, "host")) {
        HostDraft host = load_host(context, *table);
        for (const HostDraft& other : hosts) {
            if (other.name == host.name) {
                context.fail(host.pos, fmt::format("there are two hosts named '{}'", host.name),
                             fmt::format("the first one is in line {}", other.pos.line));
            }
        }
        hosts.push_back(std::move(host));
    }
    if (hosts.size() > kMaxHosts) {
        context.fail(hosts[kMaxHosts].pos, fmt::format("more than {} hosts", kMaxHosts));
    }
    return hosts;
}

void check_profile(LoadContext& context, SourcePos pos, std::string_view profile) {
    if (find_profile(profile) == nullptr) {
        context.fail(pos, fmt::format("unknown profile '{}'", profile),
                     suggest(profile, profile_names(), "profiles"));
    }
}

}  // namespace synq
