#include "sim/scenario/topology.h"

#include "sim/scenario/flags_text.h"
#include "sim/scenario/link_loss.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <limits>
#include <numeric>

namespace synq {
namespace {

constexpr std::array<std::string_view, 5> kLinkKeys{"between", "rtt", "delay", "drop", "loss_ppm"};
constexpr std::array<std::string_view, 4> kDropKeys{"from", "flags", "first", "last"};

struct LinkDraft {
    std::uint32_t a = 0;  // indices of drafts, later of hosts
    std::uint32_t b = 0;
    Duration delay;
    const Node* table = nullptr;
};

/// Which drafts are one host: each points to another of its group, or to itself as the one that
/// gives the group its name.
class Groups {
  public:
    explicit Groups(std::size_t size) : parent_(size) {
        std::iota(parent_.begin(), parent_.end(), 0U);
    }
    [[nodiscard]] std::uint32_t root(std::uint32_t of) const {
        while (parent_[of] != of) {
            of = parent_[of];
        }
        return of;
    }
    void join(std::uint32_t first, std::uint32_t second) { parent_[root(second)] = root(first); }

  private:
    std::vector<std::uint32_t> parent_;
};

class TopologyLoader {
  public:
    TopologyLoader(LoadContext& context, const std::vector<HostDraft>& drafts,
                   const Overrides& overrides)
        : context_(context), drafts_(drafts), overrides_(overrides), groups_(drafts.size()) {}

    Topology run(const Section& top) {
        for (const Node* const table : tables_of(context_, top, "link")) {
            link(*table);
        }
        if (overrides_.profile) {
            check_profile(context_, {}, *overrides_.profile);
        }
        if (context_.failed()) {
            return {};
        }
        join_hosts();
        addresses();
        for (const LinkDraft& draft : links_) {
            add_link(draft);
        }
        return std::move(out_);
    }

  private:
    void link(const Node& table) {
        Section section(context_, table, "[[link]]", kLinkKeys);
        LinkDraft draft{.table = &table};
        const Node* const between = section.require("between");
        if (between == nullptr) {
            return;
        }
        const auto ends = context_.items(*between, "between");
        if (ends.size() != 2) {
            context_.fail(between->pos, "'between' takes the names of two hosts",
                          "as in between = [\"client\", \"server\"]");
            return;
        }
        draft.a = end(*ends[0]);
        draft.b = end(*ends[1]);
        if (draft.a == draft.b) {
            context_.fail(ends[1]->pos, "a link joins two different hosts");
        }
        if (section.has("rtt") == section.has("delay")) {
            context_.fail(table.pos,
                          section.has("rtt") ? "[[link]] with both 'rtt' and 'delay'"
                                             : "[[link]] without 'rtt' or 'delay'",
                          "give one: delay is one way, rtt is there and back");
        }
        const Duration rtt = section.duration("rtt").value_or(Duration{});
        draft.delay = section.duration("delay").value_or(rtt / 2);
        if (context_.failed()) {
            return;
        }
        if (draft.delay.ns > 0) {
            links_.push_back(draft);
        } else if (groups_.root(draft.a) == groups_.root(draft.b)) {
            context_.fail(table.pos, already_one(draft));
        } else if (section.has("drop")) {
            context_.fail(
                section.pos("drop"),
                "a link without delay joins its hosts into one, so nothing can be dropped",
                "give the link a delay");
        } else if (section.has("loss_ppm")) {
            context_.fail(section.pos("loss_ppm"),
                          "a link without delay joins its hosts into one, so nothing can get lost",
                          "give the link a delay");
        } else {
            groups_.join(draft.a, draft.b);
        }
    }

    [[nodiscard]] std::string already_one(const LinkDraft& draft) const {
        return fmt::format("links without delay join '{}' and '{}' into one host already",
                           drafts_[draft.a].name, drafts_[draft.b].name);
    }

    std::uint32_t end(const Node& node) {
        const std::string name = context_.text(node, "between").value_or("");
        const auto found = std::find_if(drafts_.begin(), drafts_.end(),
                                        [&](const HostDraft& host) { return host.name == name; });
        if (found == drafts_.end()) {
            std::vector<std::string_view> names;
            names.reserve(drafts_.size());
            for (const HostDraft& host : drafts_) {
                names.emplace_back(host.name);
            }
            context_.fail(node.pos, fmt::format("there is no host '{}'", name),
                          suggest(name, names, "hosts"));
            return 0;
        }
        return static_cast<std::uint32_t>(found - drafts_.begin());
    }

    void join_hosts() {
        host_of_.assign(drafts_.size(), 0);
        for (std::uint32_t i = 0; i < drafts_.size(); ++i) {
            if (groups_.root(i) == i) {
                host_of_[i] = static_cast<std::uint32_t>(out_.hosts.size());
                HostSpec host;
                host.name = drafts_[i].name;
                out_.hosts.push_back(std::move(host));
            }
        }
        for (std::uint32_t root = 0; root < drafts_.size(); ++root) {
            if (groups_.root(root) == root) {
                join_group(root);
            }
        }
    }

    void join_group(std::uint32_t root) {
        HostSpec& host = out_.hosts[host_of_[root]];
        const HostDraft* profile_from = nullptr;
        for (std::uint32_t i = 0; i < drafts_.size(); ++i) {
            if (groups_.root(i) != root) {
                continue;
            }
            const HostDraft& draft = drafts_[i];
            host_of_[i] = host_of_[root];
            out_.names[draft.name] = host.name;
            for (const HostDraft::Setting& setting : draft.sysctls) {
                add_sysctl(host, setting);
            }
            if (!draft.profile || overrides_.profile) {
                continue;
            }
            if (profile_from != nullptr && *profile_from->profile != *draft.profile) {
                context_.fail(draft.profile_pos,
                              fmt::format("'{}' and '{}' are one host, but differ in profile",
                                          profile_from->name, draft.name),
                              "give the link a delay, or both the same profile");
            }
            profile_from = &draft;
        }
        if (overrides_.profile) {
            host.profile = *overrides_.profile;
        } else if (profile_from != nullptr) {
            host.profile = *profile_from->profile;
        }
    }

    void add_sysctl(HostSpec& host, const HostDraft::Setting& setting) {
        for (const auto& [name, value] : host.sysctls) {
            if (name == setting.name) {
                if (value != setting.value) {
                    context_.fail(setting.pos,
                                  fmt::format("{} is {} and {} on hosts that are one", setting.name,
                                              value, setting.value),
                                  "give their link a delay, or both the same value");
                }
                return;
            }
        }
        host.sysctls.emplace_back(setting.name, setting.value);
    }

    void addresses() {
        std::vector<IpAddress> taken;
        for (std::uint32_t i = 0; i < drafts_.size(); ++i) {
            const HostDraft& draft = drafts_[i];
            if (groups_.root(i) != i || !draft.address) {
                continue;
            }
            if (std::find(taken.begin(), taken.end(), *draft.address) != taken.end()) {
                context_.fail(draft.address_pos, fmt::format("two hosts have the address {}",
                                                             to_string(*draft.address)));
            }
            taken.push_back(*draft.address);
            out_.hosts[host_of_[i]].address = *draft.address;
        }
        if (out_.hosts.size() == 1) {
            out_.hosts[0].address = IpAddress::loopback_v4();
            return;
        }
        std::uint8_t last_octet = 1;
        for (HostSpec& host : out_.hosts) {
            if (!host.address.is_any()) {
                continue;
            }
            do {
                host.address = IpAddress::v4(10, 0, 0, last_octet++);
            } while (std::find(taken.begin(), taken.end(), host.address) != taken.end());
        }
    }

    void add_link(LinkDraft draft) {
        LinkSpec link{.a = host_of_[draft.a], .b = host_of_[draft.b], .delay = draft.delay};
        if (link.a == link.b) {
            context_.fail(draft.table->pos, already_one(draft));
            return;
        }
        for (const LinkSpec& other : out_.links) {
            if (std::minmax(other.a, other.b) == std::minmax(link.a, link.b)) {
                context_.fail(draft.table->pos,
                              fmt::format("a second link between '{}' and '{}'",
                                          out_.hosts[link.a].name, out_.hosts[link.b].name),
                              "there may be one link between two hosts");
            }
        }
        const Section section(context_, *draft.table, "[[link]]", kLinkKeys);
        if (const Node* const drops = section.find("drop")) {
            for (const Node* const node : context_.items(*drops, "drop")) {
                drop(*node, link);
            }
        }
        load_loss(context_, section, out_, link);
        out_.links.push_back(std::move(link));
    }

    void drop(const Node& node, LinkSpec& link) {
        if (node.kind != Node::Kind::Table) {
            context_.fail(node.pos, fmt::format("'drop' takes tables, not {}", describe(node.kind)),
                          "as in drop = [{from = \"client\", flags = \"SYN\"}]");
            return;
        }
        Section section(context_, node, "drop", kDropKeys);
        DropRule rule;
        section.require("from");
        section.require("flags");
        const std::string from = section.text("from").value_or("");
        if (const auto host = out_.require(context_, section.pos("from"), from)) {
            rule.from = *host;
            if (*host != link.a && *host != link.b) {
                context_.fail(section.pos("from"), fmt::format("'{}' is not on this link", from));
            }
        }
        const std::string flags = section.text("flags").value_or("");
        rule.flags = parse_flags(context_, section.pos("flags"), flags).value_or(Flags{});
        constexpr std::int64_t kMax = std::numeric_limits<std::uint32_t>::max();
        rule.first = static_cast<std::uint32_t>(section.number("first", 1, kMax).value_or(1));
        rule.last =
            static_cast<std::uint32_t>(section.number("last", 1, kMax).value_or(rule.first));
        if (rule.last < rule.first) {
            context_.fail(section.pos("last"), fmt::format("'last' = {} comes before 'first' = {}",
                                                           rule.last, rule.first));
        }
        link.drops.push_back(rule);
    }

    LoadContext& context_;
    const std::vector<HostDraft>& drafts_;
    const Overrides& overrides_;
    Groups groups_;
    std::vector<LinkDraft> links_;
    std::vector<std::uint32_t> host_of_;  // draft -> host
    Topology out_;
};

}  // namespace

std::optional<std::uint32_t> Topology::find(std::string_view name) const {
    const auto canonical = names.find(name);
    if (canonical == names.end()) {
        return std::nullopt;
    }
    const auto host = std::find_if(hosts.begin(), hosts.end(), [&](const HostSpec& candidate) {
        return candidate.name == canonical->second;
    });
    return static_cast<std::uint32_t>(host - hosts.begin());
}

std::optional<std::uint32_t> Topology::require(LoadContext& context, SourcePos pos,
                                               std::string_view name) const {
    const auto host = find(name);
    if (!host) {
        std::vector<std::string_view> known;
        for (const auto& [each, canonical] : names) {
            known.emplace_back(each);
        }
        context.fail(pos, fmt::format("there is no host '{}'", name),
                     suggest(name, known, "hosts"));
    }
    return host;
}

Topology load_topology(LoadContext& context, const Section& top,
                       const std::vector<HostDraft>& drafts, const Overrides& overrides) {
    return TopologyLoader(context, drafts, overrides).run(top);
}

}  // namespace synq
