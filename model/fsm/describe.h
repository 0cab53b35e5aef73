// The tables as text: the documents, diagrams and the state x event matrix are made here from the
// rows themselves, and a test compares them with what is committed in docs/tables.
#pragma once

#include "model/fsm/events.h"
#include "model/tcb/state.h"

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

/// All rows of both machines, each machine's in the order in which they are tried.
std::vector<RowText> listener_rows();
std::vector<RowText> connection_rows();

/// RFC 9293 spelling that tells apart the states which Linux keeps as light records.
std::string_view table_name(State state);

/// One Markdown table per state.
std::string states_markdown();
/// machine,section,state,event,guard,action,next
std::string states_csv();
/// State x event: the possible next states of each cell.
std::string states_matrix_markdown();
/// The state diagrams, for Graphviz and as Mermaid in a Markdown page.
std::string states_dot();
std::string states_mermaid_markdown();

}  // namespace synq
