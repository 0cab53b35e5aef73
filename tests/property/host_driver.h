// One host under random segments, calls and timers. A value: a copy goes on exactly as the original
// would have, given the same random numbers.
#pragma once

#include "model/base/hash.h"
#include "model/host/host.h"
#include "sim/des/random.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

namespace synq {

class HostDriver {
  public:
    static constexpr std::uint16_t kServerPort = 80;
    static constexpr IpAddress kOwn = IpAddress::v4(10, 0, 0, 1);
    static constexpr IpAddress kPeers = IpAddress::v4(10, 0, 0, 2);

    HostDriver(const HostConfig& config, std::int64_t backlog) : host(config) {
        listener = call({.kind = CallKind::Socket}).socket;
        call({.kind = CallKind::Bind, .socket = listener, .endpoint = {kOwn, kServerPort}});
        call({.kind = CallKind::Listen, .socket = listener, .value = backlog});
    }

    /// One random thing happens.
    void step(RandomStream& random) {
        begin();
        const std::uint64_t what = random.uniform(100);
        if (what < 55) {
            arrive(random);
        } else if (what < 85) {
            random_call(random);
        } else if (what < 95) {
            fire_next();
        } else {
            now = now + milliseconds(static_cast<std::int64_t>(random.uniform(1000)));
            while (!timers.empty() && timers.begin()->first <= now) {
                fire_next();
            }
        }
    }
    /// Everything is closed and every timer runs out; false when that never ends.
    bool wind_up() {
        begin();
        for (const SocketId socket : sockets) {
            call({.kind = CallKind::Close, .socket = socket});
        }
        sockets.clear();
        call({.kind = CallKind::Close, .socket = listener});
        for (int i = 0; i < 100'000 && !timers.empty(); ++i) {
            begin();
            fire_next();
        }
        call({.kind = CallKind::Socket});  // what was released last is reused from now on
        return timers.empty();
    }

    Host host;
    Instant now;
    std::multimap<Instant, TimerRef> timers;
    std::vector<SocketId> sockets;  // but the listener's
    SocketId listener;
    Outbox out;                      // of the last step
    Segment arrived;                 // in the last step; without flags when none did
    bool syn_for_time_wait = false;  // it was a SYN, and it found a TIME-WAIT
    Fnv64 digest;                    // of everything that the host has asked for
    std::uint64_t sent = 0;
    std::uint64_t sent_again = 0;
    std::uint64_t resets = 0;

  private:
    void begin() {
        out.clear();
        applied_ = 0;
        arrived = {};
        syn_for_time_wait = false;
    }
    CallResult call(const Call& call) {
        const CallResult result = host.call(now, call, out);
        digest.add(static_cast<std::uint64_t>(result.value));
        digest.add(static_cast<std::uint64_t>(result.error));
        apply();
        return result;
    }
    void fire_next() {
        if (timers.empty()) {
            return;
        }
        now = std::max(now, timers.begin()->first);
        const TimerRef timer = timers.begin()->second;
        timers.erase(timers.begin());
        host.on_timer(now, timer, out);
        apply();
    }

    /// Carries out what has been added to `out` since the last time.
    void apply() {
        for (; applied_ < out.size(); ++applied_) {
            const Effect& effect = out[applied_];
            digest.add(effect.index());
            if (const auto* sending = std::get_if<SendPacket>(&effect)) {
                note(*sending);
            } else if (const auto* arming = std::get_if<ArmTimer>(&effect)) {
                disarm(arming->timer);
                timers.emplace(arming->deadline, arming->timer);
                digest.add(static_cast<std::uint64_t>(arming->deadline.ns));
            } else if (const auto* cancelling = std::get_if<CancelTimer>(&effect)) {
                disarm(cancelling->timer);
            }
        }
    }
    void note(const SendPacket& sending) {
        const Segment& s = sending.packet.segment;
        if (s.flags == (kSyn | kAck)) {
            syn_acks_[sending.packet.dst.port] = s;
        }
        digest.add((std::uint64_t{s.seq.raw()} << 32U) | s.ack.raw());
        digest.add((std::uint64_t{s.len} << 32U) | (std::uint64_t{s.window} << 8U) |
                   s.flags.bits());
        ++(sending.retransmission ? sent_again : sent);
        resets += s.flags.rst() ? 1U : 0U;
    }
    void disarm(TimerRef timer) {
        std::erase_if(timers, [&](const auto& entry) { return entry.second == timer; });
    }

    // Segments.
    void arrive(RandomStream& random) {
        FlowKey flow{.local = {kOwn, kServerPort},
                     .remote = {kPeers, static_cast<std::uint16_t>(1 + random.uniform(8))}};
        const auto records = flows();
        if (!records.empty() && random.chance(3, 4)) {
            flow = records[random.uniform(records.size())];
        }
        arrived = segment_for(flow, random);
        const RecordRef found = host.store().find(flow);
        syn_for_time_wait = arrived.flags.syn() && found.kind() == RecordKind::TimeWait;
        const Drop drop = host.on_segment(now, {flow.remote, flow.local, arrived}, out);
        digest.add(static_cast<std::uint64_t>(drop));
        apply();
    }
    [[nodiscard]] std::vector<FlowKey> flows() const {
        std::vector<FlowKey> found;
        const Store& store = host.store();
        store.flows().for_each([&](RecordRef ref) {
            switch (ref.kind()) {
                case RecordKind::Connection:
                    found.push_back(store.connections[ConnectionId{ref.index()}].flow);
                    break;
                case RecordKind::Request:
                    found.push_back(store.requests[RequestId{ref.index()}].flow);
                    break;
                default:
                    found.push_back(store.time_waits[TimeWaitId{ref.index()}].flow);
                    break;
            }
        });
        return found;
    }
    [[nodiscard]] Segment segment_for(const FlowKey& flow, RandomStream& random) const {
        static constexpr std::uint8_t kFlags[] = {0x02, 0x02, 0x02, 0x10, 0x10, 0x10,
                                                  0x10, 0x12, 0x18, 0x18, 0x11, 0x11,
                                                  0x04, 0x14, 0x00, 0x01, 0x29, 0x1b};
        Segment out_segment;
        out_segment.flags = Flags{kFlags[random.uniform(std::size(kFlags))]};
        out_segment.window = static_cast<std::uint16_t>(random.next());
        if (!out_segment.flags.syn() && random.chance(1, 3)) {
            out_segment.len = static_cast<std::uint32_t>(random.uniform(2000));
        }
        const auto [seq, ack] = expected(flow, random);
        out_segment.seq = near(seq, random);
        out_segment.ack = near(ack, random);
        out_segment.options.timestamps = random.chance(1, 3);
        out_segment.options.ts_val = static_cast<std::uint32_t>(now.ns / 1'000'000);
        out_segment.options.mss = static_cast<std::uint16_t>(random.uniform(1500));
        out_segment.options.sack_permitted = random.chance(1, 2);
        return out_segment;
    }
    /// The next numbers of the far end, as far as the host's record tells.
    [[nodiscard]] std::pair<Seq, Seq> expected(const FlowKey& flow, RandomStream& random) const {
        const Store& store = host.store();
        const RecordRef ref = store.find(flow);
        if (ref.kind() == RecordKind::Connection) {
            const Connection& c = store.connections[ConnectionId{ref.index()}];
            return {c.rcv.nxt, random.chance(2, 3) ? c.snd.nxt : c.snd.una};
        }
        if (ref.kind() == RecordKind::Request) {
            const Request& r = store.requests[RequestId{ref.index()}];
            return {r.irs + 1, r.iss + 1};
        }
        if (ref.kind() == RecordKind::TimeWait) {
            const TimeWait& t = store.time_waits[TimeWaitId{ref.index()}];
            return {t.rcv_nxt, t.snd_nxt};
        }
        // No record: perhaps a cookie was sent.
        if (const auto last = syn_acks_.find(flow.remote.port); last != syn_acks_.end()) {
            return {last->second.ack, last->second.seq + 1};
        }
        return {Seq{static_cast<std::uint32_t>(random.next())},
                Seq{static_cast<std::uint32_t>(random.next())}};
    }
    static Seq near(Seq seq, RandomStream& random) {
        switch (random.uniform(8)) {
            case 0:
                return seq + static_cast<std::uint32_t>(random.uniform(5)) - 2;
            case 1:
                return seq + static_cast<std::uint32_t>(random.uniform(70'000));
            case 2:
                return seq - static_cast<std::uint32_t>(random.uniform(70'000));
            default:
                return seq;
        }
    }

    // Calls.
    void random_call(RandomStream& random) {
        const std::uint64_t what = random.uniform(10);
        if (what == 0 && sockets.size() < 12) {
            const SocketId socket = call({.kind = CallKind::Socket}).socket;
            sockets.push_back(socket);
            const auto port = static_cast<std::uint16_t>(1 + random.uniform(3));
            call({.kind = CallKind::Connect, .socket = socket, .endpoint = {kPeers, port}});
        } else if (what <= 2) {
            const CallResult accepted = call({.kind = CallKind::Accept, .socket = listener});
            if (accepted.error == Errno::None && !accepted.blocked) {
                sockets.push_back(accepted.socket);
            }
        } else if (!sockets.empty()) {
            call_on(random.uniform(sockets.size()), random);
        }
    }
    void call_on(std::size_t index, RandomStream& random) {
        static constexpr CallKind kCalls[] = {CallKind::Send, CallKind::Send,     CallKind::Recv,
                                              CallKind::Recv, CallKind::Shutdown, CallKind::Connect,
                                              CallKind::Close};
        const SocketId socket = sockets[index];
        const CallKind kind = kCalls[random.uniform(std::size(kCalls))];
        const std::uint64_t bound = kind == CallKind::Shutdown ? 3 : 4000;
        call({.kind = kind,
              .socket = socket,
              .endpoint = {kPeers, 1},
              .value = static_cast<std::int64_t>(random.uniform(bound))});
        if (kind == CallKind::Close) {
            sockets.erase(sockets.begin() + static_cast<std::ptrdiff_t>(index));
        }
    }

    std::size_t applied_ = 0;
    std::map<std::uint16_t, Segment> syn_acks_;  // the last one to each peer's port
};

}  // namespace synq
