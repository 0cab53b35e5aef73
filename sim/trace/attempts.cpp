#include "sim/trace/attempts.h"

#include "sim/trace/parties.h"

#include <algorithm>

namespace synq {
namespace {

// An end may be used again by a later connect(): what happens at `t` belongs to the last attempt
// that began before it.
class AttemptIndex {
  public:
    void add(const Endpoint& client, std::size_t attempt) {
        if (client.port != 0) {
            by_client_[client].push_back(attempt);
        }
    }
    Attempt* find(std::vector<Attempt>& all, const Endpoint& client, Instant t) const {
        const auto found = by_client_.find(client);
        if (found == by_client_.end()) {
            return nullptr;
        }
        Attempt* latest = nullptr;
        for (const std::size_t i : found->second) {
            if (all[i].start <= t) {
                latest = &all[i];
            }
        }
        return latest;
    }

  private:
    std::map<Endpoint, std::vector<std::size_t>, EndpointOrder> by_client_;
};

bool is_reset(Errno error) {
    return error == Errno::Econnreset || error == Errno::Epipe || error == Errno::Etimedout;
}

void note_later_calls(const Trace& trace, std::vector<Attempt>& all) {
    std::vector<Attempt*> current(trace.processes.size(), nullptr);
    std::size_t next = 0;
    for (const CallRecord& call : trace.calls) {
        if (call.kind == CallKind::Connect) {
            current[call.process] = &all[next++];
            continue;
        }
        Attempt* attempt = current[call.process];
        const bool about_it = call.kind == CallKind::Send || call.kind == CallKind::Recv;
        if (attempt != nullptr && about_it && call.returned() && is_reset(call.error) &&
            attempt->connected() && !attempt->reset_at) {
            attempt->reset_at = call.end;
            attempt->reset_error = call.error;
        }
    }
}

}  // namespace

std::vector<Attempt> attempts(const Trace& trace) {
    std::vector<Attempt> all;
    AttemptIndex index;
    for (const CallRecord& call : trace.calls) {
        if (call.kind != CallKind::Connect) {
            continue;
        }
        Attempt attempt{.process = call.process, .start = call.start, .error = call.error};
        if (call.returned()) {
            attempt.took = call.end - call.start;
        }
        index.add(call.client, all.size());
        all.push_back(std::move(attempt));
    }
    for (const CallRecord& call : trace.calls) {
        if (call.kind != CallKind::Accept || !call.returned() || call.error != Errno::None) {
            continue;
        }
        if (Attempt* attempt = index.find(all, call.client, call.end)) {
            attempt->accepted = call.end;
        }
    }
    for (const SegmentRecord& record : trace.segments) {
        const Flags flags = record.packet.segment.flags;
        Attempt* attempt =
            flags.syn() && !flags.ack() ? index.find(all, record.packet.src, record.t) : nullptr;
        if (attempt != nullptr) {
            ++attempt->syns;
            if (record.dropped != Drop::None) {
                ++attempt->dropped[record.dropped];
            }
        }
    }
    note_later_calls(trace, all);
    return all;
}

}  // namespace synq
