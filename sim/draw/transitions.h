// What a picture of the states says, taken from the rows: arrows with short words, and the ways in
// which a connection ends before its time, too many for arrows of their own.
#pragma once

#include "model/fsm/describe.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace synq {

/// "rcv ACK of FIN", "(no descriptor)", "snd ACK"; what does not apply is empty.
struct ArrowWords {
    std::string event;
    std::string note;
    std::string sent;
};

struct Transition {
    State from = State::Closed;
    State to = State::Closed;
    std::vector<ArrowWords> words;
    std::vector<std::string_view> sections;  // of the rows that it stands for
};

/// How a connection comes to CLOSED out of turn: an RST or an ICMP error arrives, a timer gives up,
/// this side aborts, or there are too many in TIME-WAIT.
enum class Ending : std::uint8_t { Reset, Timeout, Abort, Overflow };

struct Transitions {
    std::vector<Transition> arrows;  // of both machines, in the order of their rows
    std::map<State, std::set<Ending>> endings;
};

Transitions transitions(const Selection& selection);

}  // namespace synq
