// The state diagram of both machines as a picture for a slide: what stands in it, as values, and
// the same as SVG.
#pragma once

#include "model/fsm/describe.h"
#include "sim/draw/layout.h"
#include "sim/draw/transitions.h"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace synq {

struct StateBox {
    State state = State::Closed;
    Point centre;
    bool light = false;  // less than a connection is kept
    bool pale = false;   // no arrow of the selection touches it
    std::set<Ending> endings;
};

enum class Stroke : std::uint8_t { Client, Server, Other };

struct Arrow {
    State from = State::Closed;
    State to = State::Closed;
    Stroke stroke = Stroke::Other;
    std::vector<Point> points;
    std::string title;  // shown when the pointer rests on it
};

struct Label {
    Point at;  // on the base line
    Anchor anchor = Anchor::Middle;
    Stroke stroke = Stroke::Other;  // of its arrow
    std::string text;
};

struct StateDiagram {
    std::string title;
    std::vector<StateBox> boxes;
    std::vector<Arrow> arrows;
    std::vector<Label> labels;
    /// Arrows of the tables that the layout has no route for, boxes that it has no place for.
    std::vector<std::string> missing;
};

StateDiagram state_diagram(const Selection& selection);
/// Equal octets everywhere: coordinates are whole numbers.
std::string svg(const StateDiagram& diagram);
std::string states_svg(const Selection& selection);

}  // namespace synq
