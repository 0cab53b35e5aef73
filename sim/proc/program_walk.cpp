#include "sim/proc/program_walk.h"

#include "sim/proc/value.h"

#include <algorithm>

namespace synq {
namespace {

constexpr int kSpinning = 1'000'000;  // steps without touching the world

}  // namespace

ProgramWalk::ProgramWalk(const Program& program, const RandomStream& random)
    : program_(&program), random_(random), registers_(program.registers.size()) {}

Duration ProgramWalk::sleep(const Operation& operation) {
    const Duration length{std::max<std::int64_t>(value(operation.args[0]), 0)};
    return operation.random ? random_.exponential(length) : length;
}

std::int64_t ProgramWalk::value(const Operand& operand) const {
    return operand.constant() ? operand.value : registers_.at(operand.reg);
}

void ProgramWalk::returned(std::int64_t result) {
    if (yielded_ != nullptr && yielded_->dest != kNoRegister) {
        registers_.at(yielded_->dest) = result;
    }
}

bool ProgramWalk::holds(const Operation& operation) const {
    return compare(value(operation.args[0]), operation.relation, value(operation.args[1]));
}

const Operation* ProgramWalk::next() {
    for (int step = 0; step < kSpinning; ++step) {
        const Operation& operation = program_->operations.at(at_);
        switch (operation.kind) {
            case OpKind::Call:
            case OpKind::Sleep:
                ++at_;
                yielded_ = &operation;
                return yielded_;
            case OpKind::Exit:
                yielded_ = nullptr;
                return &operation;
            case OpKind::Assign:
                registers_.at(operation.dest) = value(operation.args[0]);
                ++at_;
                break;
            case OpKind::Jump:
                at_ = operation.target;
                break;
            case OpKind::JumpUnless:
                at_ = holds(operation) ? at_ + 1 : operation.target;
                break;
            case OpKind::CountDown: {
                std::int64_t& left = registers_.at(operation.dest);
                if (left > 0) {
                    --left;
                    ++at_;
                } else {
                    at_ = operation.target;
                }
                break;
            }
        }
    }
    return nullptr;
}

}  // namespace synq
