// The parts of a comparison; each appends its rows.
#pragma once

#include "sim/diff/diff.h"
#include "sim/diff/sides.h"

#include <string>
#include <vector>

namespace synq {

void compare_processes(const Sides& sides, const std::vector<ProcessPair>& pairs,
                       DiffReport& report);
/// How many bare ACKs more the kernel sent only because a tick came before a process (negative: the
/// model), by host.
struct MoreAcks {
    std::vector<int> sent;
    std::vector<int> received;
};

MoreAcks compare_flows(const Sides& sides, const std::vector<ProcessPair>& pairs,
                       DiffReport& report);
/// `more_acks`: what compare_flows() returned; the counters of such ACKs must differ by as many.
void compare_counters(const Sides& sides, const MoreAcks& more_acks, DiffReport& report);
void compare_listeners(const Sides& sides, DiffReport& report);

/// Appends a row and lets the report disagree when the row does.
void add_row(DiffReport& report, DiffRow row);

/// The time comparison that came nearest to its limit, or went furthest beyond it.
class WorstTime {
  public:
    /// `tolerance` is inclusive.
    void add(const std::string& what, Duration model, Duration kernel, Duration tolerance);
    [[nodiscard]] bool any() const { return !what_.empty(); }
    [[nodiscard]] DiffRow row(std::string subject) const;

  private:
    std::string what_;
    Duration model_;
    Duration kernel_;
    Duration tolerance_;
    std::size_t count_ = 0;
};

}  // namespace synq
