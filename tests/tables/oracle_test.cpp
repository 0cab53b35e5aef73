// Boost.MSM against the plainest reading of the tables: walk the rows from the top, take the first
// of this state and event whose guard holds, run its action, go to its target.
#include "model/fsm/machine.h"
#include "model/fsm/tables/tables.h"
#include "tests/catch.h"
#include "tests/tables/random_stack.h"

#include <boost/mp11/algorithm.hpp>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace synq {
namespace {

constexpr int kSteps = 300'000;

/// The target, and which row it was; no row: the state stays.
template <class Rows>
std::pair<State, int> interpret(State state, Event event, Step& step) {
    std::pair<State, int> out{state, -1};
    int number = 0;
    boost::mp11::mp_for_each<Rows>([&]<class R>(R /*row*/) {
        if (out.second < 0 && R::source == state && R::event == event && R::guard::test(step)) {
            R::action::run(step);
            out = {R::target, number};
        }
        ++number;
    });
    return out;
}

/// The (state, event) pairs that a table names.
template <class Rows>
std::vector<std::pair<State, Event>> groups() {
    std::set<std::pair<State, Event>> out;
    boost::mp11::mp_for_each<Rows>([&]<class R>(R /*row*/) { out.insert({R::source, R::event}); });
    return {out.begin(), out.end()};
}

std::string text(const Effect& effect) {
    const auto timer = [](TimerRef t) {
        return std::to_string(t.kind) + "/" + std::to_string(t.index);
    };
    if (const auto* send = std::get_if<SendPacket>(&effect)) {
        const Segment& s = send->packet.segment;
        return "send " + to_string(send->packet.src) + " " + flag_names(s.flags) + " " +
               std::to_string(s.seq.raw()) + " " + std::to_string(s.ack.raw()) + " " +
               std::to_string(s.len) + " " + std::to_string(s.window) + " " +
               std::to_string(s.options.ts_val) + " " + std::to_string(s.options.ts_ecr) + " " +
               std::to_string(s.options.mss) + " " + std::to_string(s.options.fast_open.size) +
               (send->retransmission ? " again" : "");
    }
    if (const auto* arming = std::get_if<ArmTimer>(&effect)) {
        return "arm " + timer(arming->timer) + " " + std::to_string(arming->deadline.ns);
    }
    if (const auto* cancelling = std::get_if<CancelTimer>(&effect)) {
        return "cancel " + timer(cancelling->timer);
    }
    if (const auto* waking = std::get_if<WakeSocket>(&effect)) {
        return "wake " + std::to_string(waking->socket.value);
    }
    if (const auto* changed = std::get_if<StateChanged>(&effect)) {
        return "state " + std::to_string(static_cast<int>(changed->from)) + " " +
               std::to_string(static_cast<int>(changed->to));
    }
    const auto& queues = std::get<QueuesChanged>(effect);
    return "queues " + std::to_string(queues.accept_queue) + " " +
           std::to_string(queues.request_queue);
}

/// Everything that a step may have changed, as lines.
std::vector<std::string> outcome(const Step& step, const Stack& stack, const Outbox& out) {
    std::vector<std::string> lines;
    for (const Effect& effect : out) {
        lines.push_back(text(effect));
    }
    for (int i = 0; i < kMibCount; ++i) {
        const auto counter = static_cast<Mib>(i);
        if (stack.mib[counter] != 0) {
            lines.push_back(std::string(name(counter)) + " " + std::to_string(stack.mib[counter]));
        }
    }
    const auto add = [&](auto... values) {
        std::string line;
        ((line += std::to_string(static_cast<std::uint64_t>(values)) + " "), ...);
        lines.push_back(line);
    };
    add(step.done, step.drop, step.error, step.reuse_time_wait, step.forced_iss.raw(),
        step.connection.value, step.request.value, step.time_wait.value, step.listener.value);
    add(stack.store.flows().size(), stack.store.connections.live(), stack.store.requests.live(),
        stack.store.time_waits.live(), stack.store.listeners.live());
    if (step.connection.valid()) {
        const Connection& c = stack.store.connections[step.connection];
        add(c.state, c.timer_role, c.snd.una.raw(), c.snd.nxt.raw(), c.snd.queued.raw(), c.snd.wnd,
            c.rcv.nxt.raw(), c.rcv.acked.raw(), c.rcv.unread, c.ack.quick, c.ack.pingpong,
            c.ack.scheduled, c.ack.now, c.ts_recent, c.rto.ns, c.retransmits, c.error, c.fin_queued,
            c.fin_received, c.replied, c.replied_ticks);
        if (c.extra.valid()) {
            const Extra& e = stack.store.extras[c.extra];
            add(e.soft_error, e.probes, e.probing_since.ns,
                stack.store.held_end(c, c.rcv.nxt).raw());
        }
    }
    if (step.request.valid()) {
        const Request& r = stack.store.requests[step.request];
        add(r.iss.raw(), r.timeouts, r.resent, r.replied, r.replied_ticks);
    }
    if (step.time_wait.valid()) {
        const TimeWait& t = stack.store.time_waits[step.time_wait];
        add(t.state, t.rcv_nxt.raw(), t.ts_recent, t.replied, t.replied_ticks);
    }
    if (step.listener.valid()) {
        const Listener& l = stack.store.listeners[step.listener];
        add(l.backlog, l.accept_queue, l.request_queue, l.young, l.closed, l.fast_open_queue,
            l.fast_open_records, l.fast_open_resets.size());
    }
    return lines;
}

/// The check that leads to the event must hold for the segment; the tables rely on it.
void make_subject(Segment& segment, Event event) {
    const auto with = [&](Flags flags) { segment.flags = segment.flags | flags; };
    switch (event) {
        case Event::RstArrives:
            with(kRst);
            return;
        case Event::SynArrives:
            with(kSyn);
            return;
        case Event::AckArrives:
            with(kAck);
            return;
        case Event::FinArrives:
            with(kFin);
            return;
        case Event::TextArrives:
            segment.len = std::max(segment.len, 1U);
            return;
        default:
            return;
    }
}

template <class Rows>
void compare(State (*dispatch)(State, Event, Step&), std::uint64_t seed) {
    const auto pairs = groups<Rows>();
    StackMaker maker(seed);
    std::set<int> rows_run;
    for (int i = 0; i < kSteps; ++i) {
        const auto [state, event] = pairs[static_cast<std::size_t>(
            maker.pick(0, static_cast<std::int64_t>(pairs.size()) - 1))];
        Stack ours = maker.stack();
        StepIds ids;
        if (dispatch == &dispatch_listener) {
            if (state == State::Listen || event == Event::PassiveOpen) {
                ids.listener = maker.listener(ours, true);
            }
        } else {
            // The request of a Fast Open shows itself to events of its own alone.
            const bool child = state == State::SynReceived || state == State::FinWait1;
            const bool own =
                child && (event == Event::FastOpenSegmentArrives || event == Event::RequestTimeout);
            ids = maker.records(ours, state, own || (child && maker.coin()));
            ids.request = child && !own ? RequestId{} : ids.request;
        }
        Segment segment =
            maker.pick(0, 9) == 0 ? maker.chosen(ours, ids) : maker.segment(ours, ids);
        make_subject(segment, event);
        const IcmpError icmp = maker.icmp(ours, ids);
        Stack theirs = ours;
        Outbox our_out;
        Outbox their_out;
        ours.out = &our_out;
        theirs.out = &their_out;
        const auto octets = static_cast<std::uint32_t>(maker.pick(0, 5000));
        const bool port_named = maker.coin();
        const bool arrives =
            event_class(event) != EventClass::Call && event_class(event) != EventClass::Timer;
        const auto step_on = [&](Stack& stack) {
            return Step{.now = maker.now(),
                        .stack = stack,
                        .flow = maker.flow(),
                        .segment = arrives ? &segment : nullptr,
                        .icmp = arrives ? &icmp : nullptr,
                        .listener = ids.listener,
                        .connection = ids.connection,
                        .request = ids.request,
                        .time_wait = ids.time_wait,
                        .octets = octets,
                        .port_named = port_named};
        };
        Step our_step = step_on(ours);
        Step their_step = step_on(theirs);
        const State our_target = dispatch(state, event, our_step);
        const auto [their_target, row] = interpret<Rows>(state, event, their_step);
        rows_run.insert(row);
        const auto our_lines = outcome(our_step, ours, our_out);
        const auto their_lines = outcome(their_step, theirs, their_out);
        if (our_target != their_target || our_lines != their_lines) {
            INFO("step " << i << ": " << rfc_name(state) << ", " << name(event) << ", row " << row);
            REQUIRE(our_target == their_target);
            REQUIRE(our_lines == their_lines);
        }
    }
    // A comparison that never gets to a row says nothing about it.
    CHECK_FALSE(rows_run.contains(-1));
    int number = 0;
    boost::mp11::mp_for_each<Rows>([&]<class R>(R /*row*/) {
        INFO(rfc_name(R::source) << ", " << name(R::event) << ", " << R::action::name << ", row "
                                 << number);
        CHECK(rows_run.contains(number));
        ++number;
    });
}

}  // namespace

TEST_CASE("the connection's machine does what its table says, step for step") {
    compare<table::ConnectionRows>(&dispatch_connection, 1);
}

TEST_CASE("the listener's machine does what its table says, step for step") {
    compare<table::ListenerRows>(&dispatch_listener, 2);
}

TEST_CASE("an event without a row changes nothing") {
    StackMaker maker(3);
    Stack stack = maker.stack();
    Outbox out;
    stack.out = &out;
    const StepIds ids = maker.records(stack, State::Established);
    Step step{.now = maker.now(),
              .stack = stack,
              .flow = maker.flow(),
              .segment = nullptr,
              .listener = {},
              .connection = ids.connection,
              .request = {},
              .time_wait = {}};
    REQUIRE(dispatch_connection(State::Established, Event::RequestTimeout, step) ==
            State::Established);
    REQUIRE(dispatch_connection(State::HalfOpen, Event::CloseCall, step) == State::HalfOpen);
    REQUIRE(dispatch_listener(State::Listen, Event::FinArrives, step) == State::Listen);
    REQUIRE(out.empty());
}

}  // namespace synq
