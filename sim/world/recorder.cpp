#include "sim/world/recorder.h"

namespace synq {

void Recorder::enter(EntryKind kind, std::size_t index) {
    if (detailed_) {
        trace.order.push_back({kind, static_cast<std::uint32_t>(index)});
    }
}

std::uint32_t Recorder::call_started(Instant now, std::uint32_t process, const Operation& operation,
                                     const std::string& text) {
    if (!calls_) {
        return kNoRecord;
    }
    trace.calls.push_back({.process = process, .kind = operation.call, .text = text, .start = now});
    enter(EntryKind::CallStart, trace.calls.size() - 1);
    return static_cast<std::uint32_t>(trace.calls.size() - 1);
}

void Recorder::call_ended(Instant now, std::uint32_t record, const CallResult& result,
                          std::int64_t as_c_sees_it) {
    if (record == kNoRecord) {
        return;
    }
    CallRecord& call = trace.calls[record];
    call.end = now;
    call.result = as_c_sees_it;
    call.error = result.error;
    enter(EntryKind::CallEnd, record);
}

void Recorder::set_client(std::uint32_t record, const Endpoint& client) {
    if (record != kNoRecord) {
        trace.calls[record].client = client;
    }
}

std::uint32_t Recorder::segment_sent(Instant now, const SendPacket& sent) {
    if (!detailed_) {
        return kNoRecord;
    }
    trace.segments.push_back(
        {.t = now, .packet = sent.packet, .retransmission = sent.retransmission});
    enter(EntryKind::SegmentSent, trace.segments.size() - 1);
    return static_cast<std::uint32_t>(trace.segments.size() - 1);
}

void Recorder::segment_arrived(Instant now, std::uint32_t record, Drop drop) {
    if (record != kNoRecord) {
        trace.segments[record].arrived = now;
        trace.segments[record].dropped = drop;
        enter(EntryKind::SegmentArrived, record);
    }
}

void Recorder::segment_dropped(std::uint32_t record, Drop drop) {
    if (record != kNoRecord) {
        trace.segments[record].dropped = drop;
    }
}

void Recorder::state_changed(Instant now, std::uint32_t host, const StateChanged& change) {
    if (detailed_) {
        trace.states.push_back({now, host, change.flow, change.from, change.to});
        enter(EntryKind::State, trace.states.size() - 1);
    }
}

void Recorder::queues_changed(Instant now, std::uint32_t host, const QueuesChanged& change) {
    if (detailed_) {
        trace.queues.push_back(
            {now, host, change.local, change.accept_queue, change.request_queue});
        enter(EntryKind::Queue, trace.queues.size() - 1);
    }
}

}  // namespace synq
