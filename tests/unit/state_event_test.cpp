// Every pair of a state and a segment: what Linux 6.18 answered and where it went
// (tests/data/state_event_linux618.csv), and what RFC 9293 with RFC 5961 asks for
// (tests/data/state_event_rfc9293.csv). Probes carry no options; replies are not rate limited.
#include "tests/state_event.h"

#include "tests/peer.h"

#include <string>

namespace synq {
namespace {

constexpr std::uint16_t kPeerPort = 4000;

/// A host brought into one of the table's states.
class Prepared {
  public:
    Prepared(const std::string& state, std::string_view profile)
        : bench({config(profile)}),
          peer(bench, kPeerPort),
          back_to_listen_(state == "LISTEN" || state == "SYN-RECEIVED(passive)") {
        if (state == "SYN-SENT" || state == "SYN-RECEIVED(active)") {
            socket = bench.socket(0);
            bench.bind(0, socket, kPort);
            bench.connect(0, socket, peer.self());
            if (state == "SYN-RECEIVED(active)") {
                peer.syn();
            }
        } else if (state != "CLOSED") {
            const SocketId listener = bench.listener(0, 10);
            if (state != "LISTEN") {
                peer.syn();
            }
            if (state != "LISTEN" && state != "SYN-RECEIVED(passive)") {
                peer.send(kAck, 1, 1);
                socket = bench.accept(0, listener).socket;
                leave_established(state);
            }
        }
        bench.run_for(milliseconds(100));  // delayed ACKs
        bench.take();
    }

    [[nodiscard]] Numbers numbers() const {
        const Store& store = bench.hosts[0].store();
        const RecordRef ref = store.find({{kHostA, kPort}, peer.self()});
        switch (ref.kind()) {
            case RecordKind::Connection: {
                const Connection& c = store.connections[ConnectionId{ref.index()}];
                return {c.snd.una, c.snd.nxt, c.state == State::SynSent ? peer.iss() : c.rcv.nxt,
                        c.rcv.wnd};
            }
            case RecordKind::Request: {
                const Request& r = store.requests[RequestId{ref.index()}];
                return {r.iss, r.iss + 1, r.irs + 1, peer.last().window};
            }
            case RecordKind::TimeWait: {
                const TimeWait& t = store.time_waits[TimeWaitId{ref.index()}];
                return {t.snd_nxt, t.snd_nxt, t.rcv_nxt, t.rcv_wnd};
            }
            case RecordKind::None:
                break;
        }
        return {Seq{7'000}, Seq{7'000}, peer.iss()};
    }
    [[nodiscard]] std::string state() const {
        const State own = peer.state();
        if (own != State::Closed) {
            return std::string(rfc_name(own));
        }
        return back_to_listen_ ? "LISTEN" : "CLOSED";
    }
    [[nodiscard]] std::string so_error() const {
        const Connection* conn = socket.valid() ? bench.hosts[0].connection_of(socket) : nullptr;
        return conn == nullptr ? "" : std::string(name(conn->error));
    }

    Bench bench;
    Peer peer;
    SocketId socket;

  private:
    static HostConfig config(std::string_view profile) {
        HostConfig out = linux_host(kHostA);
        out.profile = find_profile(profile);
        out.sysctl = out.profile->sysctl;
        out.sysctl.invalid_ratelimit_ms = 0;
        return out;
    }
    void leave_established(const std::string& state) {
        if (state == "CLOSE-WAIT" || state == "LAST-ACK") {
            peer.send(kFin | kAck, 1, 1);
        }
        if (state.ends_with("(close)") || state == "LAST-ACK") {
            bench.close(0, socket);
            socket = {};
        } else if (state != "ESTABLISHED" && state != "CLOSE-WAIT") {
            bench.shutdown(0, socket, ShutdownHow::Write);
        }
        if (state == "CLOSING") {
            peer.send(kFin | kAck, 1, 1);
        }
        if (state.starts_with("FIN-WAIT-2") || state == "TIME-WAIT") {
            peer.send(kAck, 1, 2);
        }
        if (state == "TIME-WAIT") {
            peer.send(kFin | kAck, 1, 2);
        }
    }

    bool back_to_listen_;  // where a connection ends that was never more than half open
};

/// The answers since `from`; what a timer sent again is none, but a SYN,ACK repeated for a SYN is.
std::string emitted(const std::vector<SentSegment>& sent, std::size_t from) {
    std::string out;
    for (std::size_t i = from; i < sent.size(); ++i) {
        const Segment& s = sent[i].packet.segment;
        if (!sent[i].retransmission || (s.flags.syn() && s.flags.ack())) {
            out += (out.empty() ? "" : " & ") + table_text(s);
        }
    }
    return out.empty() ? "-" : out;
}

/// What the application learns, in the table's words.
std::string seen(const Prepared& host) {
    const Connection* conn = host.bench.hosts[0].connection_of(host.socket);
    switch (conn->error) {
        case Errno::Econnrefused:
            return "connection refused";
        case Errno::Econnreset:
            return "connection reset";
        default:
            return conn->rcv.unread != 0 ? "data" : "";
    }
}

/// Sends the row's probe and compares what the host sent and where it went.
std::size_t ask(Prepared& host, const CsvRow& row) {
    const Numbers before = host.numbers();
    const Segment seg = probe_of(row, before);
    const std::size_t already = host.bench.sent.size();
    host.bench.inject(0, {host.peer.self(), {kHostA, kPort}, seg});
    host.bench.run_for(milliseconds(100));
    const Seq iss =
        host.bench.sent.size() == already ? Seq{} : host.bench.sent[already].packet.segment.seq;
    CHECK(emitted(host.bench.sent, already) == expected_text(row.at("emitted"), before, seg, iss));
    CHECK(host.state() == row.at("next"));
    return 1;
}

}  // namespace

TEST_CASE("every state answers every kind of segment as Linux 6.18 did") {
    std::size_t rows = 0;
    for (const CsvRow& row : read_csv("state_event_linux618.csv")) {
        INFO(row.at("state") << " " << row.at("flags") << " seq " << row.at("seq") << " ack "
                             << row.at("ack") << " " << row.at("deviation"));
        Prepared host(row.at("state"), "linux-6.18");
        rows += ask(host, row);
        CHECK(host.so_error() == row.at("so_error"));
    }
    REQUIRE(rows == 1794);
}

TEST_CASE("with profile rfc9293 every state answers every kind of segment as the RFC asks") {
    std::size_t rows = 0;
    for (const CsvRow& row : read_csv("state_event_rfc9293.csv")) {
        INFO(row.at("state") << " " << row.at("flags") << " seq " << row.at("seq") << " ack "
                             << row.at("ack") << ": " << row.at("rule"));
        Prepared host(row.at("state"), "rfc9293");
        rows += ask(host, row);
        const std::string& app = row.at("app");
        if (host.socket.valid() && (app == "data" || app.starts_with("connection re"))) {
            CHECK_FALSE(seen(host).empty());
            CHECK(app.starts_with(seen(host)));  // "connection refused/reset": either
        }
    }
    REQUIRE(rows == 1794);
}

}  // namespace synq
