#include "sim/diff/tolerance.h"

#include "sim/trace/sort_stably.h"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace synq {
namespace {

constexpr int kLevelShift = 3;           // each level is eight times as coarse (LVL_CLK_SHIFT)
constexpr std::int64_t kLevelSize = 63;  // LVL_SIZE - 1 ticks of a level's own granule
constexpr int kLevels = 9;               // LVL_DEPTH at HZ > 100

enum class What : std::uint8_t { Segment, CallStart, CallEnd };

struct Event {
    Instant t;
    What what = What::Segment;
    std::uint32_t index = 0;
};

std::vector<Event> events_of(const Trace& trace) {
    std::vector<Event> events;
    events.reserve(2 * trace.calls.size() + trace.segments.size());
    for (std::uint32_t i = 0; i < trace.calls.size(); ++i) {
        events.push_back({trace.calls[i].start, What::CallStart, i});
    }
    for (std::uint32_t i = 0; i < trace.segments.size(); ++i) {
        events.push_back({trace.segments[i].t, What::Segment, i});
    }
    for (std::uint32_t i = 0; i < trace.calls.size(); ++i) {
        if (trace.calls[i].returned()) {
            events.push_back({trace.calls[i].end, What::CallEnd, i});
        }
    }
    sort_stably(events, [](const Event& a, const Event& b) { return a.t < b.t; });
    return events;
}

/// A time and how far it may be off.
struct Mark {
    Instant t;
    Duration tolerance;
};

class Walk {
  public:
    Walk(const Trace& trace, const std::vector<Flow>& flows, int hz) : trace_(&trace), hz_(hz) {
        out_.segments.resize(trace.segments.size());
        out_.call_ends.resize(trace.calls.size());
        processes_.resize(trace.processes.size());
        process_sent_.resize(trace.processes.size());
        flows_.resize(flows.size());
        places_.resize(trace.segments.size());
        for (std::size_t f = 0; f < flows.size(); ++f) {
            for (const FlowSegment& each : flows[f].segments) {
                places_[each.index] = {f, flows[f].process, each.from_client, each.repeated,
                                       each.segment.length() > 0};
            }
        }
    }

    TimeTolerances run() {
        for (const Event& event : events_of(*trace_)) {
            const bool first = event.t - last_event_ > kBurstGap;
            if (first) {
                burst_ = Duration{};
            }
            last_event_ = event.t;
            burst_ = std::max(burst_, tolerance_of(event, first));
        }
        return std::move(out_);
    }

  private:
    struct Place {
        std::size_t flow = 0;
        std::optional<std::uint32_t> process;
        bool from_client = true;
        bool repeated = false;
        bool wants_answer = false;  // so that it arms a retransmission timer
    };
    struct FlowMarks {
        std::optional<Mark> last;
        std::optional<Mark> last_from_client;
        std::optional<Mark> last_from_server;
    };

    /// A timer that was armed at `armed` and fires at `t`.
    [[nodiscard]] Duration timer(const Mark& armed, Instant t) const {
        return armed.tolerance + wheel_granule(t - armed.t, hz_) + jiffy(hz_);
    }

    Duration tolerance_of(const Event& event, bool first) {
        switch (event.what) {
            case What::Segment:
                return segment(event, first);
            case What::CallStart:
                return processes_[trace_->calls[event.index].process].tolerance;
            case What::CallEnd:
                return call_end(event, first);
        }
        return {};
    }

    Duration segment(const Event& event, bool first) {
        const Place& place = places_[event.index];
        FlowMarks& marks = flows_[place.flow];
        std::optional<Mark>& same_way =
            place.from_client ? marks.last_from_client : marks.last_from_server;
        Duration tolerance = burst_;
        if (place.repeated && same_way) {
            tolerance = timer(*same_way, event.t);
        } else if (first && marks.last) {
            tolerance = timer(*marks.last, event.t);  // a delayed ACK, for example
        }
        const Mark mark{event.t, tolerance};
        if (place.wants_answer) {
            same_way = mark;
        }
        marks.last = mark;
        if (place.process) {
            process_sent_[*place.process] = mark;
        }
        out_.segments[event.index] = tolerance;
        return tolerance;
    }

    Duration call_end(const Event& event, bool first) {
        const CallRecord& call = trace_->calls[event.index];
        Mark& process = processes_[call.process];
        Duration tolerance = std::max(process.tolerance, burst_);
        if (first || call.error == Errno::Etimedout) {
            const Mark armed = process_sent_[call.process].value_or(Mark{call.start, {}});
            tolerance = std::max(process.tolerance, timer(armed, event.t));
        }
        process = {event.t, tolerance};
        out_.call_ends[event.index] = tolerance;
        return tolerance;
    }

    const Trace* trace_;
    int hz_;
    TimeTolerances out_;
    std::vector<Mark> processes_;                    // the last call's end of each
    std::vector<std::optional<Mark>> process_sent_;  // last segment of a flow that it opened
    std::vector<FlowMarks> flows_;
    std::vector<Place> places_;  // by segment
    Instant last_event_;
    Duration burst_;
};

}  // namespace

Duration jiffy(int hz) {
    return seconds(1) / hz;
}

Duration wheel_granule(Duration delay, int hz) {
    std::int64_t granule = 1;  // in jiffies
    for (int level = 1; level < kLevels && delay >= jiffy(hz) * (kLevelSize * granule); ++level) {
        granule <<= kLevelShift;
    }
    return jiffy(hz) * granule;
}

TimeTolerances tolerances_of(const Trace& kernel, const std::vector<Flow>& flows, int hz) {
    return Walk{kernel, flows, hz}.run();
}

}  // namespace synq
