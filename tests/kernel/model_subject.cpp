#include "tests/kernel/model_subject.h"

#include "tests/kernel/player.h"
#include "tests/record_numbers.h"

#include <stdexcept>
#include <utility>
#include <variant>

namespace synq::test {
namespace {

constexpr Instant kStart = Instant{} + seconds(1'000);
constexpr Duration kStep = microseconds(1);  // enough for a new initial sequence number

HostConfig config(const IpAddress& address, const Settings& settings) {
    const Profile* profile = find_profile("linux-6.18");
    HostConfig out{.profile = profile,
                   .sysctl = profile->sysctl,
                   .secret = {.k0 = 0x0123'4567'89ab'cdef, .k1 = 1},
                   .address = address};
    out.sysctl.invalid_ratelimit_ms = 0;
    for (const auto& [name, value] : settings) {
        const SysctlInfo* const info = find_sysctl(name);
        if (info == nullptr) {
            throw std::out_of_range(name);
        }
        out.sysctl.*info->field = value;
    }
    return out;
}

}  // namespace

ModelSubject::ModelSubject(const Settings& settings)
    : host_(config(IpAddress::v4(10, 0, 0, 1), settings)), now_(kStart) {}

bool ModelSubject::open(int socket) const {
    return socket >= 0 && socket < sockets() &&
           sockets_[static_cast<std::size_t>(socket)].id.valid();
}

const Connection* ModelSubject::connection_of(int socket) const {
    return open(socket) ? host_.connection_of(sockets_[static_cast<std::size_t>(socket)].id)
                        : nullptr;
}

void ModelSubject::apply(const Outbox& out) {
    now_ = now_ + kStep;
    for (const Effect& effect : out) {
        if (const auto* sending = std::get_if<SendPacket>(&effect)) {
            if (sending->packet.src == flow(0).local) {
                sent_.push_back(sending->packet);
            }
        } else if (const auto* arming = std::get_if<ArmTimer>(&effect)) {
            host_.timer_node(arming->timer).deadline = arming->deadline;
        } else if (const auto* cancelling = std::get_if<CancelTimer>(&effect)) {
            host_.timer_node(cancelling->timer).deadline = kNever;
        }
    }
}

std::string ModelSubject::call(const Step& step) {
    Call call{.kind = step.call, .value = step.value, .option = step.option};
    const auto index = static_cast<std::size_t>(step.socket);
    if (step.call != CallKind::Socket) {
        if (!open(step.socket)) {
            return "no such socket";
        }
        call.socket = sockets_[index].id;
    }
    if (step.call == CallKind::Bind) {
        call.endpoint = flow(0).local;
        call.endpoint.address = IpAddress::any_v4();
    } else if (step.call == CallKind::Connect) {
        call.endpoint = flow(step.flow).remote;
    }
    Outbox out;
    const CallResult result = host_.call(now_, call, out);
    apply(out);
    if (step.call == CallKind::Close) {
        sockets_[index].id = {};
    }
    const bool may_end = step.call == CallKind::Shutdown || step.call == CallKind::Disconnect;
    if (may_end && host_.connection_of(sockets_[index].id) == nullptr) {
        sockets_[index].connecting = false;  // the attempt is over
    }
    if (result.blocked) {
        // What a non-blocking socket says (linux.md 1.1).
        if (step.call != CallKind::Connect) {
            return "EAGAIN";
        }
        return std::exchange(sockets_[index].connecting, true) ? "EALREADY" : "EINPROGRESS";
    }
    if (step.call == CallKind::Connect) {
        sockets_[index].connecting = false;
    }
    if (result.error != Errno::None) {
        return std::string{name(result.error)};
    }
    if (step.call == CallKind::Socket || step.call == CallKind::Accept) {
        sockets_.push_back({.id = result.socket});
        return step.call == CallKind::Socket
                   ? "ok"
                   : "ok peer " + std::to_string(result.peer.port - ports().first_peer);
    }
    return step.call == CallKind::Send || step.call == CallKind::Recv ||
                   step.call == CallKind::GetOption
               ? "ok " + std::to_string(result.value)
               : "ok";
}

void ModelSubject::arrive(const Packet& packet) {
    Outbox out;
    host_.on_segment(now_, packet, out);
    apply(out);
}

std::vector<Packet> ModelSubject::take_sent() {
    return std::exchange(sent_, {});
}

const Connection* ModelSubject::connection_at(const FlowKey& flow) const {
    const Store& store = host_.store();
    const RecordRef ref = store.find(flow);
    return ref.kind() == RecordKind::Connection ? &store.connections[ConnectionId{ref.index()}]
                                                : nullptr;
}

State ModelSubject::state(const FlowKey& flow) {
    return state_of(flow);
}

// The kernel has one name for each kind of SYN-RECEIVED and of FIN-WAIT-2.
State ModelSubject::state_of(const FlowKey& flow) const {
    switch (const State state = host_.store().state_of(flow)) {
        case State::HalfOpen:
            return State::SynReceived;
        case State::FinWait2Orphan:
            return State::FinWait2;
        default:
            return state;
    }
}

Errno ModelSubject::so_error(int socket) {
    return open(socket) ? host_.stored_error(sockets_[static_cast<std::size_t>(socket)].id)
                        : Errno::None;
}

std::optional<MemoryAccount> ModelSubject::memory(int socket) {
    const Connection* const conn = connection_of(socket);
    return conn == nullptr || conn->state != State::Established
               ? std::nullopt
               : std::optional{memory_account(host_.store(), *conn)};
}

std::map<std::string, std::uint64_t> ModelSubject::counters() const {
    std::map<std::string, std::uint64_t> out;
    for (int i = 0; i < kMibCount; ++i) {
        const Mib counter = static_cast<Mib>(i);
        if (const std::uint64_t value = host_.counters()[counter]; value != 0) {
            out.emplace(name(counter), value);
        }
    }
    return out;
}

std::optional<Numbers> ModelSubject::numbers(const FlowKey& flow) const {
    return numbers_of(host_.store(), flow, Player::kPeerIss);
}

}  // namespace synq::test
