// How many connections have no descriptor any more, as the limit tcp_max_orphans sees them.
#pragma once

#include "model/base/time.h"

#include <cstdint>

namespace synq {

/// Linux looks at the number ten times a second only and goes by what it saw last
/// (tcp_orphan_cache, since 5.16).
class Orphans {
  public:
    /// Zero: every look is a new one.
    void count_every(Duration period) { period_ = period; }
    void add(Instant now) {
        note(now);
        ++count_;
    }
    void remove(Instant now) {
        note(now);
        --count_;
    }
    /// As seen last.
    [[nodiscard]] std::uint32_t seen(Instant now) const {
        return period_.ns == 0 || now.ns / period_.ns != round_ ? count_ : seen_;
    }
    [[nodiscard]] std::uint32_t count() const { return count_; }

  private:
    void note(Instant now) {
        seen_ = seen(now);
        round_ = period_.ns == 0 ? 0 : now.ns / period_.ns;
    }

    Duration period_{};
    std::int64_t round_ = -1;  // in which it was last looked at
    std::uint32_t count_ = 0;
    std::uint32_t seen_ = 0;
};

}  // namespace synq
