#include "model/fsm/describe.h"

#include "model/fsm/tables/tables.h"

#include <algorithm>
#include <array>
#include <boost/mp11/algorithm.hpp>
#include <map>
#include <set>

namespace synq {
namespace {

template <class Guard>
struct GuardName {
    static std::string text() { return std::string(Guard::name); }
};
template <class A, class B>
struct GuardName<guard::both<A, B>> {
    static std::string text() { return GuardName<A>::text() + "; and " + GuardName<B>::text(); }
};

template <class Guard>
struct GuardName<guard::without<Guard>> {
    static std::string text() { return "not: " + GuardName<Guard>::text(); }
};

template <class Rows>
std::vector<RowText> texts() {
    std::vector<RowText> out;
    boost::mp11::mp_for_each<Rows>([&]<class R>(R /*row*/) {
        out.push_back({R::section, R::source, R::event, GuardName<typename R::guard>::text(),
                       R::action::name, R::target});
    });
    return out;
}

struct Machine {
    std::string_view name;
    std::vector<RowText> rows;
};

std::vector<Machine> machines() {
    std::vector<Machine> out;
    out.push_back({"listener", listener_rows()});
    out.push_back({"connection", connection_rows()});
    return out;
}

/// States of a machine, in the order of their enumeration.
std::set<State> sources(const std::vector<RowText>& rows) {
    std::set<State> out;
    for (const RowText& row : rows) {
        out.insert(row.source);
    }
    return out;
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        out += c == '"' ? "\"\"" : std::string(1, c);
    }
    return out + "\"";
}

/// The events that lead from one state to another, each once, in table order.
using Edges = std::map<std::pair<State, State>, std::vector<std::string_view>>;

Edges edges(const std::vector<RowText>& rows) {
    Edges out;
    for (const RowText& row : rows) {
        if (row.source != row.target) {
            auto& labels = out[{row.source, row.target}];
            if (std::find(labels.begin(), labels.end(), name(row.event)) == labels.end()) {
                labels.push_back(name(row.event));
            }
        }
    }
    return out;
}

std::string joined(const std::vector<std::string_view>& labels, std::string_view separator) {
    std::string out;
    for (const std::string_view label : labels) {
        out += (out.empty() ? "" : std::string(separator)) + std::string(label);
    }
    return out;
}

/// A state as a Graphviz node; the prefix tells the machines' states of one name apart.
std::string node(const std::string& prefix, State state) {
    std::string out = "\"" + prefix;
    out += table_name(state);
    return out += '"';
}

constexpr std::string_view kGenerated =
    "<!-- Made from the transition tables by `synq states`; a test compares. -->\n\n";

}  // namespace

std::vector<RowText> listener_rows() {
    return texts<table::ListenerRows>();
}

std::vector<RowText> connection_rows() {
    return texts<table::ConnectionRows>();
}

std::string_view table_name(State state) {
    static constexpr std::array<std::string_view, kStateCount> kNames{"CLOSED",
                                                                      "LISTEN",
                                                                      "SYN-SENT",
                                                                      "SYN-RECEIVED (simultaneous)",
                                                                      "SYN-RECEIVED (request)",
                                                                      "ESTABLISHED",
                                                                      "FIN-WAIT-1",
                                                                      "FIN-WAIT-2",
                                                                      "CLOSE-WAIT",
                                                                      "CLOSING",
                                                                      "LAST-ACK",
                                                                      "TIME-WAIT",
                                                                      "FIN-WAIT-2 (orphan)"};
    return kNames[static_cast<std::size_t>(state)];
}

std::string states_markdown() {
    std::string out(kGenerated);
    out +=
        "# Transition tables\n\nRows of one state and event are tried from top to bottom. "
        "Sections are those of RFC 9293 unless they say otherwise; `linux.md` is "
        "[reference/linux.md](../reference/linux.md).\n";
    for (const Machine& machine : machines()) {
        for (const State state : sources(machine.rows)) {
            out += "\n## " + std::string(machine.name) + ": " + std::string(table_name(state)) +
                   "\n\n| section | event | guard | action | next |\n|---|---|---|---|---|\n";
            for (const RowText& row : machine.rows) {
                if (row.source == state) {
                    out += "| " + std::string(row.section) + " | " + std::string(name(row.event)) +
                           " | " + row.guard + " | " + std::string(row.action) + " | " +
                           std::string(table_name(row.target)) + " |\n";
                }
            }
        }
    }
    return out;
}

std::string states_csv() {
    std::string out = "machine,section,state,event,guard,action,next\n";
    for (const Machine& machine : machines()) {
        for (const RowText& row : machine.rows) {
            out += std::string(machine.name) + "," + quoted(row.section) + "," +
                   std::string(table_name(row.source)) + "," + std::string(name(row.event)) + "," +
                   quoted(row.guard) + "," + quoted(row.action) + "," +
                   std::string(table_name(row.target)) + "\n";
        }
    }
    return out;
}

std::string states_matrix_markdown() {
    std::string out(kGenerated);
    out +=
        "# State x event\n\nEach cell lists the states that the event can lead to; `-`: the "
        "state has no row for the event.\n";
    for (const Machine& machine : machines()) {
        std::set<Event> events;
        for (const RowText& row : machine.rows) {
            events.insert(row.event);
        }
        const std::set<State> states = sources(machine.rows);
        out += "\n## " + std::string(machine.name) + "\n\n| event |";
        std::string rule = "\n|---|";
        for (const State state : states) {
            out += " " + std::string(table_name(state)) + " |";
            rule += "---|";
        }
        out += rule + "\n";
        for (const Event event : events) {
            out += "| " + std::string(name(event)) + " |";
            for (const State state : states) {
                std::vector<std::string_view> targets;
                for (const RowText& row : machine.rows) {
                    if (row.source == state && row.event == event &&
                        std::find(targets.begin(), targets.end(), table_name(row.target)) ==
                            targets.end()) {
                        targets.push_back(table_name(row.target));
                    }
                }
                out += " " + (targets.empty() ? "-" : joined(targets, ", ")) + " |";
            }
            out += "\n";
        }
    }
    return out;
}

std::string states_dot() {
    std::string out =
        "digraph synq {\n    rankdir=TB;\n    node [shape=box, style=rounded, "
        "fontname=\"sans-serif\"];\n    edge [fontname=\"sans-serif\", "
        "fontsize=10];\n";
    for (const Machine& machine : machines()) {
        out += "    subgraph cluster_" + std::string(machine.name) + " {\n        label=\"" +
               std::string(machine.name) + "\";\n";
        const std::string prefix = machine.name == "listener" ? "L " : "";
        for (const State state : sources(machine.rows)) {
            out += "        " + node(prefix, state) + " [label=" + node("", state) + "];\n";
        }
        for (const auto& [ends, labels] : edges(machine.rows)) {
            out += "        " + node(prefix, ends.first) + " -> " + node(prefix, ends.second);
            out += " [label=\"" + joined(labels, "\\n") + "\"];\n";
        }
        out += "    }\n";
    }
    return out + "}\n";
}

std::string states_mermaid_markdown() {
    std::string out(kGenerated);
    out +=
        "# State diagrams\n\nAn arrow names the events that can lead along it; guards and "
        "actions stand in [states.md](states.md). A half-open connection is opened by the "
        "listener, which itself stays in LISTEN.\n";
    for (const Machine& machine : machines()) {
        out += "\n## " + std::string(machine.name) + "\n\n```mermaid\nstateDiagram-v2\n";
        for (const State state : sources(machine.rows)) {
            out += "    state \"" + std::string(table_name(state)) + "\" as s" +
                   std::to_string(static_cast<int>(state)) + "\n";
        }
        for (const auto& [ends, labels] : edges(machine.rows)) {
            out += "    s" + std::to_string(static_cast<int>(ends.first)) + " --> s" +
                   std::to_string(static_cast<int>(ends.second)) + " : " + joined(labels, ", ") +
                   "\n";
        }
        out += "```\n";
    }
    return out;
}

}  // namespace synq
