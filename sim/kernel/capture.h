// The TCP segments that a network namespace's loopback sends, with the kernel's own time stamps.
#pragma once

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
    std::int64_t monotonic_ns = 0;  // when it was handed to the loopback
    Packet packet;
};

/// Records from open() on; open() returns when the kernel's stamps are reliable.
class Capture {
  public:
    /// On lo of the current namespace; or why not.
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
