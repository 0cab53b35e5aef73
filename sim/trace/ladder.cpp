#include "sim/trace/ladder.h"

#include "sim/trace/ladder_rows.h"
#include "sim/trace/time_text.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace synq {
namespace {

// Instants further apart than this are set apart by a blank line.
constexpr Duration kFar = milliseconds(100);
constexpr std::size_t kUsualWidth = 120;
constexpr std::size_t kLeastArrow = 30;

enum class Style : std::uint8_t { Plain, Dim, Bold, Bad };

std::string_view escape(Style style) {
    switch (style) {
        case Style::Plain:
            return "";
        case Style::Dim:
            return "\033[2m";
        case Style::Bold:
            return "\033[1m";
        case Style::Bad:
            return "\033[31m";
    }
    return "";
}

// One line under construction. Columns count characters that are seen, so colours do not shift.
class Line {
  public:
    explicit Line(bool color) : color_(color) {}

    void put_at(std::size_t column, std::string_view text, Style style = Style::Plain) {
        if (text.empty()) {
            return;
        }
        // Never glued to what is there already.
        const std::size_t from = column_ == 0 ? column : std::max(column, column_ + 1);
        text_.append(from - column_, ' ');
        const bool paint = color_ && style != Style::Plain;
        text_ += paint ? escape(style) : "";
        text_ += text;
        text_ += paint ? "\033[0m" : "";
        column_ = from + text.size();
    }
    std::string finish() {
        text_ += '\n';
        return std::move(text_);
    }

  private:
    bool color_;
    std::size_t column_ = 0;
    std::string text_;
};

struct Columns {
    int decimals = 6;
    std::size_t time = 8;  // width, right-aligned
    std::size_t left = 0;
    std::size_t left_state = 0;
    std::size_t arrow = 0;
    std::size_t arrow_width = kLeastArrow;
    std::size_t right = 0;
    std::size_t right_state = 0;
    std::size_t queues = 0;
    std::size_t end = kUsualWidth;
    std::string right_name;  // of every line; empty: lines name it themselves
};

std::size_t state_width(const ShownState& shown) {
    return shown.state ? rfc_name(*shown.state).size() : 0;
}

Columns columns_of(const std::vector<LadderRow>& rows) {
    Columns at;
    std::size_t left_name = 0, left_state = 0, right_name = 0, right_state = 0, queues = 0;
    bool milliseconds_will_do = true;
    bool one_right_name = true;
    for (const LadderRow& row : rows) {
        milliseconds_will_do = milliseconds_will_do && row.t.ns % 1'000'000 == 0;
        queues = std::max(queues, row.queues.size());
        if (!row.segment) {
            continue;
        }
        left_name = std::max(left_name, row.left_name.size());
        left_state = std::max(left_state, state_width(row.left));
        const std::size_t around = row.departure || row.arrival ? 9 : 7;
        at.arrow_width = std::max(at.arrow_width, row.text.size() + around);
        right_state = std::max(right_state, state_width(row.right));
        right_name = std::max(right_name, row.right_name.size());
        one_right_name =
            one_right_name && (at.right_name.empty() || at.right_name == row.right_name);
        at.right_name = row.right_name;
    }
    if (!one_right_name) {
        at.right_name.clear();
    }
    at.decimals = milliseconds_will_do ? 3 : 6;
    at.time = std::max<std::size_t>(
        8, rows.empty() ? 0 : fixed_seconds(rows.back().t, at.decimals).size());
    at.left = at.time + 2;
    at.left_state = at.left + left_name + 1;
    at.arrow = at.left_state + (left_state == 0 ? 0 : left_state + 1);
    at.right = at.arrow + at.arrow_width + 1;
    at.right_state = at.right + (one_right_name ? 0 : right_name + 1);
    at.queues = at.right_state + (right_state == 0 ? 0 : right_state + 2);
    at.end = std::max(kUsualWidth, at.queues + queues);
    return at;
}

// A text between dashes: `-- text ---->`, `<- text ----`, `-- text ---x`; halves of a slow segment
// have dots at their open end.
std::string arrow(const LadderRow& row, std::size_t width) {
    const std::string_view head = row.dropped != Drop::None ? "x" : ">";
    const bool right = row.side == Side::Left;
    std::string begin = row.arrival ? "... " : "-- ";
    std::string end = row.departure ? "- ..." : fmt::format("--{}", head);
    if (!right) {
        begin = row.departure ? "... " : row.dropped != Drop::None ? "x- " : "<- ";
        end = row.arrival ? "- ..." : "---";
    }
    const std::size_t used = begin.size() + row.text.size() + 1 + end.size();
    return fmt::format("{}{} {}{}", begin, row.text,
                       std::string(used < width ? width - used : 0, '-'), end);
}

void put_state(Line& line, std::size_t column, const ShownState& shown) {
    if (shown.state) {
        line.put_at(column, rfc_name(*shown.state), shown.changed ? Style::Bold : Style::Dim);
    }
}

void put_segment(Line& line, const LadderRow& row, const Columns& at) {
    const bool rightward = row.side == Side::Left;
    const bool dropped = row.dropped != Drop::None;
    // What is on its way has not reached the other end, and its sender has moved on when it does.
    const bool show_left = rightward ? !row.arrival : !row.departure;
    const bool show_right = rightward ? !row.departure : !row.arrival;
    line.put_at(at.left, row.left_name);
    if (show_left) {
        put_state(line, at.left_state, row.left);
    }
    line.put_at(at.arrow, arrow(row, at.arrow_width), dropped ? Style::Bad : Style::Plain);
    if (at.right_name.empty()) {
        line.put_at(at.right, row.right_name);
    }
    if (show_right && !(dropped && rightward)) {
        put_state(line, at.right_state, row.right);
    }
    if (dropped) {
        line.put_at(rightward ? at.right_state : at.queues, describe(row.dropped), Style::Bad);
    }
}

void put_text(Line& line, const LadderRow& row, const Columns& at) {
    std::size_t column = at.left;
    if (row.side == Side::Right) {
        // Long texts begin earlier: what matters is that they end before the queues do.
        const std::size_t limit = row.queues.empty() ? at.end : at.queues - 2;
        column = limit > row.text.size() ? std::min(at.right, limit - row.text.size()) : at.left;
        column = std::max(column, at.left);
    }
    line.put_at(column, row.text, row.failed ? Style::Bad : Style::Plain);
}

std::string right_title(const LadderRows& rows, const Columns& at) {
    if (at.right_name.empty()) {
        return rows.sole_server.empty() ? "servers" : rows.sole_server;
    }
    // "server:8000" names the host; its process often has the same name.
    const bool told = rows.sole_server.empty() || at.right_name.starts_with(rows.sole_server + ":");
    return told ? at.right_name : fmt::format("{} ({})", at.right_name, rows.sole_server);
}

std::string header(const Trace& trace, const LadderRows& rows, const Columns& at, bool color) {
    std::string text = fmt::format("{} on the {}: {}, seed {}\n", trace.scenario, trace.world,
                                   trace.profile, trace.seed);
    const auto out = std::back_inserter(text);
    const auto legend = [&out](std::string_view what, std::string_view options) {
        if (!options.empty()) {
            fmt::format_to(out, "{}: {}, where a line says nothing else\n", what, options);
        }
    };
    legend("options of SYNs", rows.syn_options);
    legend("options of SYN+ACKs", rows.syn_ack_options);
    if (!trace.queues.empty()) {
        text += "queues: length/backlog; full when the length exceeds the backlog\n";
    }
    text += '\n';
    Line line(color);
    line.put_at(at.time - 8, "time (s)", Style::Bold);
    line.put_at(at.left, "clients", Style::Bold);
    line.put_at(at.arrow, "segments", Style::Bold);
    line.put_at(at.right, right_title(rows, at), Style::Bold);
    if (!trace.queues.empty()) {
        line.put_at(at.queues, "queues", Style::Bold);
    }
    return text + line.finish();
}

std::string footer(const Trace& trace, int decimals) {
    std::string text;
    const auto out = std::back_inserter(text);
    for (const CallRecord& call : trace.calls) {
        if (!call.returned()) {
            fmt::format_to(out, "{}  {} has not returned since {}\n",
                           trace.processes[call.process].name, call.text,
                           fixed_seconds(call.start, decimals));
        }
    }
    return text;
}

}  // namespace

void write_ladder(const Trace& trace, const LadderOptions& options,
                  const std::function<void(std::string_view)>& sink) {
    const LadderRows rows = ladder_rows(trace);
    const Columns at = columns_of(rows.rows);
    sink(header(trace, rows, at, options.color));
    const LadderRow* previous = nullptr;
    for (const LadderRow& row : rows.rows) {
        if (previous == nullptr || row.t - previous->t > kFar) {
            sink("\n");
        }
        Line line(options.color);
        if (previous == nullptr || row.t != previous->t) {
            const std::string time = fixed_seconds(row.t, at.decimals);
            line.put_at(at.time - std::min(at.time, time.size()), time);
        }
        if (row.segment) {
            put_segment(line, row, at);
        } else {
            put_text(line, row, at);
        }
        line.put_at(at.queues, row.queues, row.queue_full ? Style::Bad : Style::Bold);
        sink(line.finish());
        previous = &row;
    }
    sink(fmt::format("\n{}{} at {} s\n", footer(trace, at.decimals),
                     trace.interrupted ? "interrupted" : "end", exact_seconds(trace.end)));
}

std::string ladder(const Trace& trace, const LadderOptions& options) {
    std::string text;
    write_ladder(trace, options, [&text](std::string_view piece) { text += piece; });
    return text;
}

}  // namespace synq
