// Every state, timer and drop has a name, and different things have different names.
#include "model/tcb/drop.h"
#include "model/tcb/state.h"
#include "model/tcb/timer_kind.h"
#include "tests/catch.h"

#include <set>

namespace synq {

TEST_CASE("states are spelled as in RFC 9293 and as in ss") {
    CHECK(rfc_name(State::SynSent) == "SYN-SENT");
    CHECK(rfc_name(State::SynReceived) == "SYN-RECEIVED");
    CHECK(rfc_name(State::HalfOpen) == "SYN-RECEIVED");
    CHECK(rfc_name(State::FinWait1) == "FIN-WAIT-1");
    CHECK(rfc_name(State::FinWait2Orphan) == "FIN-WAIT-2");
    CHECK(rfc_name(State::TimeWait) == "TIME-WAIT");
    CHECK(ss_name(State::Listen) == "LISTEN");
    CHECK(ss_name(State::HalfOpen) == "SYN-RECV");
    CHECK(ss_name(State::Established) == "ESTAB");
    CHECK(ss_name(State::LastAck) == "LAST-ACK");
    CHECK(ss_name(State::FinWait2Orphan) == "FIN-WAIT-2");
}

TEST_CASE("thirteen states have the eleven names of RFC 9293") {
    std::set<std::string_view> names;
    for (int i = 0; i < kStateCount; ++i) {
        names.insert(rfc_name(static_cast<State>(i)));
    }
    CHECK(names.size() == 11);
    CHECK_FALSE(names.contains(""));
}

TEST_CASE("timers have names") {
    CHECK(name(TimerKind::Retransmission) == "retransmission");
    CHECK(name(TimerKind::DelayedAck) == "delayed-ACK");
    CHECK(name(TimerKind::Request) == "request");
    CHECK(name(TimerKind::TimeWait) == "TIME-WAIT");
}

TEST_CASE("every reason to drop has a line of its own, and not dropped has none") {
    CHECK(describe(Drop::None).empty());
    CHECK(describe(Drop::AcceptQueueFull) == "accept queue full (ListenOverflows)");
    std::set<std::string_view> lines;
    for (int i = 0; i <= static_cast<int>(Drop::AckAcceptQueueReset); ++i) {
        lines.insert(describe(static_cast<Drop>(i)));
    }
    CHECK(lines.size() == static_cast<std::size_t>(Drop::AckAcceptQueueReset) + 1);
}

}  // namespace synq
