#include "model/fsm/describe.h"

#include "model/fsm/describe_parts.h"
#include "model/fsm/rows_under.h"
#include "model/fsm/tables/tables.h"

#include <algorithm>
#include <array>
#include <utility>

namespace synq {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_word(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::vector<RowText> listener_rows(const Profile* profile) {
    return rows_under<table::ListenerRows>(profile);
}

std::vector<RowText> connection_rows(const Profile* profile) {
    std::vector<RowText> rows = rows_under<table::ConnectionRows>(profile);
    return profile == nullptr ? rows : without_unentered(std::move(rows));
}

std::vector<RowText> without_unentered(std::vector<RowText> rows) {
    std::set<State> entered{State::Closed, State::HalfOpen, State::Established};
    for (std::size_t before = 0; before != entered.size();) {
        before = entered.size();
        for (const RowText& row : rows) {
            if (entered.contains(row.source)) {
                entered.insert(row.target);
            }
        }
    }
    std::erase_if(rows, [&](const RowText& row) { return !entered.contains(row.source); });
    return rows;
}

std::vector<MachineRows> machine_rows(const Profile* profile) {
    return {{"listener", listener_rows(profile)}, {"connection", connection_rows(profile)}};
}

bool Selection::lists(const RowText& row) const {
    return (states.empty() || states.contains(row.source)) &&
           (events.empty() || events.contains(row.event));
}

bool Selection::draws(const RowText& row) const {
    return (states.empty() || states.contains(row.source) || states.contains(row.target)) &&
           (events.empty() || events.contains(row.event));
}

std::string_view table_name(State state) {
    static constexpr std::array<std::string_view, kStateCount> kNames{"CLOSED",
                                                                      "LISTEN",
                                                                      "SYN-SENT",
                                                                      "SYN-RECEIVED (active)",
                                                                      "SYN-RECEIVED (request)",
                                                                      "ESTABLISHED",
                                                                      "FIN-WAIT-1",
                                                                      "FIN-WAIT-2",
                                                                      "CLOSE-WAIT",
                                                                      "CLOSING",
                                                                      "LAST-ACK",
                                                                      "TIME-WAIT",
                                                                      "FIN-WAIT-2 (orphan)"};
    return kNames[static_cast<std::size_t>(state)];
}

std::set<State> states_named(std::string_view word) {
    std::set<State> out;
    for (int i = 0; i < kStateCount; ++i) {
        const State state = static_cast<State>(i);
        if (same_word(word, table_name(state)) || same_word(word, rfc_name(state)) ||
            same_word(word, ss_name(state))) {
            out.insert(state);
        }
    }
    return out;
}

std::set<Event> events_named(std::string_view word) {
    std::set<Event> out;
    for (int i = 0; i < kEventCount; ++i) {
        if (same_word(word, name(static_cast<Event>(i)))) {
            out.insert(static_cast<Event>(i));
        }
    }
    return out;
}

std::vector<std::string_view> state_spellings() {
    std::vector<std::string_view> out;
    for (const auto spelling : {rfc_name, ss_name, table_name}) {
        for (int i = 0; i < kStateCount; ++i) {
            add_once(out, spelling(static_cast<State>(i)));
        }
    }
    return out;
}

std::vector<std::string_view> event_spellings() {
    std::vector<std::string_view> out;
    for (int i = 0; i < kEventCount; ++i) {
        add_once(out, name(static_cast<Event>(i)));
    }
    return out;
}

}  // namespace synq
