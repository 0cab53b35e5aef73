// std::stable_sort for vectors. The one of libstdc++ 12 calls a function that clang reports as
// deprecated in C++17 and later.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

namespace synq {

/// Sorts by `before`; elements that neither precedes keep their order.
template <class T, class Before>
void sort_stably(std::vector<T>& values, Before before) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return before(values[a], values[b]) || (!before(values[b], values[a]) && a < b);
    });
    std::vector<T> sorted;
    sorted.reserve(values.size());
    for (const std::size_t i : order) {
        sorted.push_back(std::move(values[i]));
    }
    values = std::move(sorted);
}

}  // namespace synq
