#include "model/fsm/describe.h"
#include "model/fsm/describe_parts.h"

namespace synq {
namespace {

/// The rows that tables show, machine by machine.
std::vector<MachineRows> listed(const Selection& selection) {
    std::vector<MachineRows> out = machine_rows(selection.profile);
    for (MachineRows& machine : out) {
        std::erase_if(machine.rows, [&](const RowText& row) { return !selection.lists(row); });
    }
    std::erase_if(out, [](const MachineRows& machine) { return machine.rows.empty(); });
    return out;
}

/// In the order of their enumeration.
std::set<State> sources(const std::vector<RowText>& rows) {
    std::set<State> out;
    for (const RowText& row : rows) {
        out.insert(row.source);
    }
    return out;
}

std::set<Event> events_of(const std::vector<RowText>& rows) {
    std::set<Event> out;
    for (const RowText& row : rows) {
        out.insert(row.event);
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

std::string markdown_row(const RowText& row) {
    return "| " + std::string(row.section) + " | " + std::string(name(row.event)) + " | " +
           row.guard + " | " + std::string(row.action) + " | " +
           std::string(table_name(row.target)) + " |\n";
}

/// The states that the event can lead to.
std::string cell(const std::vector<RowText>& rows, State state, Event event) {
    std::vector<std::string_view> targets;
    for (const RowText& row : rows) {
        if (row.source == state && row.event == event) {
            add_once(targets, table_name(row.target));
        }
    }
    return targets.empty() ? "-" : joined(targets, ", ");
}

constexpr std::string_view kNoRow = "\nNo row.\n";

}  // namespace

std::string states_markdown(const Selection& selection) {
    std::string out = page_head("Transition tables", selection);
    out +=
        "Rows of one state and event are tried from top to bottom. Sections are those of RFC 9293 "
        "unless they say otherwise; `linux.md` is `docs/reference/linux.md`.\n";
    const std::vector<MachineRows> machines = listed(selection);
    for (const MachineRows& machine : machines) {
        for (const State state : sources(machine.rows)) {
            out += "\n## " + std::string(machine.name) + ": " + std::string(table_name(state)) +
                   "\n\n| section | event | guard | action | next |\n|---|---|---|---|---|\n";
            for (const RowText& row : machine.rows) {
                out += row.source == state ? markdown_row(row) : "";
            }
        }
    }
    return out + std::string(machines.empty() ? kNoRow : "");
}

std::string states_csv(const Selection& selection) {
    std::string out = "machine,section,state,event,guard,action,next\n";
    for (const MachineRows& machine : listed(selection)) {
        for (const RowText& row : machine.rows) {
            out += std::string(machine.name) + "," + quoted(row.section) + "," +
                   std::string(table_name(row.source)) + "," + std::string(name(row.event)) + "," +
                   quoted(row.guard) + "," + quoted(row.action) + "," +
                   std::string(table_name(row.target)) + "\n";
        }
    }
    return out;
}

std::string states_matrix_markdown(const Selection& selection) {
    std::string out = page_head("State x event", selection);
    out +=
        "Each cell lists the states that the event can lead to; `-`: the state has no row for the "
        "event.\n";
    const std::vector<MachineRows> machines = listed(selection);
    for (const MachineRows& machine : machines) {
        const std::set<State> states = sources(machine.rows);
        out += "\n## " + std::string(machine.name) + "\n\n| event |";
        std::string rule = "\n|---|";
        for (const State state : states) {
            out += " " + std::string(table_name(state)) + " |";
            rule += "---|";
        }
        out += rule + "\n";
        for (const Event event : events_of(machine.rows)) {
            out += "| " + std::string(name(event)) + " |";
            for (const State state : states) {
                out += " " + cell(machine.rows, state, event) + " |";
            }
            out += "\n";
        }
    }
    return out + std::string(machines.empty() ? kNoRow : "");
}

}  // namespace synq
