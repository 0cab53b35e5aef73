// A process: a walk through a program, and what its descriptors hold. No thread, no stack: copying
// the value copies the process.
#pragma once

#include "model/base/ids.h"
#include "model/base/time.h"
#include "model/base/timer_node.h"
#include "sim/proc/program_walk.h"
#include "sim/trace/replay.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace synq {

struct Process {
    enum class Status : std::uint8_t { Ready, Sleeping, Blocked, Exited };

    Process(const Program& program, const RandomStream& sleeps) : walk(program, sleeps) {}

    ProgramWalk walk;
    const Operation* current = nullptr;  // under way; null: the walk yields the next one
    const ReplayedProcess* replay = nullptr;
    std::uint32_t host = 0;
    Status status = Status::Sleeping;
    bool queued = false;      // in the run queue
    bool killed = false;      // its lifetime is over
    bool think_done = false;  // the replayed pause before the next call is over
    std::size_t calls_made = 0;
    std::uint32_t record = 0;      // of the call in progress
    Instant last_end{.ns = 0};     // when the last call returned
    std::uint64_t idle_steps = 0;  // operations since time last passed
    Instant stepped_at{.ns = 0};
    std::vector<SocketId> descriptors;  // index is the number; invalid: not open
    TimerNode timer;
    TimerNode lifetime;

    static constexpr int kFirstDescriptor = 3;  // 0, 1 and 2 are taken, as in C

    /// The lowest free number, as POSIX wants.
    std::int64_t open(SocketId socket);
    [[nodiscard]] std::optional<SocketId> socket_of(std::int64_t descriptor) const;
    void close(std::int64_t descriptor);
};

/// When the next call starts in a replay: as recorded, or, where the process is elsewhere in time
/// than it was then, after the recorded pause. nullopt when it follows its own sleeps.
std::optional<Instant> replayed_start(const Process& process, CallKind kind);

/// When the call in which the process is blocked returned in the recorded run, if what wakes it at
/// `now` is what ended it there.
std::optional<Instant> replayed_return(const Process& process, Instant now);

}  // namespace synq
