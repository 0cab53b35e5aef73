// Processes: executing programs, blocking, waking.
#include "sim/world/simulation.h"

#include <fmt/format.h>

namespace synq {
namespace {

/// A program that executes this many operations while no time passes will never stop.
constexpr std::uint64_t kIdleLimit = 1'000'000;

}  // namespace

void Simulation::wake(std::uint32_t number) {
    Process& process = processes_[number];
    if (!process.queued && process.status != Process::Status::Exited) {
        process.queued = true;
        ready_.push_back(number);
    }
}

void Simulation::wake_socket(std::uint32_t host, SocketId socket) {
    const auto& sleepers = hosts_[host].sleepers;
    if (socket.value >= sleepers.size() || sleepers[socket.value] == 0) {
        return;
    }
    const std::uint32_t number = sleepers[socket.value] - 1;
    const Process& process = processes_[number];
    const Instant runs = replayed_return(process, now_).value_or(now_ + scenario_.wakeup);
    if (runs == now_) {
        wake(number);
    } else if (!process.timer.armed()) {
        arm(own(Own::Process, number), runs);
    }
}

void Simulation::sleep_until(Process& process, std::uint32_t number, Instant deadline) {
    process.status = Process::Status::Sleeping;
    arm(own(Own::Process, number), deadline);
}

void Simulation::fail(const Operation& operation, std::string problem, std::string remedy) {
    failure_ = Diagnostic{.file = scenario_.file,
                          .pos = operation.pos,
                          .problem = std::move(problem),
                          .remedy = std::move(remedy)};
}

void Simulation::run_process(std::uint32_t number) {
    Process& process = processes_[number];
    process.queued = false;
    if (process.status == Process::Status::Exited) {
        return;
    }
    if (process.killed) {
        exit_process(process, number);
        return;
    }
    if (process.status == Process::Status::Blocked && !retry_call(process)) {
        return;
    }
    process.status = Process::Status::Ready;
    while (!failure_ && run_operation(process, number)) {
        if (process.stepped_at != now_) {
            process.stepped_at = now_;
            process.idle_steps = 0;
        }
        if (++process.idle_steps > kIdleLimit) {
            fail_spinning(number);
        }
    }
}

void Simulation::fail_spinning(std::uint32_t number) {
    const Operation& first = scenario_.processes[number].program.operations.front();
    fail(first,
         fmt::format("process '{}' loops for ever without time passing",
                     recorder_.trace.processes[number].name),
         "put a sleep() or a call that can block into the loop");
}

/// False when the process cannot go on now.
bool Simulation::run_operation(Process& process, std::uint32_t number) {
    if (process.current == nullptr) {
        process.current = process.walk.next();
        if (process.current == nullptr) {
            fail_spinning(number);
            return false;
        }
    }
    const Operation& operation = *process.current;
    switch (operation.kind) {
        case OpKind::Call:
            return begin_call(process, number);
        case OpKind::Sleep: {
            process.current = nullptr;
            const Duration length = process.walk.sleep(operation);
            if (process.replay != nullptr && process.calls_made < process.replay->calls.size()) {
                return true;  // the recorded pause before the next call contains it
            }
            sleep_until(process, number, now_ + length);
            return false;
        }
        default:
            exit_process(process, number);
            return false;
    }
}

std::optional<Call> Simulation::make_call(const Process& process, const Operation& operation) {
    Call call{.kind = operation.call};
    if (operation.call == CallKind::Socket) {
        call.ipv6 = process.walk.value(operation.args[0]) == 10;
        return call;
    }
    const std::int64_t descriptor = process.walk.value(operation.args[0]);
    const auto socket = process.socket_of(descriptor);
    if (!socket) {
        fail(operation, fmt::format("'{}': descriptor {} is not open", operation.text, descriptor),
             "it was closed before, or the call that should have opened it failed (C would give "
             "EBADF)");
        return std::nullopt;
    }
    call.socket = *socket;
    call.option = operation.option;
    call.value = process.walk.value(operation.args[1]);
    if (operation.call == CallKind::Bind || operation.call == CallKind::Connect) {
        call.endpoint.port = static_cast<std::uint16_t>(call.value);
        call.endpoint.address = IpAddress::any_v4();
        for (std::uint32_t i = 0; i < scenario_.hosts.size(); ++i) {
            if (scenario_.hosts[i].name == operation.host) {
                call.endpoint.address =
                    i == process.host ? hosts_[i].host.loopback_for(*socket) : hosts_[i].address;
                return call;
            }
        }
        if (const auto literal = parse_address(operation.host)) {
            call.endpoint.address = *literal;
        }
    }
    return call;
}

/// Hosts have a route to themselves and along their links, and no default route.
bool Simulation::reachable(std::uint32_t host, const IpAddress& address) const {
    if (address.is_any() || address.is_loopback() || address == hosts_[host].address) {
        return true;
    }
    for (std::uint32_t other = 0; other < hosts_.size(); ++other) {
        if (hosts_[other].address == address && routes_[host][other]) {
            return true;
        }
    }
    return false;
}

bool Simulation::begin_call(Process& process, std::uint32_t number) {
    const Operation& operation = *process.current;
    if (!process.think_done) {
        if (const auto start = replayed_start(process, operation.call)) {
            process.think_done = true;
            sleep_until(process, number, *start);
            return false;
        }
        process.replay = nullptr;  // off the recorded path
    }
    process.think_done = false;
    const auto call = make_call(process, operation);
    if (!call) {
        return false;
    }
    HostSlot& slot = hosts_[process.host];
    process.record = recorder_.call_started(now_, number, operation, operation.text);
    ++process.calls_made;
    if (operation.call == CallKind::Close) {
        collect_listener(process.host, call->socket);
        process.close(process.walk.value(operation.args[0]));
    }
    if (operation.call == CallKind::Connect && !reachable(process.host, call->endpoint.address)) {
        finish_call(process, operation, CallResult::fail(Errno::Enetunreach));
        return true;
    }
    CallResult result = slot.host.call(now_, *call, outbox_);
    apply(process.host);
    if (operation.call == CallKind::Connect) {
        if (const Connection* conn = slot.host.connection_of(call->socket)) {
            recorder_.set_client(process.record, conn->flow.local);
        }
    }
    drain_loopback();
    if (result.blocked) {
        // Loopback may have brought the answer already, inside the call.
        result = slot.host.call(now_, *call, outbox_);
        apply(process.host);
    }
    if (result.blocked) {
        process.status = Process::Status::Blocked;
        auto& sleepers = slot.sleepers;
        if (call->socket.value >= sleepers.size()) {
            sleepers.resize(call->socket.value + 1, 0);
        }
        sleepers[call->socket.value] = number + 1;
        return false;
    }
    finish_call(process, operation, result);
    return true;
}

bool Simulation::retry_call(Process& process) {
    const Operation& operation = *process.current;
    const auto call = make_call(process, operation);
    HostSlot& slot = hosts_[process.host];
    const CallResult result = slot.host.call(now_, *call, outbox_);
    apply(process.host);
    drain_loopback();
    if (result.blocked) {
        return false;
    }
    slot.sleepers[call->socket.value] = 0;
    finish_call(process, operation, result);
    return true;
}

void Simulation::finish_call(Process& process, const Operation& operation,
                             const CallResult& result) {
    std::int64_t value = result.error == Errno::None ? result.value : -1;
    if (result.error == Errno::None && result.socket.valid()) {
        value = process.open(result.socket);
    }
    if (operation.call == CallKind::Accept && result.error == Errno::None) {
        recorder_.set_client(process.record, result.peer);
    }
    recorder_.call_ended(now_, process.record, result, value);
    process.last_end = now_;
    process.walk.returned(value);
    process.current = nullptr;
}

void Simulation::exit_process(Process& process, std::uint32_t number) {
    process.status = Process::Status::Exited;
    disarm(own(Own::Process, number));
    disarm(own(Own::Lifetime, number));
    --can_end_;
    last_exit_ = now_;
    // The kernel closes what is open, in ascending order.
    for (SocketId& socket : process.descriptors) {
        if (socket.valid()) {
            collect_listener(process.host, socket);
            hosts_[process.host].host.call(now_, {.kind = CallKind::Close, .socket = socket},
                                           outbox_);
            apply(process.host);
            drain_loopback();
            socket = {};
        }
    }
}

}  // namespace synq
