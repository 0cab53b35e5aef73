// A host under test: the model, or this machine's kernel.
#pragma once

#include "model/base/errors.h"
#include "model/fsm/memory.h"
#include "model/tcb/state.h"
#include "model/wire/segment.h"
#include "tests/kernel/script.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace synq::test {

/// Sysctls that differ from the defaults, by Linux name.
using Settings = std::map<std::string, std::int64_t>;

/// Where a script plays.
struct Ports {
    std::uint16_t own = 8000;
    std::uint16_t first_peer = 4000;  // flow 0; flow 1 follows
};

class Subject {
  public:
    Subject() = default;
    Subject(const Subject&) = delete;
    Subject& operator=(const Subject&) = delete;
    Subject(Subject&&) = delete;
    Subject& operator=(Subject&&) = delete;
    virtual ~Subject() = default;

    /// One socket call, non-blocking; answers "ok", "ok 5", "EAGAIN", "no such socket".
    virtual std::string call(const Step& step) = 0;
    /// A segment for this host; what it sent because of it, or of the last call.
    virtual void arrive(const Packet& packet) = 0;
    virtual std::vector<Packet> take_sent() = 0;
    /// As SocketStates::find.
    virtual State state(const FlowKey& flow) = 0;
    /// SO_ERROR of a socket of the script. Asked last: the kernel forgets what it has told.
    virtual Errno so_error(int socket) = 0;
    /// Memory of a socket of the script in ESTABLISHED; nothing of others.
    [[nodiscard]] virtual std::optional<MemoryAccount> memory(int socket) = 0;

    /// What it has counted so far, without the zeros, by Linux name.
    [[nodiscard]] virtual std::map<std::string, std::uint64_t> counters() const = 0;

    [[nodiscard]] virtual Ports ports() const = 0;
    [[nodiscard]] FlowKey flow(int number) const {
        return {.local = {IpAddress::v4(10, 0, 0, 1), ports().own},
                .remote = {IpAddress::v4(10, 0, 0, 2),
                           static_cast<std::uint16_t>(ports().first_peer + number)}};
    }
};

}  // namespace synq::test
