// The variables of one program: registers with a name, a kind of value, and whether every path to
// the place that is being parsed has assigned them.
#pragma once

#include "sim/proc/value.h"

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace synq {

inline constexpr std::size_t kMaxRegisters = 64;

class Variables {
  public:
    /// Registers that are certainly assigned at some place in the program.
    using Assigned = std::bitset<kMaxRegisters>;

    struct Variable {
        std::string name;
        Value::Kind kind = Value::Kind::Number;
    };

    [[nodiscard]] std::optional<std::uint8_t> find(std::string_view name) const;
    /// nullopt when all registers are taken.
    std::optional<std::uint8_t> add(std::string name, Value::Kind kind);
    [[nodiscard]] const Variable& operator[](std::uint8_t reg) const { return variables_[reg]; }
    [[nodiscard]] const std::vector<Variable>& all() const { return variables_; }

    [[nodiscard]] bool assigned(std::uint8_t reg) const { return assigned_[reg]; }
    void set_assigned(std::uint8_t reg) { assigned_.set(reg); }

    /// Before a branch, to come back to it, and to join two paths with &.
    [[nodiscard]] const Assigned& assigned() const { return assigned_; }
    void set_assigned(const Assigned& assigned) { assigned_ = assigned; }
    /// After `exit` and endless loops: no path gets here, so nothing said about it can be wrong.
    void set_unreachable() { assigned_.set(); }

  private:
    std::vector<Variable> variables_;
    Assigned assigned_;
};

}  // namespace synq
