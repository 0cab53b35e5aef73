// Rows as a person reads them, under one profile or with every profile's rules side by side.
//
// A guard that looks at nothing but the profile says so with `static bool holds(const Profile&)`.
// Under a given profile such a guard is settled: its row is left out, or loses the guard.
#pragma once

#include "model/fsm/arrival.h"
#include "model/fsm/describe.h"
#include "model/fsm/guards.h"
#include "model/profile/profile.h"

#include <boost/mp11/algorithm.hpp>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace synq {

/// What remains of a guard under a profile.
struct GuardText {
    bool possible = true;
    std::string text;  // empty: it always holds
};

/// `profile` null: nothing is settled.
template <class Guard>
struct GuardReading {
    static GuardText under(const Profile* profile) {
        if constexpr (requires(const Profile& known) { Guard::holds(known); }) {
            if (profile != nullptr) {
                return {.possible = Guard::holds(*profile), .text = {}};
            }
        }
        const bool always = std::is_same_v<Guard, guard::otherwise>;
        return {.possible = true, .text = always ? std::string() : std::string(Guard::name)};
    }
};
template <class A, class B>
struct GuardReading<guard::both<A, B>> {
    static GuardText under(const Profile* profile) {
        const GuardText a = GuardReading<A>::under(profile);
        const GuardText b = GuardReading<B>::under(profile);
        const bool two = !a.text.empty() && !b.text.empty();
        return {.possible = a.possible && b.possible,
                .text = a.text + (two ? "; and " : "") + b.text};
    }
};

template <class Guard>
struct GuardReading<guard::without<Guard>> {
    static GuardText under(const Profile* profile) {
        if constexpr (requires(const Profile& known) { Guard::holds(known); }) {
            if (profile != nullptr) {
                return {.possible = !Guard::holds(*profile), .text = {}};
            }
        }
        return {.possible = true, .text = "not: " + GuardReading<Guard>::under(profile).text};
    }
};

/// The rows that `profile` can take, in the order in which they are tried: none whose event
/// it does not know in that state, none whose guard it rules out, none behind a row of the same
/// state and event that always holds. Null: all rows.
template <class Rows>
std::vector<RowText> rows_under(const Profile* profile) {
    std::vector<RowText> out;
    std::set<std::pair<State, Event>> settled;
    boost::mp11::mp_for_each<Rows>([&]<class R>(R /*row*/) {
        GuardText guard = GuardReading<typename R::guard>::under(profile);
        if (profile != nullptr && !arises(R::source, R::event, profile->rules)) {
            return;
        }
        if (!guard.possible || settled.contains({R::source, R::event})) {
            return;
        }
        if (guard.text.empty()) {
            guard.text = guard::otherwise::name;
            if (profile != nullptr) {
                settled.insert({R::source, R::event});
            }
        }
        out.push_back(
            {R::section, R::source, R::event, std::move(guard.text), R::action::name, R::target});
    });
    return out;
}

/// Without the states that no row leads to. A connection begins CLOSED, or is made by the listener:
/// half-open, or from a cookie ESTABLISHED.
std::vector<RowText> without_unentered(std::vector<RowText> rows);

}  // namespace synq
