#include "tests/kernel/exploration.h"

#include <algorithm>

namespace synq::test {
namespace {

constexpr std::uint32_t kFarAway = 1U << 30U;
constexpr std::int64_t kMostSent = 8'000;  // the congestion window is not modelled
constexpr int kMostSockets = 4;
constexpr std::size_t kMostSteps = 8;

/// Of a peer's first segments: the largest window bounds how text is cut.
constexpr std::uint16_t kFirstWindows[] = {100, 500, 1'000, 2'000, 3'000, 8'000};

/// Where some scripts begin.
constexpr const char* kStates[] = {"LISTEN",     "SYN-SENT",   "SYN-RECEIVED(active)",
                                   "CLOSE-WAIT", "FIN-WAIT-1", "FIN-WAIT-1(close)",
                                   "FIN-WAIT-2", "CLOSING",    "FIN-WAIT-2(close)",
                                   "LAST-ACK",   "TIME-WAIT",  "ESTABLISHED+unread data"};

}  // namespace

ScriptMaker::ScriptMaker(RandomStream& random, const std::set<std::string>& open_gaps,
                         const Settings& settings)
    : random_(random),
      open_gaps_(open_gaps),
      model_(settings),
      player_(model_),
      watch_(model_, player_),
      fast_open_(settings.contains("net.ipv4.tcp_fastopen")) {}

void ScriptMaker::add(const Step& step) {
    player_.play(step);
    watch_.note();
    script_.push_back(step);
    if (!step.arrives && step.call == CallKind::Send) {
        sent_octets_ += step.value;
    }
    if (step.arrives && step.flags.syn()) {
        offered_[step.flow] = step.options;
    }
}

Options ScriptMaker::random_offer() {
    Options out;
    if (random_.chance(1, 2)) {
        out.mss = one_of<std::uint16_t>({1'460, 1'460, 536, 1'000, 1, 65'535});
    }
    out.sack_permitted = random_.chance(1, 3);
    if (random_.chance(1, 3)) {
        out.timestamps = true;
        out.ts_val = ts_val_;
    }
    if (random_.chance(1, 3)) {
        out.window_scale = static_cast<std::uint8_t>(random_.uniform(15));
    }
    return out;
}

Options ScriptMaker::options_for(Flags flags, int flow) {
    ++ts_val_;
    if (flags.syn()) {
        return random_.chance(3, 4) ? offered_[flow] : random_offer();
    }
    Options out;
    out.timestamps = offered_[flow].timestamps ? random_.chance(15, 16) : random_.chance(1, 32);
    if (out.timestamps) {
        out.ts_val = ts_val_ - (random_.chance(1, 10) ? one_of<std::uint32_t>({2, 100}) : 0U);
        out.ts_ecr = random_.chance(1, 16) ? one_of<std::uint32_t>({1, 100'000, 0U - 100'000}) : 0U;
    }
    return out;
}

Step ScriptMaker::peer_syn(int flow) {
    Step out = arrival(kSyn, 0);
    out.flow = flow;
    out.options = random_offer();
    return out;
}

/// The ACK that completes a handshake.
Step ScriptMaker::peer_ack(int flow) {
    Step out = arrival(kAck, 1, 1);
    out.flow = flow;
    out.options = options_for(kAck, flow);
    out.options.ts_ecr = 0;
    if (random_.chance(1, 4)) {
        out.window = one_of(kFirstWindows);
    }
    return out;
}

void ScriptMaker::begin_passive() {
    add(call(CallKind::Socket));
    add(call(CallKind::Bind));
    add(call(CallKind::Listen, 0, one_of<std::int64_t>({0, 1, 5, 5})));
    const std::uint64_t progress = random_.uniform(5);
    if (progress >= 1) {
        add(peer_syn(0));
    }
    if (progress >= 2) {
        const Step ack = peer_ack(0);
        if (!known_gap(ack)) {
            add(ack);
        }
    }
    if (progress >= 3) {
        add(call(CallKind::Accept));
    }
}

/// More peers than there is room for: requests and a queue that a second listen() makes too short.
void ScriptMaker::begin_crowded() {
    add(call(CallKind::Socket));
    add(call(CallKind::Bind));
    if (random_.chance(1, 2)) {
        add(set_option(0, SocketOption::DeferAccept, 1));
    }
    add(call(CallKind::Listen, 0, one_of<std::int64_t>({0, 1, 2})));
    for (int flow = 0; flow < Player::kFlows; ++flow) {
        add(peer_syn(flow));
    }
    if (random_.chance(1, 2)) {
        add(call(CallKind::Listen, 0, 0));
    }
    add(peer_ack(random_.chance(1, 2) ? 1 : 0));
}

/// A listener leaves what it has to another one of its SO_REUSEPORT group.
void ScriptMaker::begin_with_heir() {
    for (int socket = 0; socket < 2; ++socket) {
        add(call(CallKind::Socket));
        add(set_option(socket, SocketOption::ReusePort, 1));
    }
    add(call(CallKind::Bind));
    add(call(CallKind::Listen, 0, 5));
    add(peer_syn(0));
    add(peer_syn(1));
    if (random_.chance(1, 2)) {
        add(peer_ack(1));
    }
    // The group has two members at this point alone, and no segment arrives that both could take.
    add(call(CallKind::Bind, 1));
    add(call(CallKind::Listen, 1, one_of<std::int64_t>({0, 0, 5})));
    add(random_.chance(1, 2) ? call(CallKind::Close, 0) : shutdown(0, ShutdownHow::Read));
}

/// A Fast Open child, perhaps accepted, before its final ACK.
void ScriptMaker::begin_fast() {
    add(call(CallKind::Socket));
    add(set_option(0, SocketOption::FastOpen, one_of<std::int64_t>({1, 1, 2})));
    add(call(CallKind::Bind));
    add(call(CallKind::Listen, 0, one_of<std::int64_t>({0, 1, 5})));
    Step syn = peer_syn(0);
    syn.len = one_of<std::uint32_t>({1, 5, 5, 100, 1'000, 1'400});
    add(syn);
    if (random_.chance(3, 4)) {
        add(call(CallKind::Accept));
    }
}

void ScriptMaker::begin_active() {
    add(call(CallKind::Socket));
    add(call(CallKind::Bind));
    add(call(CallKind::Connect));
    const std::uint64_t progress = random_.uniform(4);
    if (progress >= 1) {
        Step syn = progress == 1 ? arrival(kSyn, 0) : arrival(kSyn | kAck, 0, 1);
        syn.options = random_offer();
        if (random_.chance(1, 4)) {
            syn.window = one_of(kFirstWindows);
        }
        add(syn);
    }
}

std::uint32_t ScriptMaker::near_seq(const Numbers& now, std::uint32_t len) {
    const std::uint32_t next = distance(Player::kPeerIss, now.rcv_nxt);
    const std::uint32_t edge = next + now.rcv_wnd;
    const std::uint32_t choices[] = {next,
                                     next,
                                     next,
                                     next,
                                     next,
                                     next,
                                     next - 1,
                                     next + 1,
                                     next - 2,
                                     edge - 1,
                                     edge,
                                     edge + 1,
                                     next + 9,
                                     next - len,
                                     0,
                                     1,
                                     edge - len,
                                     next - len - 1,
                                     next + kFarAway,
                                     next - kFarAway,
                                     next - len + 1,
                                     edge + 1 - len};
    return one_of(choices);
}

std::uint32_t ScriptMaker::near_ack(const Numbers& now, int flow) {
    const Seq iss = player_.host_iss(flow);
    const std::uint32_t una = distance(iss, now.una);
    const std::uint32_t nxt = distance(iss, now.nxt);
    const std::uint32_t choices[] = {
        nxt,     nxt,     nxt, nxt, nxt, nxt, una, una - 1,        nxt + 1,
        nxt - 1, una + 1, 0,   1,   nxt, nxt, una, una - kFarAway, nxt + kFarAway};
    return one_of(choices);
}

Step ScriptMaker::random_arrival() {
    static constexpr Flags kKinds[] = {kAck,
                                       kAck,
                                       kAck,
                                       kAck,
                                       kAck | kPsh,
                                       kAck | kPsh,
                                       kAck | kPsh,
                                       kFin | kAck,
                                       kFin | kAck,
                                       kFin | kAck | kPsh,
                                       kSyn,
                                       kSyn,
                                       kSyn | kAck,
                                       kRst,
                                       kRst,
                                       kRst | kAck,
                                       Flags{},
                                       kFin,
                                       kPsh,
                                       kSyn | kFin,
                                       kSyn | kRst,
                                       kFin | kRst | kAck,
                                       kSyn | kFin | kAck};
    const int flow = random_.chance(1, 8) ? 1 : 0;
    const Numbers now = watch_.numbers(flow);
    Step out = arrival(one_of(kKinds), 0);
    out.flow = flow;
    if (out.flags.psh() || random_.chance(1, 6)) {
        out.len = one_of<std::uint32_t>({1, 5, 5, 100, 1'000, 1'448, 1'460});
    }
    out.seq = near_seq(now, out.len);
    out.ack = out.flags.ack() ? near_ack(now, flow) : 0;
    out.options = options_for(out.flags, flow);
    if (random_.chance(1, 8)) {
        out.window = one_of<std::uint16_t>({0, 1, 10, 1'000, 65'535});
    }
    return out;
}

Step ScriptMaker::random_call() {
    static constexpr CallKind kKinds[] = {
        CallKind::Send,   CallKind::Send,      CallKind::Send,      CallKind::Recv,
        CallKind::Recv,   CallKind::Recv,      CallKind::Shutdown,  CallKind::Close,
        CallKind::Close,  CallKind::Accept,    CallKind::Shutdown,  CallKind::Accept,
        CallKind::Socket, CallKind::Listen,    CallKind::Connect,   CallKind::Connect,
        CallKind::Bind,   CallKind::SetOption, CallKind::GetOption, CallKind::Disconnect};
    const auto sockets = static_cast<std::uint64_t>(std::max(model_.sockets(), 1));
    Step out = call(one_of(kKinds), static_cast<int>(random_.uniform(sockets)));
    switch (out.call) {
        case CallKind::Send:
            out.value = one_of<std::int64_t>({1, 5, 5, 100, 1'400, 3'000});
            break;
        case CallKind::Recv:
            out.value = one_of<std::int64_t>({1, 5, 512, 65'536});
            break;
        case CallKind::Shutdown:
            out.value = static_cast<std::int64_t>(random_.chance(1, 2) ? 1U : random_.uniform(3));
            break;
        case CallKind::Listen:
            out.value = one_of<std::int64_t>({0, 1, 2, 5, -1});
            break;
        case CallKind::SetOption:
            out.option = one_of({SocketOption::DeferAccept, SocketOption::DeferAccept,
                                 SocketOption::SynCount, SocketOption::ReuseAddress});
            if (fast_open_ && random_.chance(1, 2)) {
                out.option = SocketOption::FastOpen;
            }
            out.value = one_of<std::int64_t>({0, 1, 1, 10, 128, -1});
            break;
        case CallKind::GetOption:
            out.option = one_of(
                {SocketOption::DeferAccept, SocketOption::SynCount, SocketOption::ReuseAddress});
            break;
        case CallKind::Connect:
            out.flow = random_.chance(1, 4) ? 1 : 0;
            break;
        default:
            break;
    }
    return out;
}

bool ScriptMaker::known_gap(const Step& step) const {
    return watch_.meets_gap(step, open_gaps_);
}

Step ScriptMaker::random_step() {
    for (;;) {
        const Step out = random_.chance(3, 5) ? random_arrival() : random_call();
        const bool too_much =
            !out.arrives && ((out.call == CallKind::Send && sent_octets_ + out.value > kMostSent) ||
                             (out.call == CallKind::Socket && model_.sockets() >= kMostSockets));
        if (!too_much && !known_gap(out)) {
            return out;
        }
    }
}

bool ScriptMaker::replay(const Script& script) {
    for (const Step& step : script) {
        if (known_gap(step)) {
            return false;
        }
        add(step);
    }
    return true;
}

Script ScriptMaker::make() {
    const std::uint64_t opening = random_.uniform(13);
    if (fast_open_ && random_.chance(3, 4)) {
        begin_fast();
    } else if (opening < 4) {
        begin_passive();
    } else if (opening < 7) {
        for (const Step& step : steps_to(one_of(kStates))) {
            add(step);
        }
    } else if (opening < 10) {
        begin_active();
    } else if (opening < 12) {
        begin_crowded();
    } else {
        begin_with_heir();
    }
    const std::size_t steps = 1 + random_.uniform(kMostSteps);
    for (std::size_t i = 0; i < steps; ++i) {
        add(random_step());
    }
    return script_;
}

}  // namespace synq::test
