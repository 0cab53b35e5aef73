// Writes the trace while a world runs, or nothing at all.
#pragma once

#include "model/tcb/effect.h"
#include "sim/proc/program.h"
#include "sim/trace/trace.h"
#include "sim/world/world.h"

#include <cstdint>

namespace synq {

class Recorder {
  public:
    static constexpr std::uint32_t kNoRecord = 0xffff'ffff;

    explicit Recorder(Recording recording)
        : calls_(recording != Recording::Counters), detailed_(recording == Recording::Everything) {}

    std::uint32_t call_started(Instant now, std::uint32_t process, const Operation& operation,
                               const std::string& text);
    void call_ended(Instant now, std::uint32_t record, const CallResult& result,
                    std::int64_t as_c_sees_it);
    void set_client(std::uint32_t record, const Endpoint& client);

    std::uint32_t segment_sent(Instant now, const SendPacket& sent);
    void segment_arrived(Instant now, std::uint32_t record, Drop drop);
    void segment_dropped(std::uint32_t record, Drop drop);
    void state_changed(Instant now, std::uint32_t host, const StateChanged& change);
    void queues_changed(Instant now, std::uint32_t host, const QueuesChanged& change);

    Trace trace;

  private:
    void enter(EntryKind kind, std::size_t index);
    bool calls_;
    bool detailed_;
};

}  // namespace synq
