#include "sim/draw/state_diagram.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <span>
#include <utility>

namespace synq {
namespace {

using enum State;

// The two ways through the picture that are taught first.
constexpr std::array kClientPath{Closed,   SynSent,  Established, FinWait1,
                                 FinWait2, TimeWait, Closed};
constexpr std::array kServerPath{Closed, Listen, HalfOpen, Established, CloseWait, LastAck, Closed};

template <std::size_t Size>
bool follows(const std::array<State, Size>& path, State from, State to) {
    return std::adjacent_find(path.begin(), path.end(),
                              [=](State a, State b) { return a == from && b == to; }) != path.end();
}

Stroke stroke_of(const Transition& transition) {
    if (follows(kClientPath, transition.from, transition.to)) {
        return Stroke::Client;
    }
    return follows(kServerPath, transition.from, transition.to) ? Stroke::Server : Stroke::Other;
}

bool is_light(State state) {
    return state == HalfOpen || state == FinWait2Orphan || state == TimeWait;
}

bool on_border(const StateBox& box, Point point) {
    const int dx = std::abs(point.x - box.centre.x);
    const int dy = std::abs(point.y - box.centre.y);
    return (dx == kBox.x / 2 && dy <= kBox.y / 2) || (dy == kBox.y / 2 && dx <= kBox.x / 2);
}

std::vector<std::string> lines_of(const Transition& transition, Flow flow) {
    std::vector<std::string> out;
    for (const ArrowWords& words : transition.words) {
        const std::string sent = words.sent.empty() ? "" : " / " + words.sent;
        if (words.note.empty()) {
            out.push_back(words.event + sent);
        } else if (flow == Flow::Narrow) {
            out.push_back(words.event);
            out.push_back(words.note + sent);
        } else {
            out.push_back(words.event + " " + words.note + sent);
        }
    }
    return out;
}

/// The base line of the first of `count` lines.
int first_line(const LabelPlace& place, int count) {
    constexpr int kGap = 8;  // between line and text
    switch (place.flow) {
        case Flow::Above:
            return place.at.y - kGap - (count - 1) * kLabelLine;
        case Flow::Below:
            return place.at.y + kGap + kLabelSize * 3 / 4;
        case Flow::Beside:
        case Flow::Narrow:
            return place.at.y - (count * kLabelLine) / 2 + kLabelSize * 7 / 8;
    }
    return place.at.y;
}

void add_labels(StateDiagram& diagram, const Transition& transition, const LabelPlace& place) {
    const std::vector<std::string> lines = lines_of(transition, place.flow);
    int y = first_line(place, static_cast<int>(lines.size()));
    for (const std::string& line : lines) {
        diagram.labels.push_back({{place.at.x, y}, place.anchor, stroke_of(transition), line});
        y += kLabelLine;
    }
}

std::string between(State from, State to) {
    return fmt::format("{} to {}", table_name(from), table_name(to));
}

void add_arrow(StateDiagram& diagram, const Transition& transition) {
    const std::span<const Route> all = routes();
    const auto known = std::find_if(all.begin(), all.end(), [&](const Route& route) {
        return route.from == transition.from && route.to == transition.to;
    });
    if (known == all.end()) {
        diagram.missing.push_back(between(transition.from, transition.to));
        return;
    }
    diagram.arrows.push_back(
        {.from = transition.from,
         .to = transition.to,
         .stroke = stroke_of(transition),
         .points = known->points,
         .title = fmt::format("{}: {}", between(transition.from, transition.to),
                              fmt::join(transition.sections, ", "))});
    add_labels(diagram, transition, known->label);
}

bool touched(const StateBox& box, const std::vector<Arrow>& arrows) {
    return std::any_of(arrows.begin(), arrows.end(), [&box](const Arrow& arrow) {
        return on_border(box, arrow.points.front()) || on_border(box, arrow.points.back());
    });
}

/// The states that the profile has, whatever was selected.
std::set<State> states_of(const Profile* profile) {
    std::set<State> out;
    for (const MachineRows& machine : machine_rows(profile)) {
        for (const RowText& row : machine.rows) {
            out.insert({row.source, row.target});
        }
    }
    return out;
}

void add_boxes(StateDiagram& diagram, const Transitions& told, const Selection& selection) {
    std::set<State> left = states_of(selection.profile);
    const std::set<State> present = left;
    for (const Place& place : places()) {
        left.erase(place.state);
        if (!present.contains(place.state)) {
            continue;
        }
        const auto endings = told.endings.find(place.state);
        StateBox box{.state = place.state,
                     .centre = place.centre,
                     .light = is_light(place.state),
                     .pale = false,
                     .endings = {}};
        if (endings != told.endings.end()) {
            box.endings = endings->second;
        }
        box.pale = box.endings.empty() && !selection.states.contains(box.state) &&
                   !touched(box, diagram.arrows);
        diagram.boxes.push_back(std::move(box));
    }
    for (const State state : left) {
        diagram.missing.emplace_back(table_name(state));
    }
}

}  // namespace

StateDiagram state_diagram(const Selection& selection) {
    StateDiagram out;
    out.title =
        fmt::format("States of a TCP connection, {}",
                    selection.profile == nullptr ? "every profile" : selection.profile->name);
    const Transitions told = transitions(selection);
    for (const Transition& transition : told.arrows) {
        add_arrow(out, transition);
    }
    add_boxes(out, told, selection);
    return out;
}

std::string states_svg(const Selection& selection) {
    return svg(state_diagram(selection));
}

}  // namespace synq
