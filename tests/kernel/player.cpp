#include "tests/kernel/player.h"

#include <algorithm>
#include <fmt/format.h>

namespace synq::test {
namespace {

constexpr Seq kNoIss{7'000};

std::string how_text(std::int64_t how) {
    switch (static_cast<ShutdownHow>(how)) {
        case ShutdownHow::Read:
            return "SHUT_RD";
        case ShutdownHow::Write:
            return "SHUT_WR";
        case ShutdownHow::Both:
            return "SHUT_RDWR";
    }
    return {};
}

}  // namespace

Player::Player(Subject& subject) : subject_(subject) {
    for (int i = 0; i < kFlows; ++i) {
        const FlowKey flow = subject_.flow(i);
        text_.set_first(flow.remote, flow.local, kPeerIss);
    }
}

Seq Player::host_iss(int flow) const {
    const FlowKey key = subject_.flow(flow);
    return text_.first(key.local, key.remote).value_or(kNoIss);
}

std::string Player::call_text(const Step& step) {
    std::string out = std::string{name(step.call)} + "(";
    if (step.call != CallKind::Socket) {
        out += std::to_string(step.socket);
    }
    if (step.call == CallKind::Shutdown) {
        out += ", " + how_text(step.value);
    } else if (step.call == CallKind::SetOption || step.call == CallKind::GetOption) {
        out += ", " + std::string{name(step.option)};
        out += step.call == CallKind::SetOption ? ", " + std::to_string(step.value) : "";
    } else if (step.call == CallKind::Listen || step.call == CallKind::Send ||
               step.call == CallKind::Recv) {
        out += ", " + std::to_string(step.value);
    } else if (step.call == CallKind::Connect) {
        out += ", peer " + std::to_string(step.flow);
    }
    return out + ")";
}

std::string Player::arrive(const Step& step) {
    const FlowKey flow = subject_.flow(step.flow);
    Packet packet{.src = flow.remote, .dst = flow.local, .segment = {}};
    Segment& segment = packet.segment;
    segment.flags = step.flags;
    segment.seq = kPeerIss + step.seq;
    segment.ack = step.flags.ack() ? host_iss(step.flow) + step.ack : Seq{};
    segment.window = step.window;
    segment.len = step.len;
    segment.options = step.options;
    if (step.options.timestamps && step.flags.ack()) {
        segment.options.ts_ecr = last_ts_val_[flow.remote.port] - step.options.ts_ecr;
    }
    if (step.cookie) {
        segment.options.fast_open = last_cookie_;
    }
    std::string out = "-> " + text_.full(packet);
    out += step.options.timestamps ? " TSval " + std::to_string(step.options.ts_val) : "";
    out += step.options.ts_ecr != 0 ? " TSecr -" + std::to_string(step.options.ts_ecr) : "";
    subject_.arrive(packet);
    return out;
}

std::string Player::sent_text(Packet packet, State before) {
    const Segment& segment = packet.segment;
    std::string out;
    if (segment.flags.syn()) {
        const auto old = text_.first(packet.src, packet.dst);
        if (old && *old != segment.seq) {  // another connection on the same ports
            // A new number is a secret function of the time, but after TIME-WAIT it is agreed on.
            out = before == State::TimeWait ? " ISS +" + std::to_string(distance(*old, segment.seq))
                                            : " new ISS";
        }
        text_.learn(packet);
    }
    // A request takes echoes of its SYN-ACK only, and in between the clock may have moved.
    if (segment.options.timestamps && (segment.flags.syn() || before != State::SynReceived)) {
        last_ts_val_[packet.dst.port] = segment.options.ts_val;
    }
    if (segment.options.fast_open.present()) {
        last_cookie_ = segment.options.fast_open;
    }
    out += segment.options.timestamps ? " TSecr " + std::to_string(segment.options.ts_ecr) : "";
    return text_.full(packet) + out;
}

std::string Player::play(const Step& step) {
    const FlowKey flow = subject_.flow(step.flow);
    const State before = subject_.state(flow);
    std::string out;
    if (step.arrives) {
        out = (step.flow == 0 ? "" : "peer " + std::to_string(step.flow) + " ") + arrive(step);
    } else {
        const std::string result = subject_.call(step);
        const bool gives_socket = step.call == CallKind::Socket || step.call == CallKind::Accept;
        sockets_ += gives_socket && result.starts_with("ok") ? 1 : 0;
        out = call_text(step) + " = " + result;
    }
    sent_ = subject_.take_sent();
    for (const Packet& packet : sent_) {
        out += "\n        <- " + sent_text(packet, before);
    }
    for (int i = 0; i < kFlows; ++i) {
        const State state = subject_.state(subject_.flow(i));
        if (i == 0 || state != State::Closed) {
            out +=
                "\n        " + std::string{i == 0 ? "" : "peer 1 "} + std::string{rfc_name(state)};
        }
    }
    for (int i = 0; i < sockets_; ++i) {
        if (const auto memory = subject_.memory(i)) {
            out += fmt::format("\n        memory of {}: received {} of {}, sent {}, reserved {}", i,
                               memory->received, memory->buffer, memory->sent, memory->reserved);
        }
    }
    return out;
}

std::vector<Errno> Player::errors() {
    std::vector<Errno> out;
    out.reserve(static_cast<std::size_t>(sockets_));
    for (int i = 0; i < sockets_; ++i) {
        out.push_back(subject_.so_error(i));
    }
    return out;
}

Played play(Subject& subject, const Script& script) {
    Player player(subject);
    Played out;
    for (const Step& step : script) {
        out.host_iss = player.host_iss(0);
        out.text.push_back(player.play(step));
    }
    out.sent = player.sent();
    out.errors = player.errors();
    std::string& last = out.text.emplace_back("SO_ERROR");
    for (const Errno error : out.errors) {
        last += " " + std::string{error == Errno::None ? "0" : name(error)};
    }
    return out;
}

std::string difference(const Transcript& kernel, const Transcript& model) {
    std::string out;
    for (std::size_t i = 0; i < std::max(kernel.size(), model.size()); ++i) {
        const std::string ours = i < model.size() ? model[i] : "(nothing)";
        const std::string theirs = i < kernel.size() ? kernel[i] : "(nothing)";
        out += ours == theirs ? fmt::format("    {}\n", theirs)
                              : fmt::format("  kernel:\n    {}\n  model:\n    {}\n", theirs, ours);
    }
    return out;
}

}  // namespace synq::test
