// A host, the program that makes its socket calls, and its clock: what a tester talks to.
//
// One four-tuple. Virtual time stands still, and no timer fires, unless pass() is called. The
// program is that of model-learning set-ups: it holds one socket of its own and one that it has
// accepted, and at most one of its calls is blocked.
#pragma once

#include "model/host/host.h"
#include "sim/des/timing_wheel.h"
#include "sim/peer/line.h"

#include <optional>
#include <vector>

namespace synq {

class PeerHost {
  public:
    static constexpr Endpoint kLocal{IpAddress::v4(10, 0, 0, 1), 8000};
    static constexpr Endpoint kRemote{IpAddress::v4(10, 0, 0, 2), 20'000};
    static constexpr std::int64_t kBacklog = 1;
    static constexpr std::int64_t kSendOctets = 1;
    /// The clock goes no further than this.
    static constexpr Instant kEnd = Instant{} + seconds(1'000'000'000);

    /// A fresh socket bound to kLocal.
    PeerHost(const Profile& profile, const Sysctls& sysctl);

    // Each leaves in sent() what it sent.
    /// As after construction.
    void reset();
    void call(PeerCall call);
    /// From kRemote to kLocal.
    void arrive(const Segment& segment);
    /// Lets time pass, timers in the order of their deadlines. False, and nothing done: kEnd.
    bool pass(Duration span);

    [[nodiscard]] const std::vector<Segment>& sent() const { return sent_; }
    /// Of the four-tuple; without a record LISTEN or CLOSED.
    [[nodiscard]] State state() const;
    [[nodiscard]] const Host& host() const { return host_; }

  private:
    /// The wheel's accessor.
    struct Nodes {
        Host& host;
        TimerNode& operator()(TimerRef timer) const { return host.timer_node(timer); }
    };

    [[nodiscard]] Call as_call(PeerCall call) const;
    void close(SocketId& socket);
    void begin(const Call& call);
    CallResult make(const Call& call);
    void accepted(SocketId socket);
    void run_woken();
    void apply();

    Host fresh_;
    SocketId fresh_own_;
    Host host_;
    TimingWheel<Nodes> timers_;
    Instant now_;
    SocketId own_;                 // listens or connects; invalid: closed
    SocketId accepted_;            // invalid: none
    std::optional<Call> blocked_;  // made again when its socket wakes
    bool woken_ = false;
    Outbox outbox_;
    std::vector<Segment> sent_;
};

}  // namespace synq
