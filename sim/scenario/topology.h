// [[link]], and what links make of the hosts: those that a link of no delay joins are one host.
#pragma once

#include "sim/proc/parser.h"
#include "sim/scenario/hosts.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/section.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace synq {

struct Topology {
    std::vector<HostSpec> hosts;
    std::vector<LinkSpec> links;
    HostNames names;  // every name in the file -> the name of the host that it became

    /// The host that goes by this name.
    [[nodiscard]] std::optional<std::uint32_t> find(std::string_view name) const;
    /// As find(), but fails when there is no such host.
    std::optional<std::uint32_t> require(LoadContext& context, SourcePos pos,
                                         std::string_view name) const;
};

/// Reads the links and joins hosts. The joined host keeps the name and the address of the link's
/// first host, and has the profile and the sysctls of both; a contradiction is a mistake.
Topology load_topology(LoadContext& context, const Section& top,
                       const std::vector<HostDraft>& drafts, const Overrides& overrides);

}  // namespace synq
