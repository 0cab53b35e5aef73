// The TCP segments that the interfaces of a network namespace send, with the kernel's own time
// stamps.
#pragma once

#include "model/base/time.h"
#include "model/wire/segment.h"
#include "sim/kernel/unique_fd.h"

#include <atomic>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace synq {

struct CapturedPacket {
    std::int64_t monotonic_ns = 0;  // when it was handed to its interface
    unsigned interface = 0;         // the kernel's number of it
    Packet packet;
};

/// Records from open() on. The kernel's stamps are reliable kStampsReliableAfter later.
class Capture {
  public:
    /// The kernel switches packet stamps on asynchronously.
    static constexpr Duration kStampsReliableAfter = milliseconds(30);

    /// On all interfaces of the current namespace; or why not.
    static std::expected<std::unique_ptr<Capture>, std::string> open();

    Capture(const Capture&) = delete;
    Capture& operator=(const Capture&) = delete;
    Capture(Capture&&) = delete;
    Capture& operator=(Capture&&) = delete;
    ~Capture();

    /// Stops and returns everything in the order of time, or what was lost.
    std::expected<std::vector<CapturedPacket>, std::string> finish();

  private:
    explicit Capture(UniqueFd socket);

    void run();
    /// Reads until the socket is empty.
    void read_all(std::vector<std::byte>& buffer);
    void stop();

    UniqueFd socket_;
    std::vector<CapturedPacket> packets_;
    std::string problem_;
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

}  // namespace synq
