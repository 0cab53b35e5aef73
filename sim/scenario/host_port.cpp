#include "sim/scenario/host_port.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <fmt/format.h>

namespace synq {

std::optional<HostPort> parse_host_port(LoadContext& context, const Topology& topology,
                                        SourcePos pos, const std::string& text,
                                        std::string_view what) {
    const std::size_t colon = std::min(text.rfind(':'), text.size());
    const std::string port = text.substr(std::min(colon + 1, text.size()));
    const char* const end = port.c_str() + port.size();
    HostPort out;
    const auto [stop, status] = std::from_chars(port.c_str(), end, out.port);
    if (port.empty() || stop != end || status != std::errc{}) {
        context.fail(pos, fmt::format("'{}' is not {}", text, what),
                     "write its host and port, as in \"server:8000\"");
        return std::nullopt;
    }
    const auto host = topology.require(context, pos, text.substr(0, colon));
    if (!host) {
        return std::nullopt;
    }
    out.host = *host;
    return out;
}

}  // namespace synq
