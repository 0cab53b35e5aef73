// Every connect() of a trace with what became of it, for summaries.
#pragma once

#include "sim/trace/trace.h"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace synq {

struct Attempt {
    std::uint32_t process = 0;
    Instant start;
    std::optional<Duration> took;  // unset: connect() had not returned
    Errno error = Errno::None;
    std::optional<Instant> accepted;  // when accept() returned it
    std::optional<Instant> reset_at;  // a later call of the process said that it was reset
    Errno reset_error = Errno::None;
    std::uint32_t syns = 0;                 // sent by its end, the first one included
    std::map<Drop, std::uint32_t> dropped;  // why they had no effect

    [[nodiscard]] bool connected() const { return took && error == Errno::None; }
};

/// In the order of the calls. What a trace does not tell (no client end, no drop reasons) stays
/// empty.
std::vector<Attempt> attempts(const Trace& trace);

}  // namespace synq
