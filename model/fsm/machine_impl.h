// Boost.MSM over a list of rows. Included by the machine_*.cpp files only: heavy to compile (CMake
// gives those files -g0), light to run.
//
// A machine's cost grows faster than its rows, so the connection's table is compiled in parts, by
// class of event. That is possible because machines keep nothing: each dispatch builds one on
// the stack, points it at the record's state, runs one row and reads the next state back.
#pragma once

#include "model/fsm/step.h"
#include "model/fsm/tables/vocabulary.h"

#include <array>
#include <boost/mp11/mpl.hpp>
#include <boost/msm/back/metafunctions.hpp>
#include <boost/msm/back/state_machine.hpp>
#include <boost/msm/front/functor_row.hpp>
#include <boost/msm/front/state_machine_def.hpp>
#include <cstddef>
#include <type_traits>

namespace synq::detail {

namespace msm = boost::msm;
namespace mp = boost::mp11;

/// MSM wants a type per state and per event.
template <State S>
struct StateOf : msm::front::state<> {};
template <Event E>
struct EventOf {
    Step* step;
};

template <class Guard>
struct GuardOf {
    template <class Ev, class Fsm, class From, class To>
    bool operator()(const Ev& event, Fsm& /*fsm*/, From& /*from*/, To& /*to*/) const {
        return Guard::test(*event.step);
    }
};
template <class Action>
struct ActionOf {
    template <class Ev, class Fsm, class From, class To>
    void operator()(const Ev& event, Fsm& /*fsm*/, From& /*from*/, To& /*to*/) const {
        Action::run(*event.step);
    }
};

template <class R>
using MsmRow = msm::front::Row<StateOf<R::source>, EventOf<R::event>, StateOf<R::target>,
                               ActionOf<typename R::action>, GuardOf<typename R::guard>>;

/// The front end of a machine over the rows of a table. `Table` is a named type, not the list
/// itself, so that symbols stay short. MSM tries the rows of one (state, event) last first, so it
/// is given the reversed list.
template <class Table>
struct FrontEnd : msm::front::state_machine_def<FrontEnd<Table>> {
    using initial_state = StateOf<State::Closed>;
    using transition_table = mp::mp_reverse<mp::mp_transform<MsmRow, typename Table::Rows>>;
    // Neither is used: actions do not throw, and no event is posted from within an event.
    using no_exception_thrown = int;
    using no_message_queue = int;

    template <class Fsm, class Ev>
    void no_transition(const Ev& /*event*/, Fsm& /*fsm*/, int /*state*/) {}
};

/// MSM's serialization hook, used to read and set the one number that is a machine's state.
struct StatePort {
    int id = 0;
    bool writing = false;  // into the machine

    template <std::size_t N>
    // NOLINTNEXTLINE(cppcoreguidelines-avoid-c-arrays): the member that MSM passes
    StatePort& operator&(int (&states)[N]) {
        if (writing) {
            states[0] = id;
        } else {
            id = states[0];
        }
        return *this;
    }
    template <class Other>
    StatePort& operator&(Other& /*ignored*/) {
        return *this;
    }
};

template <class Table>
class Machine {
    using Rows = typename Table::Rows;
    using BackEnd = msm::back::state_machine<FrontEnd<Table>>;
    using Transitions = typename BackEnd::stt;
    template <State S>
    static constexpr int kMsmId = msm::back::get_state_id<Transitions, StateOf<S>>::value;

    template <class R>
    using SourceOf = std::integral_constant<State, R::source>;
    template <class R>
    using TargetOf = std::integral_constant<State, R::target>;
    using States = mp::mp_unique<
        mp::mp_append<mp::mp_transform<SourceOf, Rows>, mp::mp_transform<TargetOf, Rows>>>;

    /// State -> MSM's number, and back. MSM numbers by order of the table; nobody else sees that.
    static constexpr auto kToMsm = [] {
        std::array<int, kStateCount> out{};
        out.fill(-1);
        mp::mp_for_each<States>([&](auto s) { out[static_cast<std::size_t>(s())] = kMsmId<s()>; });
        return out;
    }();
    static constexpr auto kFromMsm = [] {
        std::array<State, mp::mp_size<States>::value> out{};
        mp::mp_for_each<States>([&](auto s) { out[static_cast<std::size_t>(kMsmId<s()>)] = s(); });
        return out;
    }();

    template <class R>
    using EventIn = std::integral_constant<Event, R::event>;
    using Events = mp::mp_unique<mp::mp_transform<EventIn, Rows>>;

    template <Event E>
    static void process(BackEnd& machine, Step& step) {
        machine.process_event(EventOf<E>{&step});
    }
    /// Event -> the function that hands it to MSM; null where no row names the event.
    static constexpr auto kProcess = [] {
        std::array<void (*)(BackEnd&, Step&), kEventCount> out{};
        mp::mp_for_each<Events>(
            [&](auto e) { out[static_cast<std::size_t>(e())] = &process<e()>; });
        return out;
    }();

  public:
    static State dispatch(State state, Event event, Step& step) {
        auto* const run = kProcess[static_cast<std::size_t>(event)];
        StatePort port{.id = kToMsm[static_cast<std::size_t>(state)], .writing = true};
        if (run == nullptr || port.id < 0) {
            return state;
        }
        BackEnd machine;
        machine.serialize(port, 0);
        run(machine, step);
        port.writing = false;
        machine.serialize(port, 0);
        return kFromMsm[static_cast<std::size_t>(port.id)];
    }
};

}  // namespace synq::detail
