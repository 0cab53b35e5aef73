// The far end of one connection, played by hand: every number is relative to the two ISNs, as in
// the lines that a Bench prints.
#pragma once

#include "tests/bench.h"

#include <cstdint>

namespace synq {

/// What a segment of a Peer carries besides flags and numbers.
struct More {
    std::uint32_t len = 0;
    std::uint16_t window = 64'240;
    Options options{};
};

class Peer {
  public:
    /// `port` talks to `host`'s `to`.
    explicit Peer(Bench& bench, std::uint16_t port, std::uint16_t to = kPort, std::size_t host = 0,
                  Seq iss = Seq{0xffff'fff0})
        : bench_(bench),
          host_(host),
          self_{kHostB, port},
          there_{kHostA, to},
          iss_(iss),
          looked_at_(bench.sent.size()) {
        bench.text.set_first(self_, there_, iss);
    }

    Drop send(Flags flags, std::uint32_t seq, std::uint32_t ack = 0, const More& more = {}) {
        const Seq theirs = bench_.text.first(there_, self_).value_or(Seq{0});
        return send_raw(flags, iss_ + seq, theirs + ack, more);
    }
    Drop send_raw(Flags flags, Seq seq, Seq ack, const More& more = {}) {
        Segment segment{.seq = seq,
                        .ack = flags.ack() ? ack : Seq{},
                        .flags = flags,
                        .window = more.window,
                        .len = more.len,
                        .options = more.options};
        const Drop drop = bench_.inject(host_, {self_, there_, segment});
        bench_.text.set_first(self_, there_, iss_);  // a stray SYN moves nothing
        return drop;
    }
    Drop syn(const Options& options = {}) { return send(kSyn, 0, 0, {.options = options}); }
    /// SYN and final ACK; with a timestamp in the SYN also in the ACK.
    Drop open(const Options& options = {}) {
        const Drop drop = syn(options);
        return drop == Drop::None ? send(kAck, 1, 1, {.options = echo(options)}) : drop;
    }
    /// Timestamp options of a later segment of ours: the same TSval, echoing the last one heard.
    [[nodiscard]] Options echo(const Options& options) const {
        Options out;
        if (options.timestamps) {
            out.timestamps = true;
            out.ts_val = options.ts_val;
            out.ts_ecr = last().options.ts_val;
        }
        return out;
    }

    /// What the host has sent us since the last time, brief.
    Lines heard() {
        Lines out;
        for (; looked_at_ < bench_.sent.size(); ++looked_at_) {
            if (bench_.sent[looked_at_].packet.dst == self_) {
                out.push_back(bench_.text.brief(bench_.sent[looked_at_].packet));
            }
        }
        return out;
    }
    /// The last segment that the host has sent us.
    [[nodiscard]] Segment last() const {
        for (std::size_t i = bench_.sent.size(); i-- > 0;) {
            if (bench_.sent[i].packet.dst == self_) {
                return bench_.sent[i].packet.segment;
            }
        }
        return {};
    }
    /// Who answers our flow at the host.
    [[nodiscard]] State state() const {
        return bench_.hosts[host_].store().state_of({.local = there_, .remote = self_});
    }
    /// The full connection record; the state must have one.
    [[nodiscard]] const Connection& connection() const {
        const Store& store = bench_.hosts[host_].store();
        const RecordRef ref = store.find({.local = there_, .remote = self_});
        REQUIRE(ref.kind() == RecordKind::Connection);
        return store.connections[ConnectionId{ref.index()}];
    }
    [[nodiscard]] Endpoint self() const { return self_; }
    [[nodiscard]] Seq iss() const { return iss_; }

  private:
    Bench& bench_;
    std::size_t host_;
    Endpoint self_;
    Endpoint there_;
    Seq iss_;
    std::size_t looked_at_ = 0;
};

}  // namespace synq
