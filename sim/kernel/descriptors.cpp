#include "sim/kernel/descriptors.h"

#include <fcntl.h>

namespace synq {

Descriptors::Descriptors() {
    for (std::int64_t number = 0; number <= 2; ++number) {
        open_.emplace(number, UniqueFd{::open("/dev/null", O_RDWR | O_CLOEXEC)});
    }
}

std::int64_t Descriptors::add(UniqueFd real) {
    std::int64_t number = 0;
    while (open_.contains(number)) {
        ++number;
    }
    open_.emplace(number, std::move(real));
    return number;
}

int Descriptors::real(std::int64_t number) const {
    const auto found = open_.find(number);
    return found == open_.end() ? -1 : found->second.get();
}

UniqueFd Descriptors::take(std::int64_t number) {
    const auto found = open_.find(number);
    if (found == open_.end()) {
        return {};
    }
    UniqueFd real = std::move(found->second);
    open_.erase(found);
    return real;
}

std::vector<std::int64_t> Descriptors::open_numbers() const {
    std::vector<std::int64_t> numbers;
    numbers.reserve(open_.size());
    for (const auto& [number, real] : open_) {
        numbers.push_back(number);
    }
    return numbers;
}

}  // namespace synq
