// "server:8000": a port of one of the scenario's hosts.
#pragma once

#include "sim/scenario/section.h"
#include "sim/scenario/topology.h"

#include <cstdint>
#include <optional>
#include <string>

namespace synq {

struct HostPort {
    std::uint32_t host = 0;
    std::uint16_t port = 0;
};

/// Fails unless `text` names a host and a port; `what` says of what: "a listener".
std::optional<HostPort> parse_host_port(LoadContext& context, const Topology& topology,
                                        SourcePos pos, const std::string& text,
                                        std::string_view what);

}  // namespace synq
