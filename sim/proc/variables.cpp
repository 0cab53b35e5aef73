#include "sim/proc/variables.h"

#include <utility>

namespace synq {

std::optional<std::uint8_t> Variables::find(std::string_view name) const {
    for (std::size_t i = 0; i < variables_.size(); ++i) {
        if (variables_[i].name == name) {
            return static_cast<std::uint8_t>(i);
        }
    }
    return std::nullopt;
}

std::optional<std::uint8_t> Variables::add(std::string name, Value::Kind kind) {
    if (variables_.size() == kMaxRegisters) {
        return std::nullopt;
    }
    variables_.push_back({std::move(name), kind});
    return static_cast<std::uint8_t>(variables_.size() - 1);
}

}  // namespace synq
