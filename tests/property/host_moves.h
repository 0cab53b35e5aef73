// Random things that may happen to a host: segments near the numbers of its records, calls, socket
// options, ICMP errors, timers and time. Decisions come from a source: a RandomStream, or the
// octets of a fuzzer (tests/fuzz/octet_source.h).
#pragma once

#include "tests/property/host_driver.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

namespace synq {

template <class Source>
class HostMoves {
  public:
    HostMoves(HostDriver& driver, Source& source) : driver_(driver), source_(source) {}

    /// A server on `port`, if that is free. A later move may close it.
    void serve(std::uint16_t port, std::int64_t backlog) {
        const SocketId socket = driver_.call({.kind = CallKind::Socket}).socket;
        const CallResult bound = driver_.call(
            {.kind = CallKind::Bind, .socket = socket, .endpoint = {driver_.config.address, port}});
        driver_.call(bound.error == Errno::None
                         ? Call{.kind = CallKind::Listen, .socket = socket, .value = backlog}
                         : Call{.kind = CallKind::Close, .socket = socket});
    }

    /// One random thing happens.
    void step() {
        const std::uint64_t what = source_.uniform(100);
        if (what < 45) {
            forge();
        } else if (what < 55) {
            deliver();
        } else if (what < 80) {
            make_call();
        } else if (what < 84) {
            change_option();
        } else if (what < 88) {
            driver_.arrive(icmp());
        } else if (what < 96) {
            driver_.fire_next();
        } else {
            driver_.go_to(driver_.now + milliseconds(span_ms()));
        }
    }

  private:
    static constexpr std::size_t kMostSockets = 14;
    static constexpr std::size_t kCrowd = 10;

    template <class T>
    T pick(std::initializer_list<T> values) {
        return std::data(values)[source_.uniform(values.size())];
    }

    /// Mostly short: a long time ends whatever has begun.
    std::int64_t span_ms() {
        return source_.chance(1, 16) ? pick<std::int64_t>({3'000, 70'000, 250'000, 10'000'000})
                                     : pick<std::int64_t>({0, 1, 39, 200, 999});
    }

    // Segments.
    void forge() {
        const FlowKey flow = any_flow();
        driver_.arrive({.src = flow.remote, .dst = flow.local, .segment = segment_for(flow)});
    }
    /// What is on its way arrives, in any order, perhaps to arrive once more.
    void deliver() {
        auto& way = driver_.incoming;
        if (way.empty()) {
            forge();
            return;
        }
        const auto place = way.begin() + static_cast<std::ptrdiff_t>(source_.uniform(way.size()));
        const Packet packet = *place;
        if (!source_.chance(1, 8)) {
            way.erase(place);
        }
        driver_.arrive(packet);
    }
    FlowKey any_flow() {
        std::vector<FlowKey> found;
        const Store& store = driver_.host.store();
        store.flows().for_each([&](RecordRef ref) { found.push_back(flow_of(store, ref)); });
        if (!found.empty() && source_.chance(3, 4)) {
            return found[source_.uniform(found.size())];
        }
        return {.local = {driver_.config.address, HostDriver::kServerPort},
                .remote = {driver_.peer, static_cast<std::uint16_t>(1 + source_.uniform(8))}};
    }
    Segment segment_for(const FlowKey& flow) {
        Segment out;
        out.flags =
            Flags{pick<std::uint8_t>({0x02, 0x02, 0x02, 0x10, 0x10, 0x10, 0x10, 0x12, 0x18, 0x18,
                                      0x11, 0x11, 0x04, 0x14, 0x00, 0x01, 0x29, 0x1b, 0x03, 0x19})};
        out.window = source_.chance(1, 16) ? std::uint16_t{0}
                                           : static_cast<std::uint16_t>(source_.uniform(0x1'0000));
        if (source_.chance(1, 3)) {
            out.len = static_cast<std::uint32_t>(source_.uniform(2'000));
        }
        const auto [seq, ack] = expected(flow);
        out.seq = near(seq);
        out.ack = near(ack);
        out.options.timestamps = source_.chance(1, 3);
        if (out.options.timestamps) {
            out.options.ts_val = static_cast<std::uint32_t>(driver_.now.ns / 1'000'000);
            out.options.ts_ecr = driver_.syn_acks[flow.remote.port].options.ts_val;
        }
        if (out.flags.syn()) {
            out.options.mss = static_cast<std::uint16_t>(source_.uniform(1'500));
            out.options.sack_permitted = source_.chance(1, 2);
            if (source_.chance(1, 2)) {
                out.options.window_scale = static_cast<std::uint8_t>(source_.uniform(15));
            }
        }
        return out;
    }
    /// The next numbers of the far end, as far as the host's record tells.
    std::pair<Seq, Seq> expected(const FlowKey& flow) {
        const Store& store = driver_.host.store();
        const RecordRef ref = store.find(flow);
        if (ref.kind() == RecordKind::Connection) {
            const Connection& c = store.connections[ConnectionId{ref.index()}];
            return {c.rcv.nxt, source_.chance(1, 3) ? c.snd.una : c.snd.nxt};
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
        if (const auto last = driver_.syn_acks.find(flow.remote.port);
            last != driver_.syn_acks.end()) {
            return {last->second.ack, last->second.seq + 1};
        }
        return {Seq{static_cast<std::uint32_t>(source_.next())},
                Seq{static_cast<std::uint32_t>(source_.next())}};
    }
    Seq near(Seq seq) {
        switch (source_.uniform(8)) {
            case 1:
                return seq + static_cast<std::uint32_t>(source_.uniform(5)) - 2;
            case 2:
                return seq + static_cast<std::uint32_t>(source_.uniform(70'000));
            case 3:
                return seq - static_cast<std::uint32_t>(source_.uniform(70'000));
            default:
                return seq;
        }
    }
    /// About a segment of a record, or of nobody's.
    IcmpError icmp() {
        const FlowKey flow = any_flow();
        return {.src = flow.local,
                .dst = flow.remote,
                .seq = near(source_.chance(1, 2) ? expected(flow).second : oldest(flow)),
                .type = pick<std::uint8_t>({3, 3, 3, 3, 4, 5, 11, 12}),
                .code = static_cast<std::uint8_t>(source_.uniform(18))};
    }
    [[nodiscard]] Seq oldest(const FlowKey& flow) const {
        const RecordRef ref = driver_.host.store().find(flow);
        return ref.kind() == RecordKind::Connection
                   ? driver_.host.store().connections[ConnectionId{ref.index()}].snd.una
                   : Seq{};
    }

    // Calls.
    void make_call() {
        const std::uint64_t what = source_.uniform(16);
        const bool room = driver_.sockets.size() < kMostSockets;
        const bool new_ones = driver_.sockets.size() < kCrowd;  // the rest is for accept()
        if (driver_.sockets.empty() || (what == 2 && new_ones)) {
            const auto port = static_cast<std::uint16_t>(80 + source_.uniform(2));
            serve(port, pick<std::int64_t>({2, 0, 1, 3, 5, -1}));
        } else if (what < 2 && new_ones) {
            const SocketId socket = driver_.call({.kind = CallKind::Socket}).socket;
            if (source_.chance(1, 8)) {
                driver_.call({.kind = CallKind::Bind, .socket = socket, .endpoint = near_end()});
            }
            driver_.call({.kind = CallKind::Connect, .socket = socket, .endpoint = far_end()});
        } else {
            const SocketId socket = driver_.sockets[source_.uniform(driver_.sockets.size())];
            if (what < 7 && room) {
                driver_.call({.kind = CallKind::Accept, .socket = server_or(socket)});
            } else {
                call_on(socket, !new_ones);
            }
        }
    }
    static constexpr std::uint16_t kFirstEphemeral = port_range(Sysctls{}.local_port_range).first;

    Endpoint near_end() {
        return {driver_.config.address, pick<std::uint16_t>({0, 81, 82, kFirstEphemeral, 1, 80})};
    }
    Endpoint far_end() {
        const IpAddress own = driver_.config.address;
        return pick<Endpoint>({{driver_.peer, 1},
                               {driver_.peer, 80},
                               {driver_.peer, 2},
                               {own, 80},
                               {own, kFirstEphemeral},
                               {driver_.peer, 3}});
    }
    /// A socket that listens, most of the time.
    SocketId server_or(SocketId otherwise) {
        const auto server = std::ranges::find_if(driver_.sockets, [&](SocketId socket) {
            return driver_.host.listener_of(socket).valid();
        });
        return server == driver_.sockets.end() || source_.chance(1, 8) ? otherwise : *server;
    }
    void call_on(SocketId socket, bool crowded) {
        Call wanted{.socket = socket, .endpoint = far_end()};
        wanted.kind = pick({CallKind::Send, CallKind::Send, CallKind::Recv, CallKind::Recv,
                            CallKind::Shutdown, CallKind::Connect, CallKind::Close,
                            CallKind::Listen, CallKind::Bind});
        if (source_.chance(1, 32)) {
            wanted.kind = CallKind::Disconnect;
        }
        if (crowded && source_.chance(1, 3)) {
            wanted.kind = CallKind::Close;
        }
        // Whatever stops a server ends much: rare.
        const bool stops = wanted.kind == CallKind::Close || wanted.kind == CallKind::Shutdown ||
                           wanted.kind == CallKind::Connect || wanted.kind == CallKind::Disconnect;
        if (stops && driver_.host.listener_of(socket).valid() && !source_.chance(1, 32)) {
            wanted.kind = CallKind::Recv;
        }
        switch (wanted.kind) {
            case CallKind::Shutdown:
                wanted.value = static_cast<std::int64_t>(source_.uniform(3));
                break;
            case CallKind::Listen:
                wanted.value = pick<std::int64_t>({2, 0, 1, 3, 5, -1});
                break;
            case CallKind::Bind:
                wanted.endpoint = near_end();
                break;
            default:
                wanted.value = static_cast<std::int64_t>(source_.uniform(4'000));
                break;
        }
        driver_.call(wanted);
    }
    void change_option() {
        if (driver_.sockets.empty()) {
            return;
        }
        const SocketId socket = driver_.sockets[source_.uniform(driver_.sockets.size())];
        const auto option = static_cast<SocketOption>(source_.uniform(kSocketOptionCount));
        driver_.set_option(socket, option,
                           pick<std::int64_t>({1, 0, -1, 2, 5, 60, 120, 121, 127, 128, 3'000,
                                               32'767, 32'768, 2'147'483'648}));
    }

    HostDriver& driver_;
    Source& source_;
};

}  // namespace synq
