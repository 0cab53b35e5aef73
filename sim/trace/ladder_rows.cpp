#include "sim/trace/ladder_rows.h"

#include "sim/trace/flood_text.h"
#include "sim/trace/time_text.h"

#include <fmt/format.h>

namespace synq {
namespace {

class RowBuilder {
  public:
    explicit RowBuilder(const Trace& trace)
        : trace_(trace),
          parties_(trace),
          notations_(trace.segments.size()),
          has_arrival_(trace.segments.size(), false),
          of_flood_(trace.segments.size(), nullptr),
          never_blocked_(trace.calls.size(), false) {
        look_ahead();
        find_floods();
        std::size_t servers = 0;
        for (std::uint32_t i = 0; i < trace.processes.size(); ++i) {
            if (parties_.serves(i)) {
                ++servers;
                out_.sole_server = trace.processes[i].name;
            }
        }
        if (servers != 1) {
            out_.sole_server.clear();
        }
        out_.syn_options = usual_syn_options(trace, kSyn);
        out_.syn_ack_options = usual_syn_options(trace, kSyn | kAck);
    }

    LadderRows build() {
        for (std::size_t i = 0; i < trace_.order.size(); ++i) {
            const Entry& entry = trace_.order[i];
            const Instant t = time_of(entry);
            if (t != now_) {
                begin_cause();
                flush_states();
                now_ = t;
            }
            switch (entry.kind) {
                case EntryKind::CallStart:
                    call_start(entry.index);
                    break;
                case EntryKind::CallEnd:
                    call_end(entry.index);
                    break;
                case EntryKind::SegmentSent:
                    segment_sent(entry.index);
                    break;
                case EntryKind::SegmentArrived:
                    segment_arrived(entry.index);
                    break;
                case EntryKind::State:
                    state_changed(trace_.states[entry.index]);
                    break;
                case EntryKind::Queue:
                    queues_changed(trace_.queues[entry.index], i);
                    break;
            }
        }
        flush_states();
        return std::move(out_);
    }

  private:
    using Flow = std::pair<Endpoint, Endpoint>;  // an end's view: local, remote

    // What has one line is known only at its last entry.
    void look_ahead() {
        const Entry* last_call = nullptr;
        for (const Entry& entry : trace_.order) {
            if (entry.kind == EntryKind::SegmentArrived) {
                has_arrival_[entry.index] = true;
            } else if (entry.kind == EntryKind::CallStart) {
                last_call = &entry;
            } else if (entry.kind == EntryKind::CallEnd) {
                // A call within which another process acted has blocked, even if no time passed.
                const CallRecord& call = trace_.calls[entry.index];
                never_blocked_[entry.index] =
                    last_call != nullptr && last_call->kind == EntryKind::CallStart &&
                    last_call->index == entry.index && call.start == call.end;
                last_call = &entry;
            }
        }
    }

    void find_floods() {
        for (std::size_t i = 0; !trace_.floods.empty() && i < trace_.segments.size(); ++i) {
            of_flood_[i] = flood_of(trace_, trace_.segments[i].packet);
        }
    }

    [[nodiscard]] Instant time_of(const Entry& entry) const {
        switch (entry.kind) {
            case EntryKind::CallStart:
                return trace_.calls[entry.index].start;
            case EntryKind::CallEnd:
                return trace_.calls[entry.index].end;
            case EntryKind::SegmentSent:
                return trace_.segments[entry.index].t;
            case EntryKind::SegmentArrived:
                return trace_.segments[entry.index].arrived;
            case EntryKind::State:
                return trace_.states[entry.index].t;
            case EntryKind::Queue:
                return trace_.queues[entry.index].t;
        }
        return now_;
    }

    LadderRow& add_row() {
        out_.rows.emplace_back().t = now_;
        return out_.rows.back();
    }

    // What follows is the effect of something else: it must not be shown on earlier lines.
    void begin_cause() { cause_ = out_.rows.size(); }

    LadderRow& call_row(const CallRecord& call) {
        LadderRow& row = add_row();
        row.side = parties_.serves(call.process) ? Side::Right : Side::Left;
        const std::string& process = trace_.processes[call.process].name;
        row.text =
            process == out_.sole_server ? call.text : fmt::format("{}  {}", process, call.text);
        return row;
    }

    void finish_call(LadderRow& row, const CallRecord& call) {
        row.text += fmt::format(" = {}", call.result);
        if (call.error != Errno::None) {
            row.text += fmt::format(" {}", name(call.error));
            row.failed = true;
        }
        if (call.kind == CallKind::Accept && call.client.port != 0) {
            row.text += fmt::format("  ({})", parties_.label(call.client));
        }
    }

    void call_start(std::uint32_t index) {
        const CallRecord& call = trace_.calls[index];
        flush_states();
        begin_cause();
        LadderRow& row = call_row(call);
        if (never_blocked_[index]) {
            finish_call(row, call);
        } else {
            row.text += " ...";
        }
    }

    void call_end(std::uint32_t index) {
        const CallRecord& call = trace_.calls[index];
        flush_states();
        if (never_blocked_[index]) {
            return;
        }
        begin_cause();
        LadderRow& row = call_row(call);
        finish_call(row, call);
        if (call.kind == CallKind::Accept) {
            row.queues = std::exchange(pending_queues_, {});
            row.queue_full = pending_full_;
        } else if (call.end != call.start) {
            row.text += fmt::format("  after {}", rough_duration(call.end - call.start));
        }
    }

    LadderRow& segment_row(std::uint32_t index) {
        const SegmentRecord& record = trace_.segments[index];
        const Packet& packet = record.packet;
        const bool from_left = parties_.opener(packet.src, packet.dst) == packet.src;
        LadderRow& row = add_row();
        row.segment = true;
        row.side = from_left ? Side::Left : Side::Right;
        row.flow = from_left ? FlowKey{packet.src, packet.dst} : FlowKey{packet.dst, packet.src};
        row.left_name = parties_.label(row.flow.local);
        row.right_name = parties_.label(row.flow.remote);
        row.left = take_state({row.flow.local, row.flow.remote});
        row.right = take_state({row.flow.remote, row.flow.local});
        row.text = notations_[index];
        return row;
    }

    // A flood has two lines: nobody reads a hundred thousand.
    void flood_sent(const FloodRecord& flood, const Packet& packet) {
        const bool syn = flood.sources.contains(packet.src.address) && packet.segment.flags.syn();
        const bool first = syn && now_ == flood.first;
        const bool last = syn && now_ == flood.last;
        if (!first && !last) {
            return;
        }
        begin_cause();
        LadderRow& row = add_row();
        row.text = first ? fmt::format("{}  begins: {}, not listed", flood.name,
                                       flood_route(trace_, flood))
                         : fmt::format("{}  ends: {} SYNs, {} admitted", flood.name, flood.sent,
                                       flood.admitted);
    }

    void segment_sent(std::uint32_t index) {
        const SegmentRecord& record = trace_.segments[index];
        if (of_flood_[index] != nullptr) {
            flood_sent(*of_flood_[index], record.packet);
            return;
        }
        std::string& text = notations_[index];
        text = notation_.describe(record);
        const Segment& segment = record.packet.segment;
        const std::string options = option_text(segment.options);
        const std::string& usual = segment.flags.ack() ? out_.syn_ack_options : out_.syn_options;
        if (segment.flags.syn() && options != usual) {
            text += fmt::format(" {}", options == "none" ? "no options" : options);
        }
        if (!has_arrival_[index]) {
            segment_row(index).dropped = record.dropped;
        } else if (record.arrived != record.t) {
            segment_row(index).departure = true;
        }
    }

    void segment_arrived(std::uint32_t index) {
        const SegmentRecord& record = trace_.segments[index];
        begin_cause();
        if (of_flood_[index] != nullptr) {
            return;
        }
        LadderRow& row = segment_row(index);
        row.dropped = record.dropped;
        row.arrival = record.arrived != record.t;
        if (!unseen_queues_.empty() && row.side == Side::Left) {
            row.queues = std::exchange(unseen_queues_, {});
            row.queue_full = unseen_full_;
        }
    }

    // The state that a row shows at the end which `flow` sees; nullptr: the row is of another flow.
    static ShownState* shown_at(LadderRow& row, const Flow& flow) {
        if (!row.segment) {
            return nullptr;
        }
        if (row.flow.local == flow.first && row.flow.remote == flow.second) {
            return &row.left;
        }
        const bool right = row.flow.remote == flow.first && row.flow.local == flow.second;
        return right ? &row.right : nullptr;
    }

    // A state shows on the line of the segment that caused it, or else on that of the segment that
    // was sent because of it; what the same cause sent later has the new state, too.
    void state_changed(const StateRecord& record) {
        if (!trace_.floods.empty() && flood_of(trace_, record.flow.remote.address) != nullptr) {
            return;
        }
        const Flow flow{record.flow.local, record.flow.remote};
        states_[flow] = record.to;
        bool told = false;
        for (std::size_t i = cause_; i < out_.rows.size(); ++i) {
            if (ShownState* shown = shown_at(out_.rows[i], flow)) {
                *shown = {record.to, !told};
                told = true;
            }
        }
        if (!told) {
            pending_states_.push_back(record);
        }
    }

    ShownState take_state(const Flow& flow) {
        const auto before = pending_states_.size();
        std::erase_if(pending_states_, [&flow](const StateRecord& record) {
            return record.flow.local == flow.first && record.flow.remote == flow.second;
        });
        const auto known = states_.find(flow);
        if (known == states_.end()) {
            return {};
        }
        return {known->second, pending_states_.size() != before};
    }

    // States that no segment carries: timers that end a connection, listen(), close() before SYN.
    void flush_states() {
        for (const StateRecord& record : pending_states_) {
            const FlowKey& flow = record.flow;
            const bool listens = flow.remote.port == 0;
            const bool left = !listens && parties_.opener(flow.local, flow.remote) == flow.local;
            LadderRow& row = add_row();
            row.t = record.t;
            row.side = left ? Side::Left : Side::Right;
            row.text = fmt::format("{}  {} -> {}",
                                   parties_.label(listens || left ? flow.local : flow.remote),
                                   rfc_name(record.from), rfc_name(record.to));
        }
        pending_states_.clear();
    }

    // Queues change by a segment's arrival or by accept(). The latter's change is reported before
    // the call ends, when the line of some segment may still be the last one.
    void queues_changed(const QueueRecord& record, std::size_t position) {
        const ListenerRecord* listener = parties_.listener(record.host, record.local);
        const std::uint32_t backlog = listener == nullptr ? 0 : listener->backlog;
        std::string text = fmt::format("accept {}/{}  requests {}/{}", record.accept_queue, backlog,
                                       record.request_queue, backlog);
        const bool full = record.accept_queue > backlog || record.request_queue > backlog;
        const bool by_call = ends_a_blocked_accept(position);
        LadderRow* row = by_call || out_.rows.size() == cause_ ? nullptr : &out_.rows[cause_];
        if (by_call) {
            pending_queues_ = std::move(text);
            pending_full_ = full;
        } else if (row != nullptr && row->t == record.t) {
            row->queues = std::move(text);
            row->queue_full = full;
            unseen_queues_.clear();
        } else if (!trace_.floods.empty()) {
            unseen_queues_ = std::move(text);
            unseen_full_ = full;
        } else {
            LadderRow& own = add_row();
            own.side = Side::Right;
            own.text = parties_.label(record.local);
            own.queues = std::move(text);
            own.queue_full = full;
        }
    }

    [[nodiscard]] bool ends_a_blocked_accept(std::size_t position) const {
        for (std::size_t i = position + 1; i < trace_.order.size(); ++i) {
            const Entry& entry = trace_.order[i];
            if (entry.kind == EntryKind::State || entry.kind == EntryKind::Queue) {
                continue;
            }
            if (entry.kind != EntryKind::CallEnd || time_of(entry) != now_) {
                return false;
            }
            return trace_.calls[entry.index].kind == CallKind::Accept &&
                   !never_blocked_[entry.index];
        }
        return false;
    }

    const Trace& trace_;
    Parties parties_;
    Notation notation_;
    std::vector<std::string> notations_;
    std::vector<bool> has_arrival_;
    std::vector<const FloodRecord*> of_flood_;
    std::vector<bool> never_blocked_;
    LadderRows out_;
    Instant now_{.ns = -1};
    std::size_t cause_ = 0;  // the first row of what is going on
    std::map<Flow, State, EndpointPairOrder> states_;
    std::vector<StateRecord> pending_states_;
    std::string pending_queues_;
    bool pending_full_ = false;
    // What a flood made of the queues since they were last shown: the next arrival shows it.
    std::string unseen_queues_;
    bool unseen_full_ = false;
};

}  // namespace

LadderRows ladder_rows(const Trace& trace) {
    return RowBuilder(trace).build();
}

}  // namespace synq
