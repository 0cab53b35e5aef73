#include "sim/draw/profile_pages.h"

#include "sim/draw/profile_facts.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <utility>
#include <vector>

namespace synq {
namespace {

using Cells = std::vector<std::string>;
using Fact = std::pair<std::string, std::string>;  // its name and value

std::vector<const Profile*> all_profiles() {
    std::vector<const Profile*> out;
    for (const std::string_view name : profile_names()) {
        out.push_back(find_profile(name));
    }
    return out;
}

Cells titles() {
    return {"profile",   "accept queue", "half-open", "SYN when full",
            "final ACK", "patience",     "how sure"};
}

Cells row_of(const Profile& p) {
    const auto whole = [](const Schedule& schedule) {
        return schedule.given_up.ns / 1'000'000'000;
    };
    return {std::string(p.name),
            accept_room_text(p),
            request_room_text(p),
            full_syn_text(p),
            full_ack_text(p),
            fmt::format("{}, {} s", whole(syn_schedule(p)), whole(syn_ack_schedule(p))),
            std::string(name(p.provenance.confidence))};
}

std::vector<Fact> facts_of(const Profile& p) {
    const Provenance& from = p.provenance;
    return {{"what it is", std::string(from.title)},
            {"also called", std::string(from.alias)},
            {"year", std::string(from.year)},
            {"how sure", std::string(name(from.confidence))},
            {"sources", std::string(from.sources)},
            {"accept queue holds", accept_room_text(p)},
            {"half-open requests", request_room_text(p)},
            {"SYN at a full accept queue", full_syn_text(p)},
            {"final ACK at a full accept queue", full_ack_text(p)},
            {"SYN when requests fill their room", full_requests_text(p)},
            {"listen(b)", backlog_text(p)},
            {"SYNs that nobody answers", text_of(syn_schedule(p))},
            {"refused SYN", p.refused_repeats == 0
                                ? std::string("ECONNREFUSED at once")
                                : fmt::format("repeated {} times, {} ms apart", p.refused_repeats,
                                              p.refused_pause.ns / 1'000'000)},
            {"SYN-ACKs that nobody answers", text_of(syn_ack_schedule(p))},
            {"TIME-WAIT", fmt::format("{} s", p.time_wait.ns / 1'000'000'000)},
            {"not known, not modelled", std::string(from.unsure)}};
}

/// Settings whose default is not that of the default profile.
std::vector<Fact> settings_of(const Profile& p) {
    const Profile& usual = *find_profile(profile_names().front());
    std::vector<Fact> out;
    for (const SysctlInfo& info : sysctl_table()) {
        const bool fixed = is_fixed(p, info.name);
        if (p.sysctl.*info.field != usual.sysctl.*info.field || fixed) {
            out.emplace_back(info.name,
                             setting_text(info, p.sysctl.*info.field) + (fixed ? ", fixed" : ""));
        }
    }
    return out;
}

/// Rules that the default profile has and this one has not, or the other way round.
std::vector<Fact> rules_of(const Profile& p) {
    const Profile& usual = *find_profile(profile_names().front());
    std::vector<Fact> out;
    for (const RuleInfo& info : rule_table()) {
        if (p.rules.*info.rule != usual.rules.*info.rule) {
            out.emplace_back(p.rules.*info.rule ? "yes" : "no", info.text);
        }
    }
    return out;
}

std::string columns(const std::vector<Cells>& rows) {
    std::vector<std::size_t> width(rows.front().size(), 0);
    for (const Cells& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            width[i] = std::max(width[i], row[i].size());
        }
    }
    std::string out;
    for (const Cells& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += i + 1 < row.size() ? fmt::format("{:<{}}  ", row[i], width[i]) : row[i];
        }
        out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
    return out;
}

/// Lines of at most 100 columns, the later ones under the first one's text.
std::string wrapped(const Fact& fact, std::size_t indent) {
    constexpr std::size_t kWidth = 100;
    std::string out = fmt::format("{:<{}}", fact.first, indent);
    std::size_t column = indent;
    std::size_t begin = 0;
    const std::string& text = fact.second;
    while (begin < text.size()) {
        const std::size_t end = std::min(text.find(' ', begin), text.size());
        if (column != indent && column + 1 + (end - begin) > kWidth) {
            out += "\n" + std::string(indent, ' ');
            column = indent;
        }
        out += (column == indent ? "" : " ") + text.substr(begin, end - begin);
        column += (column == indent ? 0 : 1) + (end - begin);
        begin = end + 1;
    }
    return out + "\n";
}

std::string quoted(const std::string& cell) {
    std::string out = "\"";
    for (const char c : cell) {
        out += c == '"' ? "\"\"" : std::string(1, c);
    }
    return out + "\"";
}

std::string csv_line(const Cells& cells) {
    Cells out;
    out.reserve(cells.size());
    for (const std::string& cell : cells) {
        out.push_back(cell.find_first_of(",\"") == std::string::npos ? cell : quoted(cell));
    }
    return fmt::format("{}\n", fmt::join(out, ","));
}

std::string markdown_table(const std::vector<Cells>& rows) {
    std::string out;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        out += fmt::format("| {} |\n", fmt::join(rows[i], " | "));
        if (i == 0) {
            for (std::size_t column = 0; column < rows[i].size(); ++column) {
                out += "|---";
            }
            out += "|\n";
        }
    }
    return out;
}

std::vector<Cells> all_rows() {
    std::vector<Cells> rows{titles()};
    for (const Profile* profile : all_profiles()) {
        rows.push_back(row_of(*profile));
    }
    return rows;
}

constexpr std::string_view kHowToRead =
    "b is the backlog that listen() was given. half-open: how many requests a listener has at "
    "most;\n"
    "\"shared\": they count in the accept queue, \"2^k > 8, b\": the smallest power of two above "
    "both.\n"
    "SYN when full, final ACK: what happens to them at a full accept queue; \"few young pass\": "
    "answered\n"
    "while at most one request has not had its SYN-ACK repeated. patience: how long a connect() "
    "and a\n"
    "half-open request last that nobody answers.\n";

}  // namespace

std::string profiles_text() {
    return columns(all_rows()) + "\n" + std::string(kHowToRead) +
           "synq profiles NAME: one profile's rules, settings and sources.\n";
}

std::string profiles_markdown() {
    std::string out =
        "<!-- Made by `synq profiles --format markdown`; do not edit. -->\n\n# Profiles\n\n";
    out += markdown_table(all_rows()) + "\n" + std::string(kHowToRead);
    for (const Profile* profile : all_profiles()) {
        out += "\n" + profile_markdown(*profile);
    }
    return out;
}

std::string profiles_csv() {
    Cells head{"profile"};
    for (const Fact& fact : facts_of(*all_profiles().front())) {
        head.push_back(fact.first);
    }
    std::string out = csv_line(head);
    for (const Profile* profile : all_profiles()) {
        Cells line{std::string(profile->name)};
        for (const Fact& fact : facts_of(*profile)) {
            line.push_back(fact.second);
        }
        out += csv_line(line);
    }
    return out;
}

std::string profile_text(const Profile& profile) {
    constexpr std::size_t kIndent = 36;
    std::string out = std::string(profile.name) + "\n\n";
    for (const Fact& fact : facts_of(profile)) {
        out += fact.second.empty() ? "" : wrapped(fact, kIndent);
    }
    const std::string usual(profile_names().front());
    if (const auto settings = settings_of(profile); !settings.empty()) {
        out += fmt::format("\nsettings that {} has otherwise, or that stay as they are\n", usual);
        for (const Fact& fact : settings) {
            out += wrapped(fact, kIndent);
        }
    }
    if (const auto rules = rules_of(profile); !rules.empty()) {
        out += fmt::format("\nrules that {} has otherwise\n", usual);
        for (const Fact& fact : rules) {
            out += wrapped(fact, 5);
        }
    }
    return out;
}

std::string profile_markdown(const Profile& profile) {
    std::string out = fmt::format("## {}\n\n", profile.name);
    std::vector<Cells> rows{{"", ""}};
    for (const Fact& fact : facts_of(profile)) {
        if (!fact.second.empty()) {
            rows.push_back({fact.first, fact.second});
        }
    }
    for (const Fact& fact : settings_of(profile)) {
        rows.push_back({"`" + fact.first + "`", fact.second});
    }
    for (const Fact& fact : rules_of(profile)) {
        rows.push_back({fact.first == "yes" ? "has the rule" : "has not the rule", fact.second});
    }
    return out + markdown_table(rows);
}

std::string profile_csv(const Profile& profile) {
    std::string out = csv_line({"fact", "value"});
    for (const auto& facts : {facts_of(profile), settings_of(profile), rules_of(profile)}) {
        for (const Fact& fact : facts) {
            out += csv_line({fact.first, fact.second});
        }
    }
    return out;
}

}  // namespace synq
