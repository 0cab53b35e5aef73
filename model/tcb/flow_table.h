// From four-tuple to record: open addressing, linear probing, deletion by shifting back, so that a
// long run leaves no tombstones. The table stores hashes and references; keys stay in the records.
#pragma once

#include "model/wire/address.h"

#include <cstdint>
#include <vector>

namespace synq {

enum class RecordKind : std::uint8_t { None, Connection, Request, TimeWait };

/// A record of any kind: two bits of kind, thirty of index.
class RecordRef {
  public:
    constexpr RecordRef() = default;
    constexpr RecordRef(RecordKind kind, std::uint32_t index)
        : bits_((static_cast<std::uint32_t>(kind) << 30U) | index) {}

    [[nodiscard]] constexpr RecordKind kind() const {
        return static_cast<RecordKind>(bits_ >> 30U);
    }
    [[nodiscard]] constexpr std::uint32_t index() const { return bits_ & 0x3fff'ffffU; }
    friend constexpr bool operator==(RecordRef, RecordRef) = default;

  private:
    std::uint32_t bits_ = 0;
};

/// A fixed, unkeyed mix: the order of slots never shows in results.
std::uint32_t flow_hash(const FlowKey& flow);

class FlowTable {
  public:
    /// `same(ref)` says whether the record has the wanted key.
    template <class Same>
    [[nodiscard]] RecordRef find(std::uint32_t hash, const Same& same) const {
        if (slots_.empty()) {
            return {};
        }
        for (std::size_t i = hash & mask(); slots_[i].ref != RecordRef{}; i = (i + 1) & mask()) {
            if (slots_[i].hash == hash && same(slots_[i].ref)) {
                return slots_[i].ref;
            }
        }
        return {};
    }
    void insert(std::uint32_t hash, RecordRef ref);
    void erase(std::uint32_t hash, RecordRef ref);
    /// A record changed its kind or index but not its key.
    void replace(std::uint32_t hash, RecordRef old_ref, RecordRef new_ref);
    /// Every record, in no particular order.
    template <class Visit>
    void for_each(const Visit& visit) const {
        for (const Slot& slot : slots_) {
            if (slot.ref != RecordRef{}) {
                visit(slot.ref);
            }
        }
    }
    [[nodiscard]] std::size_t size() const { return used_; }

  private:
    struct Slot {
        std::uint32_t hash = 0;
        RecordRef ref;
    };
    [[nodiscard]] std::size_t mask() const { return slots_.size() - 1; }
    [[nodiscard]] std::size_t position(std::uint32_t hash, RecordRef ref) const;
    void grow();

    std::vector<Slot> slots_;  // a power of two
    std::size_t used_ = 0;
};

}  // namespace synq
