// The shape of the transition tables: complete groups, no idle words, no dead ends, and the arrows
// of RFC 9293 figure 5, no fewer and no more than Linux has.
#include "model/fsm/describe.h"
#include "model/fsm/tables/tables.h"
#include "tests/catch.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

namespace synq {
namespace {

struct Machine {
    std::string name;
    std::vector<RowText> rows;
};

std::vector<Machine> machines() {
    return {{"listener", listener_rows()}, {"connection", connection_rows()}};
}

/// "take_ack" of synq::action::take_ack.
template <class T>
std::string type_name() {
    std::string text = __PRETTY_FUNCTION__;
    text = text.substr(text.find("T = ") + 4);
    text = text.substr(0, text.find_first_of(";]"));
    return text.substr(text.rfind("::") + 2);
}

template <class Guard>
struct GuardWords {
    static void add(std::set<std::string>& words) { words.insert(type_name<Guard>()); }
};
template <class A, class B>
struct GuardWords<guard::both<A, B>> {
    static void add(std::set<std::string>& words) {
        GuardWords<A>::add(words);
        GuardWords<B>::add(words);
    }
};

template <class Guard>
struct GuardWords<guard::without<Guard>> {
    static void add(std::set<std::string>& words) { GuardWords<Guard>::add(words); }
};

using AllRows = boost::mp11::mp_append<table::ListenerRows, table::ConnectionRows>;

/// What stands in brackets behind `macro` in a header: its first argument, once per use.
std::vector<std::string> declared(const std::string& header, const std::string& macro) {
    std::ifstream in(std::string(SYNQ_DOCS_DIR) + "/../model/fsm/" + header);
    REQUIRE(in.good());
    std::vector<std::string> out;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with(macro + "(")) {
            const std::size_t begin = macro.size() + 1;
            out.push_back(line.substr(begin, line.find(',') - begin));
        }
    }
    REQUIRE(out.size() > 5);
    return out;
}

bool has_row(const std::vector<RowText>& rows, State from, Event event, State to) {
    return std::any_of(rows.begin(), rows.end(), [&](const RowText& row) {
        return row.source == from && row.event == event && row.target == to;
    });
}

/// Where a connection can come from besides the rows of its own table: the listener makes it.
constexpr std::array kBorn{State::HalfOpen, State::Established};

std::set<State> reachable(std::set<State> found, bool backwards) {
    const std::vector<RowText> rows = connection_rows();
    for (std::size_t before = 0; before != found.size();) {
        before = found.size();
        for (const RowText& row : rows) {
            const State from = backwards ? row.target : row.source;
            if (found.contains(from)) {
                found.insert(backwards ? row.source : row.target);
            }
        }
    }
    return found;
}

std::set<State> connection_states() {
    std::set<State> out;
    for (const RowText& row : connection_rows()) {
        out.insert({row.source, row.target});
    }
    return out;
}

}  // namespace

TEST_CASE("every group of rows ends with its only `otherwise`, and no guard stands there twice") {
    for (const Machine& machine : machines()) {
        std::map<std::pair<State, Event>, std::vector<std::string>> groups;
        for (const RowText& row : machine.rows) {
            groups[{row.source, row.event}].push_back(row.guard);
        }
        for (const auto& [key, guards] : groups) {
            INFO(machine.name << ": " << table_name(key.first) << ", " << name(key.second));
            CHECK(guards.back() == "otherwise");
            CHECK(std::count(guards.begin(), guards.end(), "otherwise") == 1);
            CHECK(std::set(guards.begin(), guards.end()).size() == guards.size());
        }
    }
}

TEST_CASE("every guard and every action that is declared stands in a table") {
    std::set<std::string> guards;
    std::set<std::string> actions;
    boost::mp11::mp_for_each<AllRows>([&]<class R>(R /*row*/) {
        GuardWords<typename R::guard>::add(guards);
        actions.insert(type_name<typename R::action>());
    });
    for (const char* macro : {"SYNQ_GUARD", "SYNQ_RULE"}) {
        for (const std::string& word : declared("guards.h", macro)) {
            INFO("guard " << word);
            CHECK(guards.contains(word));
        }
    }
    for (const std::string& word : declared("actions.h", "SYNQ_ACTION")) {
        INFO("action " << word);
        CHECK(actions.contains(word));
    }
}

TEST_CASE("different guards read differently") {
    std::map<std::string_view, std::set<std::string>> words_of;
    boost::mp11::mp_for_each<AllRows>([&]<class R>(R /*row*/) {
        if constexpr (requires { R::guard::name; }) {
            words_of[R::guard::name].insert(type_name<typename R::guard>());
        }
    });
    for (const auto& [text, words] : words_of) {
        INFO(text);
        CHECK(words.size() == 1);
    }
}

TEST_CASE("every row names its source") {
    for (const Machine& machine : machines()) {
        for (const RowText& row : machine.rows) {
            const std::string section(row.section);
            INFO(section);
            const bool rfc = section.starts_with("3.") || section.starts_with("RFC ");
            CHECK((rfc || section.starts_with("linux.md ")));
        }
    }
}

TEST_CASE("every state can be reached, and from every state CLOSED can be reached") {
    std::set<State> start{State::Closed};
    start.insert(kBorn.begin(), kBorn.end());
    CHECK(reachable(start, false) == connection_states());
    CHECK(reachable({State::Closed}, true) == connection_states());
    CHECK(connection_states().size() == static_cast<std::size_t>(kStateCount - 1));  // no LISTEN
}

TEST_CASE("only the listener makes half-open requests") {
    std::set<State> start{State::Closed, State::Established};
    CHECK_FALSE(reachable(start, false).contains(State::HalfOpen));
}

TEST_CASE("the arrows of RFC 9293 figure 5 are there") {
    struct Arrow {
        const char* id;
        bool listener;
        State from;
        Event event;
        State to;
    };
    using enum State;
    using enum Event;
    // F4 (LISTEN to SYN-RECEIVED) is the birth of a request, below. F5 (SEND in LISTEN) Linux does
    // not have. F16 is F14 and F17 in one segment. N3: an RST resets.
    const Arrow arrows[] = {
        {"F1", true, Closed, PassiveOpen, Listen},
        {"F2", false, Closed, ActiveOpen, SynSent},
        {"F3", true, Listen, CloseCall, Closed},
        {"F6", false, SynSent, CloseCall, Closed},
        {"F7", false, SynSent, SynArrives, SynReceived},
        {"F8", false, SynSent, SynArrives, Established},
        {"F9", false, HalfOpen, SegmentArrives, Closed},
        {"F10 passive", false, HalfOpen, SegmentArrives, Established},
        {"F10 active", false, SynReceived, AckArrives, Established},
        {"F11", false, SynReceived, CloseCall, FinWait1},
        {"F12", false, Established, CloseCall, FinWait1},
        {"F13", false, Established, FinArrives, CloseWait},
        {"F14", false, FinWait1, AckArrives, FinWait2},
        {"F15", false, FinWait1, FinArrives, Closing},
        {"F17", false, FinWait2, FinArrives, TimeWait},
        {"F18", false, Closing, AckArrives, TimeWait},
        {"F19", false, CloseWait, CloseCall, LastAck},
        {"F20", false, LastAck, AckArrives, Closed},
        {"F21", false, TimeWait, TimeWaitTimeout, Closed},
        {"N3 SYN-SENT", false, SynSent, RstArrives, Closed},
        {"N3 SYN-RECEIVED", false, SynReceived, RstArrives, Closed},
        {"N3 ESTABLISHED", false, Established, RstArrives, Closed},
        {"N3 FIN-WAIT-1", false, FinWait1, RstArrives, Closed},
        {"N3 FIN-WAIT-2", false, FinWait2, RstArrives, Closed},
        {"N3 CLOSE-WAIT", false, CloseWait, RstArrives, Closed},
        {"N3 CLOSING", false, Closing, RstArrives, Closed},
        {"N3 LAST-ACK", false, LastAck, RstArrives, Closed},
    };
    for (const Arrow& arrow : arrows) {
        INFO(arrow.id);
        CHECK(has_row(arrow.listener ? listener_rows() : connection_rows(), arrow.from, arrow.event,
                      arrow.to));
    }
    CHECK_FALSE(has_row(listener_rows(), Listen, SendCall, SynSent));
    bool opens = false;
    boost::mp11::mp_for_each<table::ListenerRows>([&]<class R>(R /*row*/) {
        opens = opens || (std::is_same_v<typename R::action, action::open_request> &&
                          R::source == Listen && R::event == SynArrives);
    });
    CHECK(opens);
}

TEST_CASE("a connection changes its state only along figure 5 and Linux's own arrows") {
    using enum State;
    const std::set<std::pair<State, State>> allowed{// figure 5
                                                    {Closed, SynSent},
                                                    {SynSent, Closed},
                                                    {SynSent, SynReceived},
                                                    {SynSent, Established},
                                                    {HalfOpen, Closed},
                                                    {HalfOpen, Established},
                                                    {SynReceived, Established},
                                                    {SynReceived, FinWait1},
                                                    {Established, FinWait1},
                                                    {Established, CloseWait},
                                                    {FinWait1, FinWait2},
                                                    {FinWait1, Closing},
                                                    {FinWait2, TimeWait},
                                                    {Closing, TimeWait},
                                                    {CloseWait, LastAck},
                                                    {LastAck, Closed},
                                                    {TimeWait, Closed},
                                                    // its note 3, resets and timeouts
                                                    {SynReceived, Closed},
                                                    {Established, Closed},
                                                    {FinWait1, Closed},
                                                    {FinWait2, Closed},
                                                    {CloseWait, Closed},
                                                    {Closing, Closed},
                                                    // FIN-WAIT-2 without an owner (deviation D10)
                                                    {FinWait1, FinWait2Orphan},
                                                    {FinWait2, FinWait2Orphan},
                                                    {FinWait2Orphan, TimeWait},
                                                    // a child of a SYN,ACK with text or FIN
                                                    {HalfOpen, SynReceived},
                                                    {FinWait2Orphan, Closed}};
    std::set<std::pair<State, State>> found;
    for (const RowText& row : connection_rows()) {
        if (row.source != row.target) {
            INFO(table_name(row.source)
                 << " to " << table_name(row.target) << " on " << name(row.event));
            CHECK(allowed.contains({row.source, row.target}));
            found.insert({row.source, row.target});
        }
    }
    CHECK(found == allowed);
}

}  // namespace synq
