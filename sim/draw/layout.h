// Where states stand and arrows run: by hand, after RFC 9293 figure 5, with the client's half on
// the left and the server's on the right so that no two lines cross. Which arrows there are, and
// what they say, is not known here.
#pragma once

#include "model/tcb/state.h"

#include <cstdint>
#include <span>
#include <vector>

namespace synq {

struct Point {
    int x = 0;
    int y = 0;

    bool operator==(const Point&) const = default;
};

inline constexpr Point kPicture{.x = 1280, .y = 960};
/// Of every state's box.
inline constexpr Point kBox{.x = 192, .y = 60};
/// Of every label.
inline constexpr int kLabelSize = 16;
inline constexpr int kLabelLine = 20;

/// A state's box; CLOSED stands at the beginning and again at the end.
struct Place {
    State state = State::Closed;
    Point centre;
};

enum class Anchor : std::uint8_t { Start, Middle, End };
/// Above and Below: of `at`, away from the line; Beside and Narrow: centred on `at`, Narrow with a
/// line of its own for the note.
enum class Flow : std::uint8_t { Above, Below, Beside, Narrow };

struct LabelPlace {
    Point at;
    Anchor anchor = Anchor::Middle;
    Flow flow = Flow::Above;
};

struct Route {
    State from = State::Closed;
    State to = State::Closed;
    LabelPlace label;
    std::vector<Point> points;  // horizontal and vertical lines
};

std::span<const Place> places();
std::span<const Route> routes();

}  // namespace synq
