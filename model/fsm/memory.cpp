#include "model/fsm/memory.h"

#include "model/fsm/receive_queue.h"
#include "model/fsm/send_queue.h"

namespace synq {
namespace {

constexpr std::int32_t kPage = 4'096;

}  // namespace

MemoryAccount memory_account(const Store& store, const Connection& conn) {
    MemoryAccount out{.received = received_memory(store, conn),
                      .buffer = kDefaultBuffer,
                      .sent = sent_memory(store, conn)};
    const std::uint32_t used = out.received + out.sent;
    out.reserved = static_cast<std::int32_t>((0U - used) % std::uint32_t{kPage});
    out.reserved += kPage * spare_pages(store, conn);
    if (conn.extra.valid() && store.extras[conn.extra].buffer.size != 0) {
        out.buffer = store.extras[conn.extra].buffer.size;
    }
    return out;
}

std::int32_t spare_pages(const Store& store, const Connection& conn) {
    return conn.extra.valid() ? store.extras[conn.extra].buffer.spare_pages : 0;
}

void Reservation::reserve(std::uint32_t octets) {
    const std::int32_t missing = static_cast<std::int32_t>(octets) - left_;
    if (missing > 0) {
        left_ += (missing + kPage - 1) / kPage * kPage;
    }
}

void Reservation::give_back(std::uint32_t octets) {
    left_ += static_cast<std::int32_t>(octets);
    if (left_ >= kPage) {
        left_ %= kPage;
    }
}

void Reservation::settle() {
    if (!followed_) {
        return;
    }
    const MemoryAccount now = memory_account(step_.stack.store, step_.conn());
    if (left_ != now.reserved) {
        own_buffer(step_).spare_pages = static_cast<std::int8_t>(own_buffer(step_).spare_pages +
                                                                 (left_ - now.reserved) / kPage);
    }
}

}  // namespace synq
