// A test bench: one or two hosts, a clock moved by hand, a wire, and a diary.
//
// Timers are exact: each fires at its deadline, first armed first. With a `tick` they fire as
// Linux's would if its wheel had one level: at the start of the tick after the deadline's; or they
// fire when `expiry` says. Segments
// arrive in the order in which they were sent, at once or after `delay`. Everything that happens
// is a line of the diary, which a failing test prints.
#pragma once

#include "model/host/host.h"
#include "tests/catch.h"
#include "tests/segment_text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace synq {

using Lines = std::vector<std::string>;

inline constexpr std::uint16_t kPort = 8000;
inline constexpr IpAddress kHostA = IpAddress::v4(10, 0, 0, 1);
inline constexpr IpAddress kHostB = IpAddress::v4(10, 0, 0, 2);

/// Linux 6.18 at an address, with its default settings.
inline HostConfig linux_host(IpAddress address) {
    const Profile* profile = find_profile("linux-6.18");
    return {.profile = profile,
            .sysctl = profile->sysctl,
            .secret = {.k0 = 0x0123'4567'89ab'cdef, .k1 = address.octets()[15]},
            .address = address};
}

/// A segment that a host sent.
struct SentSegment {
    Instant t;
    std::size_t from = 0;
    Packet packet;
    bool retransmission = false;
};

struct BenchOptions {
    Duration tick{};
    Duration delay{};
    bool last_first = false;  // of timers that fire together, the last one armed fires first
    /// When a timer armed for `deadline` fires, if the last timer fired at `fired`.
    // NOLINTNEXTLINE(readability-redundant-member-init): so that it may be left out
    std::function<Instant(Instant now, Instant deadline, Instant fired)> expiry{};
};

class Bench {
  public:
    explicit Bench(std::vector<HostConfig> configs, BenchOptions options = {})
        : options_(std::move(options)), unwinding_(std::uncaught_exceptions()) {
        for (HostConfig& config : configs) {
            config.owner = static_cast<std::uint16_t>(hosts.size());
            hosts.emplace_back(config);
        }
    }
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;
    ~Bench() {
        if (std::uncaught_exceptions() > unwinding_) {
            std::fprintf(stderr, "what happened before the failure:\n%s", diary().c_str());
        }
    }

    // Calls. A call that blocks is made once more when the wire is empty, as its process would.
    SocketId socket(std::size_t host) { return call(host, {.kind = CallKind::Socket}).socket; }
    CallResult bind(std::size_t host, SocketId socket, const Endpoint& local) {
        return call(host, {.kind = CallKind::Bind, .socket = socket, .endpoint = local});
    }
    CallResult bind(std::size_t host, SocketId socket, std::uint16_t port) {
        return bind(host, socket, Endpoint{IpAddress::any_v4(), port});
    }
    CallResult listen(std::size_t host, SocketId socket, std::int64_t backlog) {
        return call(host, {.kind = CallKind::Listen, .socket = socket, .value = backlog});
    }
    CallResult connect(std::size_t host, SocketId socket, const Endpoint& remote) {
        return call(host, {.kind = CallKind::Connect, .socket = socket, .endpoint = remote});
    }
    CallResult accept(std::size_t host, SocketId socket) {
        return call(host, {.kind = CallKind::Accept, .socket = socket});
    }
    CallResult send(std::size_t host, SocketId socket, std::int64_t octets) {
        return call(host, {.kind = CallKind::Send, .socket = socket, .value = octets});
    }
    CallResult recv(std::size_t host, SocketId socket, std::int64_t octets = 512) {
        return call(host, {.kind = CallKind::Recv, .socket = socket, .value = octets});
    }
    CallResult shutdown(std::size_t host, SocketId socket, ShutdownHow how) {
        return call(host, {.kind = CallKind::Shutdown,
                           .socket = socket,
                           .value = static_cast<std::int64_t>(how)});
    }
    CallResult disconnect(std::size_t host, SocketId socket) {
        return call(host, {.kind = CallKind::Disconnect, .socket = socket});
    }
    CallResult close(std::size_t host, SocketId socket) {
        return call(host, {.kind = CallKind::Close, .socket = socket});
    }
    CallResult set_option(std::size_t host, SocketId socket, SocketOption option,
                          std::int64_t value) {
        Outbox out;
        const CallResult result = hosts[host].set_option(now_, socket, option, value, out);
        enter(host, "option of socket " + std::to_string(socket.value) + ": " +
                        std::string(name(result.error)));
        apply(host, out);
        deliver();
        return result;
    }
    /// An ICMP error that quotes a segment of `host`.
    Drop icmp(std::size_t host, const IcmpError& error) {
        Outbox out;
        const Drop drop = hosts[host].on_icmp(now_, error, out);
        enter(host, "<- ICMP " + std::to_string(error.type) + "/" + std::to_string(error.code) +
                        " " + std::string(describe(drop)));
        apply(host, out);
        deliver();
        return drop;
    }
    CallResult call(std::size_t host, const Call& call) {
        CallResult result = make(host, call);
        if (result.blocked) {
            result = make(host, call);
        }
        return result;
    }
    /// A socket that is bound to kPort and listens.
    SocketId listener(std::size_t host, std::int64_t backlog, std::uint16_t port = kPort) {
        const SocketId out = socket(host);
        REQUIRE(bind(host, out, port).error == Errno::None);
        REQUIRE(listen(host, out, backlog).error == Errno::None);
        return out;
    }

    // The wire.
    /// Segments wait on the wire until release().
    void hold() { held_ = true; }
    void release() {
        held_ = false;
        deliver();
    }
    /// Takes segments of `host` for which `which` holds, until mend().
    void lose(std::size_t host, std::function<bool(const Segment&)> which) {
        losses_.emplace_back(host, std::move(which));
    }
    void cut(std::size_t host) {
        lose(host, [](const Segment& /*any*/) { return true; });
    }
    void mend() { losses_.clear(); }
    /// A segment that no host of the bench sent.
    Drop inject(std::size_t host, const Packet& packet) {
        text.learn(packet);
        const Drop drop = arrive(host, packet);
        deliver();
        return drop;
    }
    /// An ICMP error about a segment that `host` sent.
    Drop inject(std::size_t host, const IcmpError& icmp) {
        Outbox out;
        const Drop drop = hosts[host].on_icmp(now_, icmp, out);
        enter(host, "<- ICMP " + std::to_string(icmp.type) + "/" + std::to_string(icmp.code) + " " +
                        std::string(describe(drop)));
        apply(host, out);
        deliver();
        return drop;
    }

    // The clock.
    [[nodiscard]] Instant now() const { return now_; }
    void run_until(Instant t) {
        for (;;) {
            const Instant timer = timers_.empty() ? kNever : timers_.begin()->first;
            const Instant arrival = wire_.empty() || held_ ? kNever : wire_.front().arrival;
            if (std::min(timer, arrival) > t) {
                break;
            }
            now_ = std::max(now_, std::min(timer, arrival));
            if (timer <= arrival) {
                fire();
            }
            deliver();
        }
        now_ = t;
    }
    void run_for(Duration d) { run_until(now_ + d); }
    [[nodiscard]] Instant next_timer() const {
        return timers_.empty() ? kNever : timers_.begin()->first;
    }
    [[nodiscard]] std::size_t armed_timers() const { return timers_.size(); }

    // What was sent since the last look: "A SYN 0", the sender left out where there is one host.
    Lines take() {
        return taken([&](const SentSegment& s) { return who(s.from) + text.brief(s.packet); });
    }
    Lines take_full() {
        return taken([&](const SentSegment& s) { return who(s.from) + text.full(s.packet); });
    }
    /// "0.710 A PSH+ACK 1/1 len 16", in seconds.
    Lines take_timed() {
        return taken([&](const SentSegment& s) {
            return seconds_text(s.t) + " " + who(s.from) + text.brief(s.packet);
        });
    }
    [[nodiscard]] std::uint64_t count(std::size_t host, Mib counter) const {
        return hosts[host].counters()[counter];
    }
    [[nodiscard]] std::size_t in_state(std::size_t host, State state) const {
        const auto views = hosts[host].sockets();
        return static_cast<std::size_t>(
            std::count_if(views.begin(), views.end(),
                          [&](const SocketView& view) { return view.state == state; }));
    }
    [[nodiscard]] const Listener& listener_of(std::size_t host, SocketId socket) const {
        return hosts[host].store().listeners[hosts[host].listener_of(socket)];
    }

    static std::string seconds_text(Instant t) {
        const std::int64_t ms = t.ns / 1'000'000;
        const std::string fraction = std::to_string(1000 + ms % 1000).substr(1);
        return std::to_string(ms / 1000) + "." + fraction;
    }
    [[nodiscard]] std::string diary() const {
        std::string out;
        for (const std::string& line : diary_) {
            out += line + "\n";
        }
        return out;
    }

    std::vector<Host> hosts;
    SegmentText text;
    std::vector<SentSegment> sent;  // everything, from the beginning

  private:
    struct OnWire {
        Instant arrival;
        std::size_t to = 0;
        Packet packet;
    };

    CallResult make(std::size_t host, const Call& call) {
        Outbox out;
        const CallResult result = hosts[host].call(now_, call, out);
        std::string line = std::string(name(call.kind)) + " socket " +
                           std::to_string(call.socket.value) + " value " +
                           std::to_string(call.value) + ": ";
        line += result.blocked                ? "blocks"
                : result.error == Errno::None ? std::to_string(result.value)
                                              : std::string(name(result.error));
        enter(host, line);
        apply(host, out);
        deliver();
        return result;
    }
    void fire() {
        const TimerRef timer = timers_.begin()->second;
        fired_ = now_;
        timers_.erase(timers_.begin());
        hosts[timer.owner].timer_node(timer).deadline = kNever;
        enter(timer.owner, std::string(name(static_cast<TimerKind>(timer.kind))) + " timer");
        Outbox out;
        hosts[timer.owner].on_timer(now_, timer, out);
        apply(timer.owner, out);
    }
    Drop arrive(std::size_t host, const Packet& packet) {
        Outbox out;
        const Drop drop = hosts[host].on_segment(now_, packet, out);
        enter(host, "<- " + text.full(packet) + " " + std::string(describe(drop)));
        apply(host, out);
        return drop;
    }
    void deliver() {
        while (!held_ && !wire_.empty() && wire_.front().arrival <= now_) {
            const OnWire first = wire_.front();
            wire_.pop_front();
            arrive(first.to, first.packet);
        }
    }
    void apply(std::size_t host, const Outbox& out) {
        for (const Effect& effect : out) {
            if (const auto* sending = std::get_if<SendPacket>(&effect)) {
                put_on_wire(host, *sending);
            } else if (const auto* arming = std::get_if<ArmTimer>(&effect)) {
                disarm(host, arming->timer);
                const Instant fires = expiry(arming->deadline);
                timers_.emplace_hint(
                    options_.last_first ? timers_.lower_bound(fires) : timers_.upper_bound(fires),
                    fires, arming->timer);
                hosts[host].timer_node(arming->timer).deadline = arming->deadline;
            } else if (const auto* cancelling = std::get_if<CancelTimer>(&effect)) {
                disarm(host, cancelling->timer);
            }
        }
    }
    void put_on_wire(std::size_t host, const SendPacket& sending) {
        text.learn(sending.packet);
        sent.push_back({now_, host, sending.packet, sending.retransmission});
        const bool lost = std::any_of(losses_.begin(), losses_.end(), [&](const auto& loss) {
            return loss.first == host && loss.second(sending.packet.segment);
        });
        enter(host, "-> " + text.full(sending.packet) + (lost ? " (lost)" : ""));
        if (!lost && hosts.size() > 1) {
            wire_.push_back({now_ + options_.delay, 1 - host, sending.packet});
        }
    }
    void disarm(std::size_t host, TimerRef timer) {
        std::erase_if(timers_, [&](const auto& entry) { return entry.second == timer; });
        hosts[host].timer_node(timer).deadline = kNever;
    }
    [[nodiscard]] Instant expiry(Instant deadline) const {
        if (options_.expiry) {
            return options_.expiry(now_, deadline, fired_);
        }
        const std::int64_t tick = options_.tick.ns;
        return tick == 0 ? deadline : Instant{(deadline.ns / tick + 1) * tick};
    }
    template <class AsText>
    Lines taken(const AsText& as_text) {
        Lines out;
        for (; looked_at_ < sent.size(); ++looked_at_) {
            out.push_back(as_text(sent[looked_at_]));
        }
        return out;
    }
    [[nodiscard]] std::string who(std::size_t host) const {
        return hosts.size() == 1 ? "" : host == 0 ? "A " : "B ";
    }
    void enter(std::size_t host, const std::string& line) {
        diary_.push_back(seconds_text(now_) + " " + who(host) + line);
    }

    BenchOptions options_;
    int unwinding_;
    Instant now_;
    Instant fired_{-1};
    bool held_ = false;
    std::multimap<Instant, TimerRef> timers_;
    std::deque<OnWire> wire_;
    std::vector<std::pair<std::size_t, std::function<bool(const Segment&)>>> losses_;
    std::size_t looked_at_ = 0;
    Lines diary_;
};

}  // namespace synq
