#include "tests/kernel/exploration.h"

#include <algorithm>
#include <array>

namespace synq::test {
namespace {

constexpr std::uint16_t kUsualWindow = 64'240;
constexpr std::uint32_t kFarAway = 1U << 30U;
constexpr std::int64_t kMostSent = 8'000;  // the congestion window is not modelled
constexpr int kMostSockets = 4;
constexpr std::size_t kMostSteps = 8;

constexpr std::array kGaps{
    KnownGap{"out-of-order",
             "the model acknowledges text or FIN behind a gap but does not keep it"},
    KnownGap{"shut-both",
             "text for a socket whose both directions are shut should be answered by RST"},
    KnownGap{"send-in-syn-received", "send() waits in the model, Linux takes the octets"},
    KnownGap{"small-window", "zero windows and their probes are not modelled"},
};

}  // namespace

std::span<const KnownGap> known_gaps() {
    return kGaps;
}

ScriptMaker::ScriptMaker(RandomStream& random, const std::set<std::string>& open_gaps)
    : random_(random), open_gaps_(open_gaps), player_(model_) {}

void ScriptMaker::add(const Step& step) {
    player_.play(step);
    script_.push_back(step);
    if (!step.arrives && step.call == CallKind::Shutdown) {
        const auto how = static_cast<ShutdownHow>(step.value);
        if (how != ShutdownHow::Read) {
            shut_[step.socket].insert(ShutdownHow::Write);
        }
        if (how != ShutdownHow::Write) {
            shut_[step.socket].insert(ShutdownHow::Read);
        }
    }
    if (!step.arrives && step.call == CallKind::Send) {
        sent_octets_ += step.value;
    }
    if (step.arrives && step.flags.syn()) {
        offered_[step.flow] = step.options;
    }
    for (int flow = 0; flow < 2; ++flow) {
        last_[flow] = numbers(flow);
    }
}

Numbers ScriptMaker::numbers(int flow) const {
    const auto known = last_.find(flow);
    const Seq iss = player_.host_iss(flow);
    Numbers out = known == last_.end()
                      ? Numbers{.una = iss, .nxt = iss + 1, .rcv_nxt = Player::kPeerIss + 1}
                      : known->second;
    model_.numbers(model_.flow(flow), out);
    return out;
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
        out.ts_val = ts_val_ - (random_.chance(1, 10) ? 100U : 0U);
        out.ts_ecr = random_.chance(1, 16) ? one_of<std::uint32_t>({1, ~0U, 100'000}) : 0U;
    }
    return out;
}

void ScriptMaker::begin_passive() {
    add(call(CallKind::Socket));
    add(call(CallKind::Bind));
    add(call(CallKind::Listen, 0, one_of<std::int64_t>({0, 1, 5, 5})));
    const std::uint64_t progress = random_.uniform(5);
    if (progress >= 1) {
        Step syn = arrival(kSyn, 0);
        syn.options = random_offer();
        add(syn);
    }
    if (progress >= 2) {
        Step ack = arrival(kAck, 1, 1);
        ack.options = options_for(kAck, 0);
        add(ack);
    }
    if (progress >= 3) {
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
    const Numbers now = numbers(flow);
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
    static constexpr CallKind kKinds[] = {CallKind::Send,     CallKind::Send,     CallKind::Send,
                                          CallKind::Recv,     CallKind::Recv,     CallKind::Recv,
                                          CallKind::Shutdown, CallKind::Close,    CallKind::Close,
                                          CallKind::Accept,   CallKind::Shutdown, CallKind::Accept,
                                          CallKind::Socket,   CallKind::Listen,   CallKind::Connect,
                                          CallKind::Connect,  CallKind::Bind};
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
            out.value = one_of<std::int64_t>({0, 1, 5});
            break;
        case CallKind::Connect:
            out.flow = random_.chance(1, 4) ? 1 : 0;
            break;
        default:
            break;
    }
    return out;
}

bool ScriptMaker::both_directions_shut(const Step& step) const {
    if (step.arrives || step.call != CallKind::Shutdown) {
        return false;
    }
    const auto how = static_cast<ShutdownHow>(step.value);
    const auto found = shut_.find(step.socket);
    const auto has = [&](ShutdownHow direction) {
        return how == direction || how == ShutdownHow::Both ||
               (found != shut_.end() && found->second.contains(direction));
    };
    return has(ShutdownHow::Read) && has(ShutdownHow::Write);
}

std::string_view ScriptMaker::gap_of(const Step& step) const {
    if (step.arrives && (step.len != 0 || step.flags.fin()) &&
        after(Player::kPeerIss + step.seq, numbers(step.flow).rcv_nxt)) {
        return "out-of-order";
    }
    if (both_directions_shut(step)) {
        return "shut-both";
    }
    if (step.arrives && step.window != kUsualWindow) {
        return "small-window";
    }
    if (!step.arrives && step.call == CallKind::Send) {
        const Connection* const conn = model_.connection_of(step.socket);
        if (conn != nullptr && conn->state == State::SynReceived) {
            return "send-in-syn-received";
        }
    }
    return {};
}

Step ScriptMaker::random_step() {
    for (;;) {
        const Step out = random_.chance(3, 5) ? random_arrival() : random_call();
        const std::string gap{gap_of(out)};
        const bool too_much =
            !out.arrives && ((out.call == CallKind::Send && sent_octets_ + out.value > kMostSent) ||
                             (out.call == CallKind::Socket && model_.sockets() >= kMostSockets));
        if (!too_much && (gap.empty() || open_gaps_.contains(gap))) {
            return out;
        }
    }
}

Script ScriptMaker::make() {
    if (random_.chance(3, 5)) {
        begin_passive();
    } else {
        begin_active();
    }
    const std::size_t steps = 1 + random_.uniform(kMostSteps);
    for (std::size_t i = 0; i < steps; ++i) {
        add(random_step());
    }
    return script_;
}

namespace {

/// Simpler forms of one step.
std::vector<Step> simpler(const Step& step) {
    std::vector<Step> out;
    const auto propose = [&](auto change) {
        Step other = step;
        change(other);
        out.push_back(other);
    };
    if (step.arrives) {
        propose([](Step& s) { s.options = {}; });
        propose([](Step& s) { s.options.mss = 0; });
        propose([](Step& s) { s.options.sack_permitted = false; });
        propose([](Step& s) { s.options.timestamps = false; });
        propose([](Step& s) { s.options.window_scale = Options::kNoScale; });
        propose([](Step& s) { s.options.ts_ecr = 0; });
        propose([](Step& s) { s.window = kUsualWindow; });
        propose([](Step& s) { s.len = 0; });
        propose([](Step& s) { s.len = std::min(s.len, 5U); });
        propose([](Step& s) { s.flow = 0; });
        propose([](Step& s) { s.flags = Flags{static_cast<std::uint8_t>(s.flags.bits() & ~8U)}; });
    } else if (step.call == CallKind::Send || step.call == CallKind::Recv) {
        propose([](Step& s) { s.value = std::min<std::int64_t>(s.value, 5); });
    }
    std::erase_if(out, [&](const Step& each) {
        return each.options == step.options && each.window == step.window && each.len == step.len &&
               each.flow == step.flow && each.flags == step.flags && each.value == step.value;
    });
    return out;
}

}  // namespace

Script shrink(Script script, const std::function<bool(const Script&)>& fails) {
    for (bool better = true; better;) {
        better = false;
        for (std::size_t i = script.size(); i-- > 0;) {
            Script shorter = script;
            shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(i));
            if (fails(shorter)) {
                script = std::move(shorter);
                better = true;
            }
        }
        for (std::size_t i = 0; i < script.size(); ++i) {
            for (const Step& each : simpler(script[i])) {
                Script other = script;
                other[i] = each;
                if (fails(other)) {
                    script = std::move(other);
                    better = true;
                    break;
                }
            }
        }
    }
    return script;
}

}  // namespace synq::test
