#include "sim/draw/state_diagram.h"

#include <array>
#include <fmt/format.h>
#include <iterator>
#include <string_view>
#include <utility>

// Attributes instead of style sheets and markers: programs that make slides understand them better.

namespace synq {
namespace {

struct Pen {
    std::string_view colour;
    std::string_view text;
    int width;
    std::string_view more;
};

constexpr std::array kPens{Pen{"#1d4ed8", "#1e40af", 4, ""},
                           Pen{"#c2410c", "#9a3412", 4, R"( stroke-dasharray="12 7")"},
                           Pen{"#475569", "#0f172a", 2, ""}};
constexpr std::string_view kInk = "#0f172a";
constexpr std::string_view kGrey = "#475569";
constexpr std::string_view kPale = "#a8b3c2";

constexpr std::array<std::string_view, 3> kAnchors{"start", "middle", "end"};
constexpr std::array<std::string_view, 4> kEndingLetters{"R", "T", "A", "W"};

class Canvas {
  public:
    template <class... Arguments>
    void line(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
        fmt::format_to(std::back_inserter(text_), format, std::forward<Arguments>(arguments)...);
        text_ += '\n';
    }
    [[nodiscard]] std::string take() { return std::move(text_); }

  private:
    std::string text_;
};

const Pen& pen(Stroke stroke) {
    return kPens[static_cast<std::size_t>(stroke)];
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '&':
                out += "&amp;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

int sign(int value) {
    return (value > 0 ? 1 : 0) - (value < 0 ? 1 : 0);
}

/// `distance` from `point` towards `to`, which lies straight beside, above or below.
Point towards(Point point, Point to, int distance) {
    return {point.x + sign(to.x - point.x) * distance, point.y + sign(to.y - point.y) * distance};
}

constexpr int kHeadLength = 14;
constexpr int kHeadWidth = 7;  // half of it
constexpr int kCorner = 14;

/// Straight lines with round corners, ending under the head.
std::string path_of(const std::vector<Point>& points) {
    std::string out = fmt::format("M{} {}", points.front().x, points.front().y);
    for (std::size_t i = 1; i + 1 < points.size(); ++i) {
        const Point before = towards(points[i], points[i - 1], kCorner);
        const Point after = towards(points[i], points[i + 1], kCorner);
        out += fmt::format(" L{} {} Q{} {} {} {}", before.x, before.y, points[i].x, points[i].y,
                           after.x, after.y);
    }
    const Point end = towards(points.back(), points[points.size() - 2], kHeadLength - 2);
    return out + fmt::format(" L{} {}", end.x, end.y);
}

std::string head_of(const std::vector<Point>& points) {
    const Point tip = points.back();
    const Point base = towards(tip, points[points.size() - 2], kHeadLength);
    const int dx = base.y == tip.y ? 0 : kHeadWidth;
    const int dy = base.y == tip.y ? kHeadWidth : 0;
    return fmt::format("M{} {} L{} {} L{} {} Z", tip.x, tip.y, base.x - dx, base.y - dy,
                       base.x + dx, base.y + dy);
}

void draw(Canvas& canvas, const Arrow& arrow) {
    const Pen& with = pen(arrow.stroke);
    canvas.line("<g><title>{}</title>", escaped(arrow.title));
    canvas.line(R"(<path d="{}" fill="none" stroke="{}" stroke-width="{}"{}/>)",
                path_of(arrow.points), with.colour, with.width, with.more);
    canvas.line(R"(<path d="{}" fill="{}"/></g>)", head_of(arrow.points), with.colour);
}

void draw_text(Canvas& canvas, Point at, Anchor anchor, int size, std::string_view colour,
               std::string_view more, std::string_view text) {
    canvas.line(R"(<text x="{}" y="{}" text-anchor="{}" font-size="{}" fill="{}"{}>{}</text>)",
                at.x, at.y, kAnchors[static_cast<std::size_t>(anchor)], size, colour, more,
                escaped(text));
}

constexpr std::string_view kBold = R"( font-weight="bold")";
constexpr int kChip = 20;

/// The letter of an ending in a little square with its upper left corner at `at`.
void draw_chip(Canvas& canvas, Point at, Ending ending) {
    canvas.line(R"(<rect x="{}" y="{}" width="{}" height="{}" rx="4" fill="#dbe2ea"/>)", at.x, at.y,
                kChip, kChip);
    draw_text(canvas, {at.x + kChip / 2, at.y + 15}, Anchor::Middle, 14, kGrey, kBold,
              kEndingLetters[static_cast<std::size_t>(ending)]);
}

void draw_frame(Canvas& canvas, Point corner, Point size, bool light, bool pale) {
    canvas.line(
        R"(<rect x="{}" y="{}" width="{}" height="{}" rx="8" fill="{}" stroke="{}" stroke-width="2"{}/>)",
        corner.x, corner.y, size.x, size.y, light ? "#f1f5f9" : "#ffffff", pale ? kPale : kInk,
        light ? R"( stroke-dasharray="4 4")" : "");
}

void draw(Canvas& canvas, const StateBox& box) {
    const Point corner{box.centre.x - kBox.x / 2, box.centre.y - kBox.y / 2};
    draw_frame(canvas, corner, kBox, box.light, box.pale);
    // "SYN-RECEIVED (request)" is a name and a caption.
    const std::string_view full = table_name(box.state);
    const std::size_t bracket = full.find(" (");
    const std::string_view caption =
        bracket == std::string_view::npos ? "" : full.substr(bracket + 1);
    const bool two_lines = !caption.empty() || !box.endings.empty();
    const std::string_view colour = box.pale ? kPale : kInk;
    draw_text(canvas, {box.centre.x, box.centre.y + (two_lines ? -6 : 7)}, Anchor::Middle, 19,
              colour, kBold, full.substr(0, bracket));
    if (!caption.empty()) {
        const bool alone = box.endings.empty();
        draw_text(canvas, {alone ? box.centre.x : corner.x + 10, box.centre.y + 19},
                  alone ? Anchor::Middle : Anchor::Start, 15, box.pale ? kPale : kGrey, "",
                  caption);
    }
    const int chips = static_cast<int>(box.endings.size()) * (kChip + 4) - 4;
    int x = caption.empty() ? box.centre.x - chips / 2 : corner.x + kBox.x - 8 - chips;
    for (const Ending ending : box.endings) {
        draw_chip(canvas, {x, box.centre.y + 4}, ending);
        x += kChip + 4;
    }
}

void draw_legend_line(Canvas& canvas, Point at, Stroke stroke, std::string_view text) {
    draw(canvas, Arrow{.from = State::Closed,
                       .to = State::Closed,
                       .stroke = stroke,
                       .points = {{at.x, at.y - 5}, {at.x + 70, at.y - 5}},
                       .title = std::string(text)});
    draw_text(canvas, {at.x + 82, at.y}, Anchor::Start, kLabelSize, kInk, "", text);
}

void draw_legend(Canvas& canvas) {
    constexpr int kFirst = 888;
    constexpr int kSecond = 926;
    draw_legend_line(canvas, {40, kFirst}, Stroke::Client, "usual way of a client");
    draw_legend_line(canvas, {310, kFirst}, Stroke::Server, "usual way of a server");
    draw_legend_line(canvas, {590, kFirst}, Stroke::Other, "other");
    draw_frame(canvas, {770, kFirst - 18}, {60, 26}, true, false);
    draw_text(canvas, {842, kFirst}, Anchor::Start, kLabelSize, kInk, "",
              "light record: less than a connection");
    draw_text(canvas, {40, kSecond}, Anchor::Start, kLabelSize, kInk, "", "Leads to CLOSED, too:");
    struct Entry {
        int x;
        Ending ending;
        std::string_view text;
    };
    for (const Entry& entry : {Entry{250, Ending::Reset, "RST or ICMP error arrives"},
                               Entry{510, Ending::Timeout, "a timer gives up"},
                               Entry{690, Ending::Abort, "aborted by this side"},
                               Entry{900, Ending::Overflow, "too many in TIME-WAIT"}}) {
        draw_chip(canvas, {entry.x, kSecond - 15}, entry.ending);
        draw_text(canvas, {entry.x + 28, kSecond}, Anchor::Start, kLabelSize, kInk, "", entry.text);
    }
}

}  // namespace

std::string svg(const StateDiagram& diagram) {
    Canvas canvas;
    canvas.line(
        R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" font-family="sans-serif" role="img">)",
        kPicture.x, kPicture.y);
    canvas.line("<title>{}</title>", escaped(diagram.title));
    canvas.line(R"(<rect width="{}" height="{}" fill="#ffffff"/>)", kPicture.x, kPicture.y);
    draw_text(canvas, {40, 40}, Anchor::Start, 22, kInk, kBold, diagram.title);
    for (const Arrow& arrow : diagram.arrows) {
        draw(canvas, arrow);
    }
    for (const StateBox& box : diagram.boxes) {
        draw(canvas, box);
    }
    for (const Label& label : diagram.labels) {
        draw_text(canvas, label.at, label.anchor, kLabelSize, pen(label.stroke).text, "",
                  label.text);
    }
    draw_legend(canvas);
    canvas.line("</svg>");
    return canvas.take();
}

}  // namespace synq
