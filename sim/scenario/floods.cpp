#include "sim/scenario/floods.h"

#include "sim/scenario/arrival_keys.h"
#include "sim/scenario/host_port.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/format.h>
#include <limits>
#include <string>
#include <utility>

namespace synq {
namespace {

constexpr std::array<std::string_view, 14> kFloodKeys{
    "name",  "from", "to",    "sources", "rate",    "every", "arrivals",
    "start", "stop", "count", "reply",   "options", "mss",   "text"};
constexpr std::array<std::string_view, 2> kReplies{"silent", "reset"};
constexpr std::array<std::string_view, 3> kOptions{"none", "mss", "linux"};

// Set aside for documentation (RFC 5737, RFC 3849): nobody has them.
constexpr std::string_view kSourcesV4 = "198.51.100.0/24";
constexpr std::string_view kSourcesV6 = "2001:db8:bad::/48";

constexpr std::int64_t kEthernetMss = 1460;
constexpr std::int64_t kMostText = kEthernetMss - 40;  // beside options of any length
constexpr std::uint8_t kUsualScale = 7;                // of a machine with 4 MiB to receive into

class FloodLoader {
  public:
    FloodLoader(LoadContext& context, const Node& table, const Topology& topology)
        : context_(context),
          section_(context, table, "[[flood]]", kFloodKeys),
          topology_(topology) {}

    void run(std::vector<FloodSpec>& out, bool run_ends) {
        name(out);
        if (!ends()) {
            return;
        }
        sources(out);
        times(run_ends);
        words();
        if (!context_.failed()) {
            out.push_back(std::move(flood_));
        }
    }

  private:
    void name(const std::vector<FloodSpec>& others) {
        section_.require("name");
        flood_.name = section_.text("name").value_or("");
        check_entity_name(context_, section_.pos("name"), flood_.name, "a flood");
        for (const FloodSpec& other : others) {
            if (other.name == flood_.name) {
                context_.fail(section_.pos("name"),
                              fmt::format("there are two floods named '{}'", flood_.name));
            }
        }
    }

    bool ends() {
        section_.require("from");
        section_.require("to");
        const std::string from_text = section_.text("from").value_or("");
        const auto from = topology_.require(context_, section_.pos("from"), from_text);
        const std::string to_text = section_.text("to").value_or("");
        const auto to = parse_host_port(context_, topology_, section_.pos("to"), to_text,
                                        "what a flood can be aimed at");
        if (!from || !to || context_.failed()) {
            return false;
        }
        if (to->port == 0) {
            context_.fail(section_.pos("to"), "nobody can listen on port 0");
        }
        flood_.from = *from;
        flood_.to = to->host;
        flood_.port = to->port;
        check_link();
        return !context_.failed();
    }

    void check_link() {
        const std::string& from = topology_.hosts[flood_.from].name;
        const std::string& to = topology_.hosts[flood_.to].name;
        if (flood_.from == flood_.to) {
            context_.fail(section_.pos("from"),
                          fmt::format("a flood comes over a link, and '{}' is the host that it is "
                                      "aimed at",
                                      from),
                          "let it come from another host, whose link has a delay");
            return;
        }
        const bool linked =
            std::any_of(topology_.links.begin(), topology_.links.end(), [&](const LinkSpec& link) {
                return std::minmax(link.a, link.b) == std::minmax(flood_.from, flood_.to);
            });
        if (!linked) {
            context_.fail(section_.pos("from"),
                          fmt::format("there is no link between '{}' and '{}'", from, to),
                          "add a [[link]] between them");
        }
    }

    void sources(const std::vector<FloodSpec>& others) {
        const bool v4 = topology_.hosts[flood_.to].address.is_v4();
        const std::string text =
            section_.text("sources").value_or(std::string(v4 ? kSourcesV4 : kSourcesV6));
        const SourcePos pos = section_.pos("sources");
        const auto range = parse_address_range(text);
        if (!range) {
            context_.fail(pos, fmt::format("'{}' is not a range of addresses", text),
                          fmt::format("as in \"{}\", with zeros after the prefix",
                                      v4 ? kSourcesV4 : kSourcesV6));
            return;
        }
        flood_.sources = *range;
        if (range->first.is_v4() != v4) {
            context_.fail(pos, "the sources and the host that they flood are not of one family",
                          "give both IPv4 or both IPv6 addresses");
        }
        for (const HostSpec& host : topology_.hosts) {
            if (range->contains(host.address)) {
                context_.fail(pos, fmt::format("{} has the address of '{}' in it", text, host.name),
                              fmt::format("take addresses that no host has, as \"{}\"",
                                          v4 ? kSourcesV4 : kSourcesV6));
            }
        }
        for (const FloodSpec& other : others) {
            if (other.sources.overlaps(*range)) {
                context_.fail(pos,
                              fmt::format("the floods '{}' and '{}' have sources in common",
                                          other.name, flood_.name),
                              "give each its own range with 'sources'");
            }
        }
    }

    void times(bool run_ends) {
        const auto arrivals = load_arrivals(context_, section_);
        if (!arrivals && !context_.failed()) {
            context_.fail(section_.pos(), "[[flood]] without 'rate' or 'every'",
                          "say how many SYNs a second, or how far they are apart");
        }
        flood_.arrivals = arrivals.value_or(ArrivalLaw{});
        flood_.start = section_.duration("start").value_or(Duration{});
        flood_.stop = section_.duration("stop");
        constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
        if (const auto count = section_.number("count", 0, kMax)) {
            flood_.count = static_cast<std::uint64_t>(*count);
        }
        if (flood_.stop && *flood_.stop <= flood_.start) {
            context_.fail(section_.pos("stop"), "'stop' is not after 'start'",
                          "both are counted from the start of the run");
        }
        if (!flood_.stop && !flood_.count && !run_ends) {
            context_.fail(section_.pos(), "this flood, and so the run, would never end",
                          "give 'stop', 'count' or run.until");
        }
    }

    void words() {
        const std::string reply = section_.text("reply").value_or("silent");
        if (std::find(kReplies.begin(), kReplies.end(), reply) == kReplies.end()) {
            context_.fail(section_.pos("reply"), fmt::format("unknown reply '{}'", reply),
                          suggest(reply, kReplies, "replies"));
        }
        flood_.reply = reply == "reset" ? FloodSpec::Reply::Reset : FloodSpec::Reply::Silent;
        const std::string options = section_.text("options").value_or("mss");
        if (std::find(kOptions.begin(), kOptions.end(), options) == kOptions.end()) {
            context_.fail(section_.pos("options"), fmt::format("unknown options '{}'", options),
                          suggest(options, kOptions, "options"));
        }
        if (options == "none" && section_.has("mss")) {
            context_.fail(section_.pos("mss"), "'mss' does not go with options = \"none\"");
        }
        const auto mss = section_.number("mss", 1, 65'535).value_or(kEthernetMss);
        if (options != "none") {
            flood_.options.mss = static_cast<std::uint16_t>(mss);
        }
        flood_.text = static_cast<std::uint32_t>(section_.number("text", 0, kMostText).value_or(0));
        if (options == "linux") {
            flood_.options.sack_permitted = true;
            flood_.options.timestamps = true;
            flood_.options.window_scale = kUsualScale;
        }
    }

    LoadContext& context_;
    Section section_;
    const Topology& topology_;
    FloodSpec flood_;
};

}  // namespace

std::vector<FloodSpec> load_floods(LoadContext& context, const Section& top,
                                   const Topology& topology, const std::optional<Duration>& until) {
    std::vector<FloodSpec> floods;
    for (const Node* const table : tables_of(context, top, "flood")) {
        FloodLoader(context, *table, topology).run(floods, until.has_value());
    }
    return floods;
}

}  // namespace synq
