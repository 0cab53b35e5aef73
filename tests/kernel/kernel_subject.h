// This machine's kernel as a subject: sockets on one side, a TUN device on the other.
#pragma once

#include "sim/kernel/socket_states.h"
#include "sim/kernel/tun_device.h"
#include "sim/kernel/unique_fd.h"
#include "tests/kernel/player.h"
#include "tests/kernel/subject.h"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace synq::test {

/// A private network with the settings that the model has; serves any number of scripts.
class KernelLab {
  public:
    /// For a forked child, once (sim/kernel/netns.h); or why not.
    static std::expected<KernelLab, std::string> open(const Settings& settings);

    TunDevice device;
    SocketStates states;
    std::uint16_t scripts = 0;  // played so far: each has ports of its own
};

/// Throws std::runtime_error when the lab breaks; a socket call's error is a result.
class KernelSubject : public Subject {
  public:
    explicit KernelSubject(KernelLab& lab);

    std::string call(const Step& step) override;
    void arrive(const Packet& packet) override;
    std::vector<Packet> take_sent() override;
    State state(const FlowKey& flow) override;
    Errno so_error(int socket) override;
    [[nodiscard]] std::optional<MemoryAccount> memory(int socket) override;
    /// Of the whole private network.
    [[nodiscard]] std::map<std::string, std::uint64_t> counters() const override;
    [[nodiscard]] Ports ports() const override { return ports_; }

    /// What it sends of its own accord within this time.
    std::vector<Packet> wait_for_sent(int milliseconds);

    ~KernelSubject() override;

  private:
    int make_call(const Step& step, int fd);
    std::string accept(int listener);
    [[nodiscard]] std::vector<Packet> ours(
        std::expected<std::vector<Packet>, std::string> packets) const;

    KernelLab& lab_;
    Ports ports_;
    std::vector<UniqueFd> sockets_;  // invalid: closed
};

/// Kernel timers act on ticks. A transcript between two ticks shows what the kernel does at once,
/// so a script is played again until none passed.
Played play_between_ticks(KernelLab& lab, const Script& script);

/// Does the clock that advances with the ticks still show the same?
class NoTick {
  public:
    NoTick();
    [[nodiscard]] bool so_far() const;

  private:
    std::int64_t began_;
};

}  // namespace synq::test
