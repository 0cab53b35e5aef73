// The model as a subject: hardly any time passes, and no timer runs out.
#pragma once

#include "model/host/host.h"
#include "tests/kernel/subject.h"
#include "tests/state_event.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace synq::test {

class ModelSubject : public Subject {
  public:
    /// A setting that the model does not have throws std::out_of_range.
    explicit ModelSubject(const Settings& settings = {});

    std::string call(const Step& step) override;
    void arrive(const Packet& packet) override;
    std::vector<Packet> take_sent() override;
    State state(const FlowKey& flow) override;
    Errno so_error(int socket) override;
    [[nodiscard]] std::optional<MemoryAccount> memory(int socket) override;
    [[nodiscard]] std::map<std::string, std::uint64_t> counters() const override;
    [[nodiscard]] Ports ports() const override { return {}; }

    /// nullopt: nobody answers this flow.
    [[nodiscard]] std::optional<Numbers> numbers(const FlowKey& flow) const;
    [[nodiscard]] State state_of(const FlowKey& flow) const;
    /// The connection that answers a flow; nullptr when there is none.
    [[nodiscard]] const Connection* connection_at(const FlowKey& flow) const;
    /// The connection behind a socket; nullptr when there is none.
    [[nodiscard]] const Connection* connection_of(int socket) const;
    [[nodiscard]] int sockets() const { return static_cast<int>(sockets_.size()); }
    [[nodiscard]] bool open(int socket) const;

  private:
    struct Socket {
        SocketId id;  // invalid: closed
        bool connecting = false;
    };
    void apply(const Outbox& out);

    Host host_;
    Instant now_;
    std::vector<Socket> sockets_;
    std::vector<Packet> sent_;
};

}  // namespace synq::test
