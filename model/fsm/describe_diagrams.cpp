#include "model/fsm/describe.h"
#include "model/fsm/describe_parts.h"

#include <map>
#include <utility>

namespace synq {
namespace {

/// The events that lead from one state to another, each once, in table order.
using Edges = std::map<std::pair<State, State>, std::vector<std::string_view>>;

struct Graph {
    std::string_view name;
    std::set<State> states;
    Edges edges;
};

Graph graph_of(const MachineRows& machine, const Selection& selection) {
    Graph out{.name = machine.name, .states = {}, .edges = {}};
    for (const RowText& row : machine.rows) {
        const bool moves = row.source != row.target && selection.draws(row);
        if (moves) {
            add_once(out.edges[{row.source, row.target}], name(row.event));
        }
        if (moves || selection.whole()) {
            out.states.insert({row.source, row.target});
        } else if (selection.states.contains(row.source)) {
            out.states.insert(row.source);
        }
    }
    return out;
}

/// Without the machines of which nothing was asked for.
std::vector<Graph> graphs(const Selection& selection) {
    std::vector<Graph> out;
    for (const MachineRows& machine : machine_rows(selection.profile)) {
        out.push_back(graph_of(machine, selection));
    }
    std::erase_if(out, [](const Graph& graph) { return graph.states.empty(); });
    return out;
}

/// A state as a Graphviz node; the prefix tells the machines' states of one name apart.
std::string node(const std::string& prefix, State state) {
    std::string out = "\"" + prefix;
    out += table_name(state);
    return out += '"';
}

std::string mermaid_id(State state) {
    return "s" + std::to_string(static_cast<int>(state));
}

}  // namespace

std::string states_dot(const Selection& selection) {
    std::string out =
        "digraph synq {\n    rankdir=TB;\n    node [shape=box, style=rounded, "
        "fontname=\"sans-serif\"];\n    edge [fontname=\"sans-serif\", "
        "fontsize=10];\n";
    for (const Graph& graph : graphs(selection)) {
        out += "    subgraph cluster_" + std::string(graph.name) + " {\n        label=\"" +
               std::string(graph.name) + "\";\n";
        const std::string prefix = graph.name == "listener" ? "L " : "";
        for (const State state : graph.states) {
            out += "        " + node(prefix, state) + " [label=" + node("", state) + "];\n";
        }
        for (const auto& [ends, events] : graph.edges) {
            out += "        " + node(prefix, ends.first) + " -> " + node(prefix, ends.second);
            out += " [label=\"" + joined(events, "\\n") + "\"];\n";
        }
        out += "    }\n";
    }
    return out + "}\n";
}

std::string states_mermaid_markdown(const Selection& selection) {
    std::string out = page_head("State diagrams", selection);
    out +=
        "An arrow names the events that can lead along it; guards and actions stand in "
        "[states.md](states.md), and [states.svg](states.svg) is one picture of both machines. A "
        "half-open connection is opened by the listener, which itself stays in LISTEN.\n";
    for (const Graph& graph : graphs(selection)) {
        out += "\n## " + std::string(graph.name) + "\n\n```mermaid\nstateDiagram-v2\n";
        for (const State state : graph.states) {
            out += "    state \"" + std::string(table_name(state)) + "\" as " + mermaid_id(state) +
                   "\n";
        }
        for (const auto& [ends, events] : graph.edges) {
            out += "    " + mermaid_id(ends.first) + " --> " + mermaid_id(ends.second) + " : " +
                   joined(events, ", ") + "\n";
        }
        out += "```\n";
    }
    return out;
}

}  // namespace synq
