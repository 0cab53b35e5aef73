// The memory of a connection's packets, received and to be sent (Linux sk_rmem_alloc,
// sk_wmem_queued, sk_forward_alloc; docs/notes/2026-11-segments-against-the-kernel.md).
//
// It is reserved in pages, before it is used. What is given back beyond a page leaves the
// reservation, so that this follows from the memory in use, but for pages that were reserved and
// not used, or used without having been reserved: those are counted.
#pragma once

#include "model/fsm/step.h"

namespace synq {

struct MemoryAccount {
    std::uint32_t received = 0;  // by packets that nobody has read, or that lie ahead of a gap
    std::uint32_t buffer = 0;    // how much that may become
    std::uint32_t sent = 0;      // by packets to be sent, or not yet acknowledged
    std::int32_t reserved = 0;   // and not used
};
MemoryAccount memory_account(const Store& store, const Connection& conn);

/// Octets of a packet's own records: with a buffer for headers, and with text of up to 192 octets,
/// headers included.
inline constexpr std::uint32_t kPacketMemory = 832;
inline constexpr std::uint32_t kDefaultBuffer = 131'072;  // tcp_rmem

/// Pages that are reserved beyond what follows from the memory in use.
std::int32_t spare_pages(const Store& store, const Connection& conn);

/// Follows the reservation while the records of packets change. Where what is reserved is used, and
/// no page was spare, there is nothing to follow.
class Reservation {
  public:
    /// `used`: all that is reserved will be used.
    Reservation(const Step& step, bool used)
        : step_(step),
          followed_(!used || spare_pages(step.stack.store, step.conn()) != 0),
          left_(followed_ ? memory_account(step.stack.store, step.conn()).reserved : 0) {}

    /// What follows may take so much.
    void reserve(std::uint32_t octets);
    void use(std::uint32_t octets) { left_ -= static_cast<std::int32_t>(octets); }
    void give_back(std::uint32_t octets);
    /// To be called when the records say what is used.
    void settle();

  private:
    const Step& step_;
    bool followed_;
    std::int32_t left_;
};

}  // namespace synq
