// What of the tables is told: by profile, by state, by event.
#include "model/fsm/describe.h"
#include "model/fsm/rows_under.h"
#include "model/fsm/tables/vocabulary.h"
#include "model/profile/profile.h"
#include "tests/catch.h"

#include <algorithm>
#include <string>
#include <vector>

namespace synq {
namespace {

// NOLINTBEGIN(readability-identifier-naming): a table of this test's own.
struct patient {
    static constexpr std::string_view name = "the stack is patient";
    static bool holds(const Profile& profile) { return profile.time_wait > seconds(100); }
    static bool test(const Step& step) { return holds(*step.stack.profile); }
};
struct hasty {
    static constexpr std::string_view name = "the stack is hasty";
    static bool holds(const Profile& profile) { return !patient::holds(profile); }
    static bool test(const Step& step) { return holds(*step.stack.profile); }
};
// NOLINTEND(readability-identifier-naming)

using enum State;
using enum Event;
using guard::both;
using guard::has_fin;
using guard::has_syn;
using guard::otherwise;

// clang-format off
using Rows = boost::mp11::mp_list<
    on<"1", Established, RstArrives, both<patient, has_fin>,              action::challenge,        Established>,
    on<"2", Established, RstArrives, both<has_syn, both<has_fin, hasty>>, action::challenge,        Established>,
    on<"3", Established, RstArrives, patient,                             action::reset_connection, Closed>,
    on<"4", Established, RstArrives, has_fin,                             action::challenge,        Established>,
    on<"5", Established, RstArrives, otherwise,                           action::reset_connection, Closed>,
    on<"6", Established, FinArrives, both<patient, hasty>,                action::take_fin,         CloseWait>,
    on<"7", CloseWait,   RstArrives, hasty,                               action::challenge,        CloseWait>,
    on<"8", CloseWait,   RstArrives, otherwise,                           action::reset_connection, Closed>
>;
// clang-format on

/// "section: guard" of every row that is told.
std::vector<std::string> told(const Profile* profile) {
    std::vector<std::string> out;
    for (const RowText& row : rows_under<Rows>(profile)) {
        out.push_back(std::string(row.section) + ": " + row.guard);
    }
    return out;
}

Profile with_time_wait(Duration time_wait) {
    Profile out = *find_profile("linux-6.18");
    out.time_wait = time_wait;
    return out;
}

std::size_t lines(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

Selection only(std::set<State> states, std::set<Event> events) {
    return {.profile = find_profile("linux-6.18"),
            .states = std::move(states),
            .events = std::move(events)};
}

}  // namespace

TEST_CASE("a profile's rows: none that cannot be taken, no guard that always holds") {
    const Profile patient_stack = with_time_wait(seconds(240));
    CHECK(told(&patient_stack) ==
          std::vector<std::string>{"1: FIN set", "3: otherwise", "8: otherwise"});
    const Profile hasty_stack = with_time_wait(seconds(60));
    CHECK(told(&hasty_stack) == std::vector<std::string>{"2: SYN set; and FIN set", "4: FIN set",
                                                         "5: otherwise", "7: otherwise"});
}

TEST_CASE("without a profile every row is told with its full guard") {
    CHECK(told(nullptr) ==
          std::vector<std::string>{"1: the stack is patient; and FIN set",
                                   "2: SYN set; and FIN set; and the stack is hasty",
                                   "3: the stack is patient", "4: FIN set", "5: otherwise",
                                   "6: the stack is patient; and the stack is hasty",
                                   "7: the stack is hasty", "8: otherwise"});
}

TEST_CASE("states that no row leads to are not told") {
    const RowText open{.source = Closed, .event = ActiveOpen, .target = SynSent};
    const RowText stay{.source = FinWait2Orphan, .event = RstArrives, .target = FinWait2Orphan};
    const RowText onward{.source = FinWait2Orphan, .event = FinArrives, .target = State::TimeWait};
    const RowText enter{.source = SynSent, .event = CloseCall, .target = FinWait2Orphan};
    const RowText made{.source = HalfOpen, .event = AckArrives, .target = Established};
    CHECK(without_unentered({stay, open, onward, made}).size() == 2);
    CHECK(without_unentered({stay, open, onward, made, enter}).size() == 5);
}

TEST_CASE("every profile's tables are complete: each group ends with its only `otherwise`") {
    for (const std::string_view profile : profile_names()) {
        for (const MachineRows& machine : machine_rows(find_profile(profile))) {
            for (std::size_t i = 0; i < machine.rows.size(); ++i) {
                const RowText& row = machine.rows[i];
                const bool last =
                    std::none_of(machine.rows.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                 machine.rows.end(), [&row](const RowText& later) {
                                     return later.source == row.source && later.event == row.event;
                                 });
                INFO(profile << ", " << machine.name << ": " << table_name(row.source) << ", "
                             << name(row.event) << ", " << row.guard);
                CHECK((row.guard == "otherwise") == last);
            }
        }
    }
}

TEST_CASE("states answer to the spellings of the tables, of the RFC and of ss, in any case") {
    CHECK(states_named("syn-received") == std::set{SynReceived, HalfOpen});
    CHECK(states_named("SYN-RECV") == std::set{SynReceived, HalfOpen});
    CHECK(states_named("SYN-RECEIVED (request)") == std::set{HalfOpen});
    CHECK(states_named("Fin-Wait-2") == std::set{FinWait2, FinWait2Orphan});
    CHECK(states_named("estab") == std::set{Established});
    CHECK(states_named("unconn") == std::set{Closed});
    CHECK(states_named("FIN-WAIT").empty());
    CHECK(states_named("").empty());
    for (const std::string_view word : state_spellings()) {
        CHECK_FALSE(states_named(word).empty());
    }
    CHECK(state_spellings().size() == 11 + 3 + 3);
}

TEST_CASE("events answer to their names in any case") {
    CHECK(events_named("fin") == std::set{FinArrives});
    CHECK(events_named("Shutdown(wr)") == std::set{ShutdownCall});
    CHECK(events_named("FINE").empty());
    CHECK(event_spellings().size() == static_cast<std::size_t>(kEventCount));
}

TEST_CASE("tables show the rows of the selected states and events") {
    const std::string csv = states_csv(only({FinWait1}, {FinArrives}));
    CHECK(lines(csv, "\n") == 4);  // the titles, and the three rows of a FIN
    CHECK(lines(csv, ",FIN-WAIT-1,FIN,") == 3);

    const std::string page = states_markdown(only({SynReceived, HalfOpen}, {}));
    CHECK(lines(page, "\n## ") == 2);
    CHECK(lines(page, "\n## connection: SYN-RECEIVED (request)\n") == 1);
    CHECK(lines(page, "| otherwise |") > 5);

    const std::string matrix = states_matrix_markdown(only({}, {PassiveOpen, CloseCall}));
    CHECK(lines(matrix, "\n| passive OPEN |") == 1);
    CHECK(lines(matrix, "\n| CLOSE |") == 2);
    CHECK(lines(matrix, "\n| RST |") == 0);

    CHECK(lines(states_markdown(only({State::TimeWait}, {SendCall})), "\nNo row.\n") == 1);
    CHECK(lines(states_matrix_markdown(only({State::TimeWait}, {SendCall})), "\nNo row.\n") == 1);
}

TEST_CASE("diagrams show the arrows that leave or enter the selected states") {
    const std::string dot = states_dot(only({CloseWait}, {}));
    CHECK(lines(dot, " -> ") == 3);
    CHECK(lines(dot, R"("ESTABLISHED" -> "CLOSE-WAIT" [label="FIN"])") == 1);
    CHECK(lines(dot, R"("CLOSE-WAIT" -> "LAST-ACK")") == 1);
    CHECK(lines(dot, R"("CLOSE-WAIT" -> "CLOSED")") == 1);
    CHECK(lines(dot, "cluster_listener") == 0);

    const std::string mermaid = states_mermaid_markdown(only({}, {FinArrives}));
    CHECK(lines(mermaid, " --> ") == 5);
    CHECK(lines(mermaid, " : FIN\n") == 5);
    // A state that was asked for is there, even if nothing of it is.
    CHECK(lines(states_dot(only({CloseWait}, {PassiveOpen})), "\"CLOSE-WAIT\" [label=") == 1);
}

}  // namespace synq
