#include "model/tcb/flow_table.h"

#include <cassert>
#include <cstring>
#include <utility>

namespace synq {
namespace {

constexpr std::uint64_t mix(std::uint64_t x) {
    x ^= x >> 32U;
    x *= 0xd6e8'feb8'6659'fd93ULL;
    x ^= x >> 32U;
    return x;
}

std::uint64_t half(const IpAddress& address, std::size_t offset) {
    std::uint64_t value = 0;
    std::memcpy(&value, address.octets().data() + offset, sizeof value);
    return value;
}

}  // namespace

std::uint32_t flow_hash(const FlowKey& flow) {
    const auto& [local, remote] = flow;
    std::uint64_t h = mix(half(local.address, 0) ^ (half(remote.address, 0) * 3));
    h = mix(h + half(local.address, 8) + (half(remote.address, 8) * 5));
    h = mix(h ^ ((static_cast<std::uint64_t>(local.port) << 16U) | remote.port));
    return static_cast<std::uint32_t>(h ^ (h >> 29U));
}

void FlowTable::insert(std::uint32_t hash, RecordRef ref) {
    if ((used_ + 1) * 4 > slots_.size() * 3) {
        grow();
    }
    std::size_t i = hash & mask();
    while (slots_[i].ref != RecordRef{}) {
        i = (i + 1) & mask();
    }
    slots_[i] = {hash, ref};
    ++used_;
}

std::size_t FlowTable::position(std::uint32_t hash, RecordRef ref) const {
    std::size_t i = hash & mask();
    while (slots_[i].ref != ref) {
        assert(slots_[i].ref != RecordRef{});
        i = (i + 1) & mask();
    }
    return i;
}

void FlowTable::erase(std::uint32_t hash, RecordRef ref) {
    std::size_t hole = position(hash, ref);
    // Pull later members of the probe sequence into the hole unless they sit at or after their own
    // home slot already.
    for (std::size_t i = (hole + 1) & mask(); slots_[i].ref != RecordRef{}; i = (i + 1) & mask()) {
        const std::size_t home = slots_[i].hash & mask();
        if (((i - home) & mask()) >= ((i - hole) & mask())) {
            slots_[hole] = slots_[i];
            hole = i;
        }
    }
    slots_[hole] = {};
    --used_;
}

void FlowTable::replace(std::uint32_t hash, RecordRef old_ref, RecordRef new_ref) {
    slots_[position(hash, old_ref)].ref = new_ref;
}

void FlowTable::grow() {
    std::vector<Slot> old(slots_.empty() ? 16 : slots_.size() * 2);
    std::swap(old, slots_);
    used_ = 0;
    for (const Slot& slot : old) {
        if (slot.ref != RecordRef{}) {
            insert(slot.hash, slot.ref);
        }
    }
}

}  // namespace synq
