// The picture of the states: nothing of the tables is lost, and nothing lies upon anything else.
#include "sim/draw/state_diagram.h"

#include "model/profile/profile.h"
#include "tests/catch.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace synq {
namespace {

using enum State;

/// Every profile, and all rows together.
std::vector<Selection> selections() {
    std::vector<Selection> out{{}};
    for (const std::string_view name : profile_names()) {
        out.push_back({.profile = find_profile(name), .states = {}, .events = {}});
    }
    return out;
}

Selection linux_only(std::set<State> states, std::set<Event> events) {
    return {.profile = find_profile("linux-6.18"),
            .states = std::move(states),
            .events = std::move(events)};
}

struct Rect {
    int left, top, right, bottom;

    [[nodiscard]] bool overlaps(const Rect& other) const {
        return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
    }
    [[nodiscard]] bool inside(const Rect& other) const {
        return left >= other.left && right <= other.right && top >= other.top &&
               bottom <= other.bottom;
    }
};

/// In thousandths of the font's size, as in DejaVu Sans, one of the widest that "sans-serif" is.
int width_of(char c) {
    static const std::string kNarrow = "ijl|.,: ()/-ftrI'";
    if (kNarrow.find(c) != std::string::npos) {
        return 400;
    }
    if (c == 'm' || c == 'w' || c == 'M' || c == 'W') {
        return 980;
    }
    return c >= 'A' && c <= 'Z' ? 710 : 635;
}

int width_of(const std::string& text, int size, bool bold) {
    int thousandths = 0;
    for (const char c : text) {
        thousandths += width_of(c);
    }
    return thousandths * size / 1000 * (bold ? 112 : 100) / 100;
}

Rect extent(Point at, const std::string& anchor, int size, bool bold, const std::string& text) {
    const int width = width_of(text, size, bold);
    const int left = at.x - (anchor == "middle" ? width / 2 : anchor == "end" ? width : 0);
    return {left, at.y - size * 3 / 4, left + width, at.y + size / 4};
}

struct Written {
    Rect area;
    int size;
    std::string text;
};

/// All text of a picture: titles, names, captions, letters, labels, legend.
std::vector<Written> written(const std::string& svg) {
    static const std::regex kText(
        "<text x=\"(\\d+)\" y=\"(\\d+)\" text-anchor=\"(\\w+)\" font-size=\"(\\d+)\" "
        "fill=\"[^\"]*\"( font-weight=\"bold\")?>([^<]*)</text>");
    std::vector<Written> out;
    for (std::sregex_iterator it(svg.begin(), svg.end(), kText), end; it != end; ++it) {
        const std::smatch& match = *it;
        const int size = std::stoi(match[4]);
        out.push_back({extent({std::stoi(match[1]), std::stoi(match[2])}, match[3], size,
                              match[5].matched, match[6]),
                       size, match[6]});
    }
    return out;
}

Rect area_of(const StateBox& box) {
    return {box.centre.x - kBox.x / 2, box.centre.y - kBox.y / 2, box.centre.x + kBox.x / 2,
            box.centre.y + kBox.y / 2};
}

/// The ink of an arrow: its lines, as thick as the thickest is.
std::vector<Rect> lines_of(const Arrow& arrow) {
    std::vector<Rect> out;
    for (std::size_t i = 1; i < arrow.points.size(); ++i) {
        const Point a = arrow.points[i - 1];
        const Point b = arrow.points[i];
        out.push_back({std::min(a.x, b.x) - 2, std::min(a.y, b.y) - 2, std::max(a.x, b.x) + 2,
                       std::max(a.y, b.y) + 2});
    }
    return out;
}

std::vector<Rect> ink(const std::vector<Arrow>& arrows) {
    std::vector<Rect> out;
    for (const Arrow& arrow : arrows) {
        const std::vector<Rect> lines = lines_of(arrow);
        out.insert(out.end(), lines.begin(), lines.end());
    }
    return out;
}

bool meets_any(const Rect& area, const std::vector<Rect>& others) {
    return std::any_of(others.begin(), others.end(),
                       [&area](const Rect& other) { return area.overlaps(other); });
}

/// Beside a box of that state, and of no other.
bool ends_at(const StateDiagram& diagram, Point point, State state) {
    const Rect around{point.x - 2, point.y - 2, point.x + 2, point.y + 2};
    std::set<State> met;
    for (const StateBox& box : diagram.boxes) {
        if (around.overlaps(area_of(box))) {
            met.insert(box.state);
        }
    }
    return met == std::set{state};
}

std::vector<std::string> texts_of(const Selection& selection, State from, State to) {
    std::vector<std::string> out;
    for (const Transition& arrow : transitions(selection).arrows) {
        for (const ArrowWords& words : arrow.words) {
            if (arrow.from == from && arrow.to == to) {
                out.push_back(words.event + "|" + words.note + "|" + words.sent);
            }
        }
    }
    return out;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("every state of the tables has a place and every transition a route") {
    for (const Selection& selection : selections()) {
        const StateDiagram diagram = state_diagram(selection);
        INFO(diagram.title);
        CHECK(diagram.missing.empty());
        // Counted anew: a row that changes the state is an arrow or a letter in its state's box.
        std::set<std::pair<State, State>> drawn;
        for (const Arrow& arrow : diagram.arrows) {
            drawn.insert({arrow.from, arrow.to});
        }
        for (const MachineRows& machine : machine_rows(selection.profile)) {
            for (const RowText& row : machine.rows) {
                const bool letter = std::any_of(
                    diagram.boxes.begin(), diagram.boxes.end(), [&row](const StateBox& box) {
                        return box.state == row.source && !box.endings.empty();
                    });
                INFO(table_name(row.source) << " to " << table_name(row.target));
                const bool back_to_listen = row.source == HalfOpen &&
                                            row.event == Event::SynArrives &&
                                            drawn.contains({HalfOpen, Listen});
                CHECK((row.source == row.target || drawn.contains({row.source, row.target}) ||
                       (row.target == Closed && (letter || back_to_listen))));
            }
        }
        CHECK(drawn.contains({Listen, HalfOpen}));
    }
}

TEST_CASE("every route is used by the tables") {
    const StateDiagram all = state_diagram({});
    CHECK(all.arrows.size() == routes().size());
}

TEST_CASE("arrows begin and end at the boxes of their states, on straight lines") {
    for (const Selection& selection : selections()) {
        const StateDiagram diagram = state_diagram(selection);
        for (const Arrow& arrow : diagram.arrows) {
            INFO(arrow.title);
            CHECK(ends_at(diagram, arrow.points.front(), arrow.from));
            CHECK(ends_at(diagram, arrow.points.back(), arrow.to));
            for (std::size_t i = 1; i < arrow.points.size(); ++i) {
                const Point a = arrow.points[i - 1];
                const Point b = arrow.points[i];
                CHECK((a.x == b.x) != (a.y == b.y));
                CHECK(std::abs(a.x - b.x) + std::abs(a.y - b.y) >= 28);  // room for two corners
            }
        }
    }
}

TEST_CASE("no arrow crosses another or passes through a box") {
    for (const Selection& selection : selections()) {
        const StateDiagram diagram = state_diagram(selection);
        for (const Arrow& arrow : diagram.arrows) {
            for (const Arrow& other : diagram.arrows) {
                INFO(arrow.title << "; " << other.title);
                for (const Rect& line : lines_of(arrow)) {
                    CHECK((&arrow == &other || !meets_any(line, ink({other}))));
                }
            }
            for (const StateBox& box : diagram.boxes) {
                const Rect inner{area_of(box).left + 4, area_of(box).top + 4,
                                 area_of(box).right - 4, area_of(box).bottom - 4};
                INFO(arrow.title << "; " << table_name(box.state));
                CHECK_FALSE(meets_any(inner, ink({arrow})));
            }
        }
    }
}

TEST_CASE("text lies upon no other text, box or line, and can be read from the last row") {
    for (const Selection& selection : selections()) {
        const StateDiagram diagram = state_diagram(selection);
        const std::vector<Written> all = written(svg(diagram));
        CHECK(all.size() >= diagram.boxes.size() + diagram.labels.size() + 9);  // title, legend
        const Rect picture{16, 16, kPicture.x - 16, kPicture.y - 16};
        for (const Written& one : all) {
            INFO(one.text);
            CHECK(one.size >= 14);
            CHECK(one.area.inside(picture));
            for (const Written& other : all) {
                INFO(other.text);
                CHECK((&one == &other || !one.area.overlaps(other.area)));
            }
            CHECK_FALSE(meets_any(one.area, ink(diagram.arrows)));
            for (const StateBox& box : diagram.boxes) {
                INFO(table_name(box.state));
                CHECK((!one.area.overlaps(area_of(box)) || one.area.inside(area_of(box))));
            }
        }
    }
}

TEST_CASE("arrows say in the figure's words what arrives and what is sent") {
    const Selection all = linux_only({}, {});
    CHECK(texts_of(all, Closed, SynSent) == Texts{"active OPEN||snd SYN"});
    CHECK(texts_of(all, SynSent, Established) == Texts{"rcv SYN,ACK||snd ACK"});
    CHECK(texts_of(all, SynSent, SynReceived) == Texts{"rcv SYN||snd SYN,ACK"});
    CHECK(texts_of(all, Listen, HalfOpen) == Texts{"rcv SYN||snd SYN,ACK"});
    CHECK(texts_of(all, Listen, Established) == Texts{"rcv ACK of a cookie||"});
    CHECK(texts_of(all, HalfOpen, Established) == Texts{"rcv ACK||"});
    CHECK(texts_of(all, HalfOpen, SynReceived) == Texts{"rcv SYN,ACK||"});
    CHECK(texts_of(all, Established, FinWait1) == Texts{"SHUTDOWN(WR), CLOSE||snd FIN"});
    CHECK(texts_of(all, Established, CloseWait) == Texts{"rcv FIN||snd ACK"});
    CHECK(texts_of(all, FinWait1, FinWait2) == Texts{"rcv ACK of FIN||"});
    CHECK(texts_of(all, FinWait1, FinWait2Orphan) == Texts{"rcv ACK of FIN|(no descriptor)|"});
    CHECK(texts_of(all, FinWait2Orphan, TimeWait) == Texts{"rcv FIN||snd ACK"});
    CHECK(texts_of(all, LastAck, Closed) == Texts{"rcv ACK of FIN||"});
    CHECK(texts_of(all, FinWait2, FinWait2Orphan) == Texts{"CLOSE||", "FIN-WAIT-2 timeout||"});
    CHECK(texts_of(all, TimeWait, Closed) ==
          Texts{"rcv SYN|for a listener|", "TIME-WAIT timeout||"});
    CHECK(texts_of(all, Established, Closed).empty());
}

TEST_CASE("resets, timeouts and aborts are letters in the box") {
    using enum Ending;
    const Transitions told = transitions(linux_only({}, {}));
    CHECK(told.endings.at(SynSent) == std::set{Reset, Timeout, Abort});
    CHECK(told.endings.at(HalfOpen) == std::set{Reset, Timeout, Abort});
    CHECK(told.endings.at(FinWait2) == std::set{Reset, Timeout, Abort, Overflow});
    CHECK(told.endings.at(Closing) == std::set{Reset, Timeout, Abort, Overflow});
    CHECK(told.endings.at(Established) == std::set{Reset, Timeout, Abort});
    CHECK(told.endings.at(TimeWait) == std::set{Reset, Abort});
    CHECK_FALSE(told.endings.contains(Listen));
}

TEST_CASE("a selection leaves the map in place and pales what it does not touch") {
    const StateDiagram whole = state_diagram(linux_only({}, {}));
    CHECK(std::none_of(whole.boxes.begin(), whole.boxes.end(),
                       [](const StateBox& box) { return box.pale; }));

    const StateDiagram part = state_diagram(linux_only({CloseWait}, {}));
    REQUIRE(part.boxes.size() == whole.boxes.size());
    std::set<State> dark;
    for (std::size_t i = 0; i < part.boxes.size(); ++i) {
        CHECK(part.boxes[i].centre == whole.boxes[i].centre);
        if (!part.boxes[i].pale) {
            dark.insert(part.boxes[i].state);
        }
    }
    CHECK(dark == std::set{Established, CloseWait, LastAck});
    CHECK(part.arrows.size() == 2);

    const StateDiagram half_open = state_diagram(linux_only({HalfOpen}, {}));
    CHECK(half_open.arrows.size() == 3);  // its birth is no row of its own, and shown
    CHECK(state_diagram(linux_only({}, {Event::SendCall})).arrows.empty());
}

TEST_CASE("client's and server's usual ways are complete") {
    std::map<Stroke, int> count;
    for (const Arrow& arrow : state_diagram(linux_only({}, {})).arrows) {
        ++count[arrow.stroke];
    }
    CHECK(count[Stroke::Client] == 6);
    CHECK(count[Stroke::Server] == 6);
}

}  // namespace synq
