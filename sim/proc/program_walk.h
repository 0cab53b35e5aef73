// A program's own arithmetic and jumps, between the operations that touch the world.
//
// The kernel runner walks a program while it runs; the comparison walks it again over the recorded
// results, to learn when each call should have been made.
#pragma once

#include "sim/des/random.h"
#include "sim/proc/program.h"

#include <cstdint>
#include <vector>

namespace synq {

class ProgramWalk {
  public:
    /// `program` must outlive the walk. Random sleeps draw from `random`: walks with the same
    /// stream sleep equally long.
    ProgramWalk(const Program& program, const RandomStream& random);

    /// The next operation that is a Call, a Sleep or an Exit; nullptr when the program spins
    /// without ever reaching one.
    const Operation* next();
    /// The result of the call that next() yielded, as C sees it.
    void returned(std::int64_t result);
    [[nodiscard]] std::int64_t value(const Operand& operand) const;
    /// How long a Sleep that next() yielded is this time; to be asked once. Not negative.
    Duration sleep(const Operation& operation);

  private:
    [[nodiscard]] bool holds(const Operation& operation) const;

    const Program* program_;
    RandomStream random_;
    std::vector<std::int64_t> registers_;
    std::size_t at_ = 0;
    const Operation* yielded_ = nullptr;
};

}  // namespace synq
