// A host with one socket or flow in a state of the measured tables, its peer played by hand.
//
// "(close)" behind a state after our own FIN: the application has no descriptor any more; without
// it, it called shutdown(). A passive SYN-RECEIVED is a half-open request of a listener.
#pragma once

#include "model/fsm/machine.h"
#include "tests/peer.h"
#include "tests/record_numbers.h"
#include "tests/state_event.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace synq {

class Prepared {
  public:
    static constexpr std::uint16_t kPeerPort = 4000;

    /// A host with the profile's own settings, its replies to invalid segments not rate limited.
    static HostConfig config(std::string_view profile) {
        HostConfig out = linux_host(kHostA);
        out.profile = find_profile(profile);
        out.sysctl = out.profile->sysctl;
        out.sysctl.invalid_ratelimit_ms = 0;
        return out;
    }

    Prepared(const std::string& state, const HostConfig& config)
        : bench({config}),
          peer(bench, kPeerPort),
          about_listener_(state.starts_with("LISTEN") || state == "SYN-RECEIVED(passive)") {
        if (state == "CLOSED" || state == "SYN-SENT" || state == "SYN-RECEIVED(active)") {
            socket = bench.socket(0);
            bench.bind(0, socket, kPort);
            if (state != "CLOSED") {
                bench.connect(0, socket, peer.self());
            }
            if (state == "SYN-RECEIVED(active)") {
                peer.syn();
            }
        } else {
            socket = bench.listener(0, 10);
            if (about_listener_) {
                fill_queues(state);
            } else {
                peer.open();
                socket = bench.accept(0, socket).socket;
                leave_established(state);
            }
        }
        bench.run_for(milliseconds(100));  // delayed ACKs
        peer.heard();
    }

    /// By the tables' names of calls; ABORT is close() with SO_LINGER of no time.
    CallResult call(const std::string& which) {
        if (which == "OPEN(active)" || which == "OPEN(any)") {
            return asks_again() ? ask_table_to_open() : bench.connect(0, socket, peer.self());
        }
        if (which == "OPEN(passive)") {
            return bench.listen(0, socket, 10);
        }
        if (which == "ACCEPT") {
            return bench.accept(0, socket);
        }
        if (which == "SEND") {
            return bench.send(0, socket, 1);
        }
        if (which == "RECEIVE") {
            return bench.recv(0, socket);
        }
        if (which == "ABORT") {
            REQUIRE(bench.set_option(0, socket, SocketOption::Linger, 0).error == Errno::None);
        }
        if (which == "ABORT" || which.starts_with("CLOSE")) {
            return bench.close(0, socket);
        }
        REQUIRE(which.starts_with("SHUTDOWN"));
        return bench.shutdown(
            0, socket, which.starts_with("SHUTDOWN(WR)") ? ShutdownHow::Write : ShutdownHow::Read);
    }
    /// The flow's state; without one LISTEN, if the state was about a listener that is still there.
    [[nodiscard]] std::string state() const {
        const State own = peer.state();
        const bool listens = about_listener_ && bench.in_state(0, State::Listen) != 0;
        return std::string(own == State::Closed && listens ? "LISTEN" : rfc_name(own));
    }

    Bench bench;
    Peer peer;
    SocketId socket;

  private:
    void fill_queues(const std::string& state) {
        if (state == "LISTEN+half-open" || state == "SYN-RECEIVED(passive)") {
            peer.syn();
        } else if (state != "LISTEN") {
            peer.open();
        }
    }
    void leave_established(const std::string& state) {
        if (state.ends_with("+unread data")) {
            peer.send(kPsh | kAck, 1, 1, {.len = 3});
        }
        if (state.starts_with("CLOSE-WAIT") || state.starts_with("LAST-ACK")) {
            peer.send(kFin | kAck, state.ends_with("+unread data") ? 4 : 1, 1);
        }
        if (state.starts_with("CLOSE-WAIT") || state.starts_with("ESTABLISHED")) {
            return;
        }
        if (state.ends_with("(close)")) {
            bench.close(0, socket);
            socket = {};
        } else {
            bench.shutdown(0, socket, ShutdownHow::Write);
        }
        if (state.starts_with("CLOSING")) {
            peer.send(kFin | kAck, 1, 1);
        }
        if (state.starts_with("FIN-WAIT-2") || state.starts_with("TIME-WAIT")) {
            peer.send(kAck, 1, 2);
        }
        if (state.starts_with("TIME-WAIT")) {
            peer.send(kFin | kAck, 1, 2);
        }
    }
    [[nodiscard]] bool asks_again() const {
        return peer.state() == State::SynSent || peer.state() == State::SynReceived;
    }
    /// A host cannot tell a second connect() from the retry of a blocked one: the rows are asked,
    /// over a copy of the records.
    CallResult ask_table_to_open() {
        const Host& host = bench.hosts[0];
        Outbox out;
        Stack stack{.profile = find_profile("linux-6.18"), .store = host.store(), .out = &out};
        const FlowKey flow{.local = {kHostA, kPort}, .remote = peer.self()};
        Step step{.now = bench.now(),
                  .stack = stack,
                  .flow = flow,
                  .connection = ConnectionId{stack.store.find(flow).index()}};
        const State before = step.conn().state;
        REQUIRE(dispatch_connection(before, Event::ActiveOpen, step) == before);
        REQUIRE(out.empty());
        return CallResult::fail(step.error);
    }

    bool about_listener_;  // where nobody is connected, the listener answers
};

/// The connection's numbers now.
inline Numbers numbers(const Prepared& host) {
    const FlowKey flow{{kHostA, kPort}, host.peer.self()};
    const Seq peer_iss = host.peer.iss();
    return numbers_of(host.bench.hosts[0].store(), flow, peer_iss)
        .value_or(Numbers{Seq{7'000}, Seq{7'000}, peer_iss});
}

}  // namespace synq
