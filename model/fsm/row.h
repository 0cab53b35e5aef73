// A row of a transition table, as a type.
//
// Columns stand in reading order and begin with the paragraph that asks for the row: RFC 9293
// unless it says otherwise. Rows of one (state, event) are tried from top to bottom.
#pragma once

#include "model/fsm/events.h"
#include "model/tcb/state.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace synq {

/// A string literal as a template argument.
template <std::size_t Size>
struct Text {
    char value[Size]{};

    // NOLINTNEXTLINE(google-explicit-constructor,cppcoreguidelines-avoid-c-arrays)
    constexpr Text(const char (&text)[Size]) { std::copy_n(text, Size, value); }
    [[nodiscard]] constexpr std::string_view view() const { return {value, Size - 1}; }
};

template <State Source, Event Trigger, class Guard, class Action, State Target, Text Section>
struct Row {
    static constexpr State source = Source;
    static constexpr Event event = Trigger;
    static constexpr State target = Target;
    static constexpr std::string_view section = Section.view();
    using guard = Guard;
    using action = Action;
};

/// on<section, state, event, guard, action, next>
template <Text Section, State Source, Event Trigger, class Guard, class Action, State Target>
using on = Row<Source, Trigger, Guard, Action, Target, Section>;

}  // namespace synq
