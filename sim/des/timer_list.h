// Doubly linked lists of timers whose links live in the timers' own records.
//
// The ends of a list point back at it: the `prev` of its first timer and the `next` of its last one
// hold a mark with the list's number. So a timer is unlinked without knowing where it is, and the
// list that it was the last of is found. Lists hold no pointers and are copied with their world.
#pragma once

#include "model/base/timer_node.h"

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace synq {

template <std::size_t Count>
class TimerLists {
  public:
    [[nodiscard]] bool empty(std::size_t list) const { return !ends_[list].first.valid(); }
    [[nodiscard]] TimerRef first(std::size_t list) const { return ends_[list].first; }
    [[nodiscard]] TimerRef last(std::size_t list) const { return ends_[list].last; }

    template <class Nodes>
    void push_back(Nodes& nodes, std::size_t list, TimerRef timer, TimerNode& node) {
        Ends& ends = ends_[list];
        node.next = mark(list);
        if (ends.last.valid()) {
            node.prev = ends.last;
            nodes(ends.last).next = timer;
        } else {
            node.prev = mark(list);
            ends.first = timer;
        }
        ends.last = timer;
    }

    template <class Nodes>
    void push_front(Nodes& nodes, std::size_t list, TimerRef timer, TimerNode& node) {
        Ends& ends = ends_[list];
        node.prev = mark(list);
        if (ends.first.valid()) {
            node.next = ends.first;
            nodes(ends.first).prev = timer;
        } else {
            node.next = mark(list);
            ends.last = timer;
        }
        ends.first = timer;
    }

    /// Takes a linked timer out. The list's number when that left it empty.
    template <class Nodes>
    std::optional<std::size_t> unlink(Nodes& nodes, const TimerNode& node) {
        const TimerRef next = node.next;
        const TimerRef prev = node.prev;
        if (next.valid()) {
            nodes(next).prev = prev;
        } else {
            ends_[next.index].last = prev;
        }
        if (prev.valid()) {
            nodes(prev).next = next;
            return std::nullopt;
        }
        ends_[prev.index].first = next;
        if (next.valid()) {
            return std::nullopt;
        }
        return prev.index;
    }

    /// Takes the whole list off, to be walked by its `next` links.
    TimerRef detach(std::size_t list) {
        const TimerRef head = ends_[list].first;
        ends_[list] = {};
        return head;
    }

    /// Moves all timers of one list, in order, behind those of another; O(1).
    template <class Nodes>
    void append(Nodes& nodes, std::size_t to, std::size_t from) {
        const Ends moved = ends_[from];
        if (!moved.first.valid()) {
            return;
        }
        assert(to != from);
        Ends& ends = ends_[to];
        if (ends.last.valid()) {
            nodes(ends.last).next = moved.first;
            nodes(moved.first).prev = ends.last;
        } else {
            ends.first = moved.first;
            nodes(moved.first).prev = mark(to);
        }
        nodes(moved.last).next = mark(to);
        ends.last = moved.last;
        ends_[from] = {};
    }

  private:
    struct Ends {
        TimerRef first;
        TimerRef last;
    };

    static TimerRef mark(std::size_t list) {
        return {.index = static_cast<std::uint32_t>(list), .owner = TimerRef::kNoOwner};
    }

    std::array<Ends, Count> ends_{};
};

}  // namespace synq
