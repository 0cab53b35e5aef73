// An arena of records addressed by index. Released slots are reused last-in first-out, so a run
// that keeps N records alive touches N slots; growth is amortised and never happens per segment.
//
// A released record stays as it is until recycle(): its driver may still have to take the timers
// out of its lists whose links the record holds.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace synq {

template <class T, class IdType>
class Arena {
  public:
    /// A fresh, value-initialised record.
    IdType acquire() {
        if (free_.empty()) {
            slots_.emplace_back();
            return IdType{static_cast<std::uint32_t>(slots_.size() - 1)};
        }
        const std::uint32_t index = free_.back();
        free_.pop_back();
        slots_[index] = T{};
        return IdType{index};
    }

    void release(IdType id) {
        assert(id.value < slots_.size());
        released_.push_back(id.value);
    }
    /// From now on slots released before may be handed out again.
    void recycle() {
        if (!released_.empty()) {
            free_.insert(free_.end(), released_.begin(), released_.end());
            released_.clear();
        }
    }

    T& operator[](IdType id) {
        assert(id.value < slots_.size());
        return slots_[id.value];
    }
    const T& operator[](IdType id) const {
        assert(id.value < slots_.size());
        return slots_[id.value];
    }

    [[nodiscard]] std::size_t live() const {
        return slots_.size() - free_.size() - released_.size();
    }
    [[nodiscard]] std::size_t capacity() const { return slots_.size(); }
    void reserve(std::size_t n) {
        slots_.reserve(n);
        free_.reserve(n);
        released_.reserve(n);
    }

  private:
    std::vector<T> slots_;
    std::vector<std::uint32_t> free_;
    std::vector<std::uint32_t> released_;
};

}  // namespace synq
