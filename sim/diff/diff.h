// Two traces of one scenario, the model's and the kernel's, held against each other.
//
// Exact: which calls gave which results, which segments each flow exchanged in which order,
// counters, listener queues. Sets: what falls inside one granule of the timer wheel, whose order is
// nobody's promise, and segments that passed each other on a wire. Intervals: times, within what
// the wheel's rounding allows and not more (linux.md 0.1: timers are late, never early; a flat
// tolerance would hide errors). Initial sequence numbers, timestamps' values and client ports are
// normalised away.
#pragma once

#include "model/base/time.h"
#include "sim/trace/trace.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace synq {

struct DiffOptions {
    int hz = 250;                              // of the kernel that ran: kernel_hz()
    Duration kernel_margin = milliseconds(5);  // on the kernel's own stamps
    Duration user_margin = milliseconds(20);   // on times that a process took
    /// The clock ended the runs, not the programs: what happened within tolerance of the end may be
    /// in one trace only.
    bool cut_by_clock = false;
};

enum class Comparison : std::uint8_t { Exact, Set, Interval };

/// "exact", "set", "interval".
std::string_view name(Comparison how);

struct DiffRow {
    std::string subject;  // "client.3 segments"
    Comparison how = Comparison::Exact;
    std::string model;  // where they differ: the first difference, or the worst
    std::string kernel;
    bool agree = true;
};

/// How much was looked at.
struct DiffScope {
    std::size_t processes = 0;
    std::size_t calls = 0;
    std::size_t flows = 0;
    std::size_t segments = 0;
    std::size_t counters = 0;
    std::size_t listeners = 0;
};

struct DiffReport {
    std::string scenario;
    std::string kernel;  // which one: "Linux 6.18.44"
    std::vector<DiffRow> rows;
    DiffScope scope;
    bool agree = true;
};

DiffReport compare_traces(const Trace& model, const Trace& kernel, const DiffOptions& options = {});

/// One line: what was compared, and the result.
std::string summary(const DiffReport& report);
/// Aligned columns, then the summary. `differences_only` leaves out the rows that agree.
std::string to_table(const DiffReport& report, bool differences_only = false);
std::string to_json(const DiffReport& report);

}  // namespace synq
