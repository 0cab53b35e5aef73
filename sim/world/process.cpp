#include "sim/world/process.h"

#include <algorithm>

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

std::optional<Instant> replayed_start(const Process& process, CallKind kind) {
    if (process.replay == nullptr || process.calls_made >= process.replay->calls.size()) {
        return std::nullopt;
    }
    const ReplayedCall& call = process.replay->calls[process.calls_made];
    if (call.kind != kind) {
        return std::nullopt;
    }
    const Duration ahead = call.start - call.think - process.last_end;
    const bool same_moment = ahead <= kSameMoment && ahead + kSameMoment >= Duration{};
    return same_moment ? std::max(call.start, process.last_end) : process.last_end + call.think;
}

std::optional<Instant> replayed_return(const Process& process, Instant now) {
    if (process.replay == nullptr || process.calls_made == 0 ||
        process.calls_made > process.replay->calls.size()) {
        return std::nullopt;
    }
    const Instant end = process.replay->calls[process.calls_made - 1].end;
    return now < end && end <= now + kSameMoment ? std::optional(end) : std::nullopt;
}

}  // namespace synq
