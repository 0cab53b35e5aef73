// The accept queues of listening sockets, looked at about once a millisecond.
//
// TCP_INFO of a listener costs 0.4 us; an inet_diag dump would walk the machine's hash table and
// spoil the schedule. What comes and goes between two looks is not seen.
#pragma once

#include "model/wire/address.h"
#include "sim/kernel/unique_fd.h"
#include "sim/trace/trace.h"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace synq {

/// This end of a socket; port 0 when it has none.
Endpoint local_endpoint(int fd);

class QueueSampler {
  public:
    /// Times are relative to `run_start_ns`.
    explicit QueueSampler(std::int64_t run_start_ns);
    QueueSampler(const QueueSampler&) = delete;
    QueueSampler& operator=(const QueueSampler&) = delete;
    QueueSampler(QueueSampler&&) = delete;
    QueueSampler& operator=(QueueSampler&&) = delete;
    ~QueueSampler();

    /// From now on; a second listen() on the same socket changes nothing. `host`: whose it is.
    void watch(int listener, std::uint32_t host);
    /// close(), never while a look holds the socket open. `socket` need not be a watched one.
    void close(UniqueFd socket);
    /// Stops.
    void finish();

    // After finish():
    [[nodiscard]] const std::vector<QueueRecord>& queues() const { return queues_; }
    [[nodiscard]] const std::vector<ListenerRecord>& listeners() const { return listeners_; }

  private:
    struct Watched {
        int fd = -1;
        std::size_t listener = 0;  // in listeners_
        std::uint32_t last = 0;
    };

    void run();
    void look(Watched& watched);
    void look_at_all();

    std::int64_t run_start_ns_;
    std::mutex mutex_;
    std::vector<Watched> watched_;
    std::vector<QueueRecord> queues_;
    std::vector<ListenerRecord> listeners_;
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

}  // namespace synq
