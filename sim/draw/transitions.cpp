#include "sim/draw/transitions.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace synq {
namespace {

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

/// One of the statements of a guard begins so.
bool states_first(std::string_view guard, std::string_view words) {
    return guard.starts_with(words) || contains(guard, "; and " + std::string(words));
}

/// What an action's name says it sends; an ACK that is owed counts.
std::string_view sent_by(std::string_view action) {
    static constexpr std::array<std::string_view, 6> kSegments{"SYN,ACK", "SYN",           "FIN",
                                                               "RST",     "challenge ACK", "ACK"};
    for (const std::string_view verb : {"send ", "owe "}) {
        const std::size_t at = action.find(verb);
        if (at == std::string_view::npos || (at > 0 && action[at - 1] != ' ')) {
            continue;
        }
        const std::string_view rest = action.substr(at + verb.size());
        const auto found =
            std::find_if(kSegments.begin(), kSegments.end(),
                         [rest](std::string_view segment) { return rest.starts_with(segment); });
        if (found != kSegments.end()) {
            return *found;
        }
    }
    return {};
}

/// The segment of a row of a light record, which has one event for all of them. Rows before it may
/// have taken everything without an ACK.
std::string_view light_segment(const RowText& row, const std::vector<RowText>& rows) {
    if (states_first(row.guard, "SYN set") && states_first(row.guard, "ACK set")) {
        return "SYN,ACK";
    }
    for (const std::string_view flag : {"RST", "SYN", "FIN", "ACK"}) {
        if (states_first(row.guard, flag)) {
            return flag;
        }
    }
    for (const RowText& before : rows) {
        if (before.source == row.source && before.event == row.event &&
            before.guard == "ACK not set") {
            return "ACK";
        }
    }
    return "segment";
}

std::string event_words(const RowText& row, const std::vector<RowText>& rows) {
    switch (row.event) {
        case Event::RstArrives:
            return "rcv RST";
        case Event::SynArrives:
            return contains(row.guard, "ACK set") ? "rcv SYN,ACK" : "rcv SYN";
        case Event::AckArrives:
            if (contains(row.guard, "our FIN is acknowledged")) {
                return "rcv ACK of FIN";
            }
            return contains(row.guard, "is a cookie") ? "rcv ACK of a cookie" : "rcv ACK";
        case Event::TextArrives:
            return "rcv text";
        case Event::FinArrives:
            return "rcv FIN";
        case Event::SegmentArrives:
        case Event::FastOpenSegmentArrives:
            return "rcv " + std::string(light_segment(row, rows));
        default:
            return std::string(name(row.event));
    }
}

std::string note_words(const RowText& row) {
    if (contains(row.guard, "SHUTDOWN(WR) was called")) {
        return "after SHUTDOWN(WR)";
    }
    if (contains(row.action, "SYN to the listener")) {
        return "for a listener";
    }
    return row.target == State::FinWait2Orphan && contains(row.guard, "no descriptor left")
               ? "(no descriptor)"
               : "";
}

ArrowWords words_of(const RowText& row, const std::vector<RowText>& rows) {
    const std::string_view sent = sent_by(row.action);
    return {.event = event_words(row, rows),
            .note = note_words(row),
            .sent = sent.empty() ? "" : "snd " + std::string(sent)};
}

/// Where the row leads. The listener's rows stay in LISTEN and say in words what they create; a
/// request that a SYN ends leaves its listener as it was (RFC 9293 3.10.7.4 fourth). The child of a
/// Fast Open is drawn where requests are: on the server's side.
State target_of(const RowText& row) {
    const bool creates = row.source == State::Listen && row.action.starts_with("create ");
    if (creates && row.event == Event::SynArrives) {
        return State::HalfOpen;
    }
    if (creates && row.action.starts_with("create connection")) {
        return State::Established;
    }
    const bool back = row.source == State::HalfOpen && row.target == State::Closed &&
                      row.event == Event::SynArrives;
    return back ? State::Listen : row.target;
}

std::optional<Ending> ending_of(const RowText& row) {
    if (row.target != State::Closed || row.source == State::Closed) {
        return std::nullopt;
    }
    if (contains(row.guard, "tcp_max_tw_buckets")) {
        return Ending::Overflow;
    }
    const bool call = event_class(row.event) == EventClass::Call;
    const bool taken_over = contains(row.action, "ISS = SND.NXT") && call;
    if (row.event == Event::AbortCall || row.event == Event::DisconnectCall || taken_over ||
        (call && contains(row.guard, "tcp_max_orphans"))) {
        return Ending::Abort;
    }
    if (row.event == Event::RstArrives || row.event == Event::IcmpArrives ||
        ((row.event == Event::SegmentArrives || row.event == Event::FastOpenSegmentArrives) &&
         states_first(row.guard, "RST"))) {
        return Ending::Reset;
    }
    const bool proper = row.event == Event::TimeWaitTimeout && row.source == State::TimeWait;
    if (event_class(row.event) == EventClass::Timer && !proper) {
        return Ending::Timeout;
    }
    return sent_by(row.action) == "RST" ? std::optional(Ending::Abort) : std::nullopt;
}

/// Calls with the same effect share a line.
void add_words(std::vector<ArrowWords>& all, const RowText& row, ArrowWords words) {
    const bool call = event_class(row.event) == EventClass::Call;
    for (ArrowWords& known : all) {
        if (known.sent != words.sent || known.note != words.note) {
            continue;
        }
        if (known.event == words.event) {
            return;
        }
        if (call) {
            known.event += ", " + words.event;
            return;
        }
    }
    all.push_back(std::move(words));
}

Transition& arrow_between(std::vector<Transition>& arrows, State from, State to) {
    const auto found = std::find_if(arrows.begin(), arrows.end(), [=](const Transition& arrow) {
        return arrow.from == from && arrow.to == to;
    });
    if (found != arrows.end()) {
        return *found;
    }
    arrows.push_back({.from = from, .to = to, .words = {}, .sections = {}});
    return arrows.back();
}

/// With the birth of a connection, which its row does not name as its next state.
bool is_drawn(const RowText& row, State to, const Selection& selection) {
    RowText with_target = row;
    with_target.target = to;
    return to != row.source && selection.draws(with_target);
}

}  // namespace

Transitions transitions(const Selection& selection) {
    Transitions out;
    for (const MachineRows& machine : machine_rows(selection.profile)) {
        for (const RowText& row : machine.rows) {
            const State to = target_of(row);
            if (!is_drawn(row, to, selection)) {
                continue;
            }
            if (const std::optional<Ending> ending = ending_of(row)) {
                out.endings[row.source].insert(*ending);
                continue;
            }
            Transition& arrow = arrow_between(out.arrows, row.source, to);
            add_words(arrow.words, row, words_of(row, machine.rows));
            if (std::find(arrow.sections.begin(), arrow.sections.end(), row.section) ==
                arrow.sections.end()) {
                arrow.sections.push_back(row.section);
            }
        }
    }
    return out;
}

}  // namespace synq
