// What the kernel keeps under one four-tuple, full sockets and light records alike (inet_diag).
#pragma once

#include "model/tcb/state.h"
#include "model/wire/address.h"
#include "sim/kernel/unique_fd.h"

#include <cstdint>
#include <expected>
#include <string>

namespace synq {

class SocketStates {
  public:
    /// Of the current network namespace; or why not.
    static std::expected<SocketStates, std::string> open();

    /// State::Closed when only a listener, or nobody, has this flow. SYN-RECEIVED and FIN-WAIT-2
    /// are SynReceived and FinWait2 for full and light records. IPv4 only.
    std::expected<State, std::string> find(const FlowKey& flow);

  private:
    explicit SocketStates(UniqueFd socket);

    UniqueFd socket_;
    std::uint32_t asked_ = 0;
};

}  // namespace synq
