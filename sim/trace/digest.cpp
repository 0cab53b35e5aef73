#include "sim/trace/digest.h"

#include "model/base/hash.h"

#include <fmt/format.h>
#include <string_view>

namespace synq {
namespace {

// One add() per type. Every list and text is preceded by its length, so that no two different
// traces spell the same words.
class Digest {
  public:
    void add(std::uint64_t word) { hash_.add(word); }
    void add(std::int64_t number) { add(static_cast<std::uint64_t>(number)); }
    void add(Instant t) { add(t.ns); }
    void add(std::string_view text) {
        add(static_cast<std::uint64_t>(text.size()));
        hash_.add(text);
    }

    void add(const Endpoint& endpoint) {
        for (std::size_t half = 0; half < 16; half += 8) {
            std::uint64_t word = 0;
            for (std::size_t i = half; i < half + 8; ++i) {
                word = (word << 8U) | endpoint.address.octets()[i];
            }
            add(word);
        }
        add(std::uint64_t{endpoint.port});
    }
    void add(const FlowKey& flow) {
        add(flow.local);
        add(flow.remote);
    }
    void add(const ProcessInfo& process) { add(std::uint64_t{process.host}); }
    void add(const CallRecord& call) {
        add(std::uint64_t{call.process});
        add(static_cast<std::uint64_t>(call.kind));
        add(call.start);
        add(call.end);
        add(call.result);
        add(static_cast<std::uint64_t>(call.error));
        add(call.client);
    }
    void add(const Options& options) {
        add(std::uint64_t{options.ts_val});
        add(std::uint64_t{options.ts_ecr});
        add(std::uint64_t{options.mss});
        add(std::uint64_t{options.window_scale});
        add(std::uint64_t{options.sack_permitted});
        add(std::uint64_t{options.timestamps});
        if (options.fast_open.present()) {
            add(std::uint64_t{options.fast_open.size});
            for (const std::uint8_t octet : options.fast_open.octets) {
                add(std::uint64_t{octet});
            }
        }
    }
    void add(const SegmentRecord& record) {
        const Segment& segment = record.packet.segment;
        add(record.t);
        add(record.arrived);
        add(record.packet.src);
        add(record.packet.dst);
        add(std::uint64_t{segment.seq.raw()});
        add(std::uint64_t{segment.ack.raw()});
        add(std::uint64_t{segment.flags.bits()});
        add(std::uint64_t{segment.window});
        add(std::uint64_t{segment.len});
        add(segment.options);
        add(static_cast<std::uint64_t>(record.dropped));
        add(std::uint64_t{record.retransmission});
    }
    void add(const StateRecord& record) {
        add(record.t);
        add(std::uint64_t{record.host});
        add(record.flow);
        add(static_cast<std::uint64_t>(record.from));
        add(static_cast<std::uint64_t>(record.to));
    }
    void add(const QueueRecord& record) {
        add(record.t);
        add(std::uint64_t{record.host});
        add(record.local);
        add(std::uint64_t{record.accept_queue});
        add(std::uint64_t{record.request_queue});
    }
    void add(const ListenerRecord& record) {
        add(std::uint64_t{record.host});
        add(record.local);
        add(std::uint64_t{record.backlog});
        add(std::uint64_t{record.accept_queue_max});
        add(std::uint64_t{record.request_queue_max.has_value()});
        add(std::uint64_t{record.request_queue_max.value_or(0)});
    }
    void add(const SocketRow& row) {
        add(static_cast<std::uint64_t>(row.state));
        add(std::uint64_t{row.recv_q});
        add(std::uint64_t{row.send_q});
        add(row.local);
        add(row.remote);
        add(std::string_view(row.timer));
    }
    void add(const SocketTable& table) {
        add(table.t);
        add(std::uint64_t{table.host});
        add_list(table.rows);
    }
    void add(const std::map<std::string, std::uint64_t>& counters) {
        add(static_cast<std::uint64_t>(counters.size()));
        for (const auto& [name, value] : counters) {
            add(std::string_view(name));
            add(value);
        }
    }
    void add(const Entry& entry) {
        add(static_cast<std::uint64_t>(entry.kind));
        add(std::uint64_t{entry.index});
    }

    template <class List>
    void add_list(const List& list) {
        add(static_cast<std::uint64_t>(list.size()));
        for (const auto& item : list) {
            add(item);
        }
    }

    [[nodiscard]] std::uint64_t value() const { return hash_.value(); }

  private:
    Fnv64 hash_;
};

}  // namespace

std::uint64_t digest(const Trace& trace) {
    Digest out;
    out.add(trace.end);
    out.add(std::uint64_t{trace.interrupted});
    out.add(static_cast<std::uint64_t>(trace.hosts.size()));
    out.add_list(trace.processes);
    out.add_list(trace.calls);
    out.add_list(trace.segments);
    out.add_list(trace.states);
    out.add_list(trace.queues);
    out.add_list(trace.listeners);
    out.add_list(trace.socket_tables);
    out.add_list(trace.counters);
    out.add_list(trace.order);
    return out.value();
}

std::string digest_text(const Trace& trace) {
    return fmt::format("{:016x}", digest(trace));
}

}  // namespace synq
