#include "sim/world/process.h"

namespace synq {

std::int64_t Process::open(SocketId socket) {
    for (std::size_t i = 0; i < descriptors.size(); ++i) {
        if (!descriptors[i].valid()) {
            descriptors[i] = socket;
            return static_cast<std::int64_t>(i) + kFirstDescriptor;
        }
    }
    descriptors.push_back(socket);
    return static_cast<std::int64_t>(descriptors.size()) - 1 + kFirstDescriptor;
}

std::optional<SocketId> Process::socket_of(std::int64_t descriptor) const {
    const std::int64_t index = descriptor - kFirstDescriptor;
    if (index < 0 || index >= static_cast<std::int64_t>(descriptors.size())) {
        return std::nullopt;
    }
    const SocketId socket = descriptors[static_cast<std::size_t>(index)];
    return socket.valid() ? std::optional(socket) : std::nullopt;
}

void Process::close(std::int64_t descriptor) {
    descriptors[static_cast<std::size_t>(descriptor - kFirstDescriptor)] = {};
}

std::optional<Duration> replayed_think(const Process& process, CallKind kind) {
    if (process.replay == nullptr || process.calls_made >= process.replay->calls.size()) {
        return std::nullopt;
    }
    const ReplayedCall& call = process.replay->calls[process.calls_made];
    return call.kind == kind ? std::optional(call.think) : std::nullopt;
}

}  // namespace synq
