// The tables as text: the documents, diagrams and the state x event matrix are made here from the
// rows themselves, and a test compares them with what is committed in docs/tables.
#pragma once

#include "model/fsm/events.h"
#include "model/profile/profile.h"
#include "model/tcb/state.h"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace synq {

/// A row as a person reads it.
struct RowText {
    std::string_view section;
    State source = State::Closed;
    Event event = Event::PassiveOpen;
    std::string guard;
    std::string_view action;
    State target = State::Closed;
};

/// The rows of one machine, in the order in which they are tried.
struct MachineRows {
    std::string_view name;
    std::vector<RowText> rows;
};

/// Listener and connection under a profile, without the states that it never enters; null: every
/// row with its full guard.
std::vector<MachineRows> machine_rows(const Profile* profile);
std::vector<RowText> listener_rows(const Profile* profile = nullptr);
std::vector<RowText> connection_rows(const Profile* profile = nullptr);

/// Which rows are told. An empty set stands for all.
struct Selection {
    const Profile* profile = nullptr;
    std::set<State> states;
    std::set<Event> events;

    [[nodiscard]] bool whole() const { return states.empty() && events.empty(); }
    /// For tables: the rows that begin in a state that was asked for.
    [[nodiscard]] bool lists(const RowText& row) const;
    /// For diagrams: the rows that leave or enter such a state.
    [[nodiscard]] bool draws(const RowText& row) const;
};

/// RFC 9293 spelling that tells apart the states which Linux keeps as light records.
std::string_view table_name(State state);

/// The states and events of that name, in any case; empty: no such name. A state answers to the
/// tables' spelling, the RFC's (all of its kinds) and that of ss.
std::set<State> states_named(std::string_view word);
std::set<Event> events_named(std::string_view word);
/// Every spelling that the two above know, each once.
std::vector<std::string_view> state_spellings();
std::vector<std::string_view> event_spellings();

/// One Markdown table per state.
std::string states_markdown(const Selection& selection);
/// machine,section,state,event,guard,action,next
std::string states_csv(const Selection& selection);
/// State x event: the possible next states of each cell.
std::string states_matrix_markdown(const Selection& selection);
/// The state diagrams, for Graphviz and as Mermaid in a Markdown page.
std::string states_dot(const Selection& selection);
std::string states_mermaid_markdown(const Selection& selection);

}  // namespace synq
