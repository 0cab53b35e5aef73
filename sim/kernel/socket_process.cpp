#include "sim/kernel/socket_process.h"

#include "sim/kernel/cpu.h"
#include "sim/kernel/errno_map.h"
#include "sim/kernel/real_clock.h"
#include "sim/kernel/socket_address.h"
#include "sim/kernel/socket_options.h"

#include <cerrno>
#include <cstring>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <utility>

namespace synq {
namespace {

constexpr std::int64_t kTurnPollNs = 50'000;
constexpr std::int64_t kLongestTurnNs = 50'000'000;
constexpr std::int64_t kMostOctets = 64LL * 1024 * 1024;

in_addr c_address(const IpAddress& address) {
    in_addr out{};
    const auto& octets = address.octets();
    std::memcpy(&out, &octets[12], sizeof out);
    return out;
}

bool can_wait(const Operation& operation) {
    return operation.kind == OpKind::Sleep ||
           (operation.kind == OpKind::Call &&
            (operation.call == CallKind::Connect || operation.call == CallKind::Accept ||
             operation.call == CallKind::Recv));
}

}  // namespace

SocketProcess::SocketProcess(const ProcessSpec& spec, std::uint32_t index, RunContext context,
                             std::shared_ptr<const SocketProcess> before)
    : spec_(&spec),
      index_(index),
      context_(std::move(context)),
      before_(std::move(before)),
      walk_(spec.program, spec.sleeps) {}

Instant SocketProcess::now() const {
    return Instant{monotonic_ns() - context_.start_ns};
}

void SocketProcess::run() {
    settle_thread(context_.cpu);
    if (enter_network()) {
        sleep_until_ns(context_.start_ns + spec_->start.ns);
        wait_for_turn();
        execute();
    }
    progress_ = Progress::Past;
    ended_ = true;
    eventfd_write(context_.ended_event, 1);
}

bool SocketProcess::enter_network() {
    const int network = place().network;
    if (network >= 0 && setns(network, CLONE_NEWNET) != 0) {
        fail(std::string{"enter its host's network: "} + std::strerror(errno));
        return false;
    }
    return true;
}

/// Processes that start together start in the order of their declaration, as in the simulator.
void SocketProcess::wait_for_turn() const {
    const std::int64_t deadline = monotonic_ns() + kLongestTurnNs;
    while (before_ != nullptr && !before_->has_given_way() && monotonic_ns() < deadline) {
        sleep_until_ns(monotonic_ns() + kTurnPollNs);
    }
}

/// It waits, or has waited. A connect() waits only once its SYN is out: else two of them could send
/// in the other order.
bool SocketProcess::has_given_way() const {
    if (progress_ != Progress::Waiting) {
        return progress_ == Progress::Past;
    }
    const int fd = connecting_;
    if (fd < 0) {
        return true;
    }
    tcp_info info{};
    socklen_t size = sizeof info;
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 || info.tcpi_state != TCP_CLOSE;
}

void SocketProcess::execute() {
    for (;;) {
        const Operation* operation = walk_.next();
        if (operation == nullptr) {
            fail("its program spins without making a call");
            return;
        }
        if (operation->kind == OpKind::Exit) {
            close_all();
            return;
        }
        const bool first_wait = progress_ == Progress::Starting && can_wait(*operation);
        if (first_wait &&
            (operation->kind == OpKind::Sleep || operation->call != CallKind::Connect)) {
            progress_ = Progress::Waiting;
        }
        if (operation->kind == OpKind::Sleep) {
            sleep_until_ns(monotonic_ns() + walk_.sleep(*operation).ns);
        } else if (!call(*operation)) {
            return;
        }
        if (first_wait) {
            progress_ = Progress::Past;
        }
    }
}

bool SocketProcess::call(const Operation& operation) {
    {
        const std::scoped_lock lock{mutex_};
        if (!problem_.empty()) {
            return false;
        }
        if (calls_.size() >= context_.max_calls) {
            problem_ = spec_->name + ": more than " + std::to_string(context_.max_calls) + " calls";
            return false;
        }
        CallRecord record;
        record.process = index_;
        record.kind = operation.call;
        record.text = operation.text;
        record.start = now();
        calls_.push_back(std::move(record));
    }
    const Outcome outcome = perform(operation);
    const int error = errno;
    const Instant end = now();
    const std::scoped_lock lock{mutex_};
    CallRecord& record = calls_.back();
    record.end = end;
    record.result = outcome.result;
    record.error = outcome.result < 0 ? errno_from_number(error) : Errno::None;
    record.client = outcome.client;
    walk_.returned(outcome.result);
    return problem_.empty();
}

/// A host's own name is its loopback to itself, as in the simulator.
sockaddr_in SocketProcess::address_of(const Operation& operation, std::int64_t port) const {
    IpAddress to = IpAddress::loopback_v4();
    if (operation.host.empty()) {
        to = IpAddress::any_v4();
    } else if (const auto literal = parse_address(operation.host)) {
        to = *literal;
    }
    for (const HostPlace& host : *context_.hosts) {
        if (host.name == operation.host && &host != &place()) {
            to = host.address;
        }
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr = c_address(to);
    return address;
}

/// The client's end as the kernel names it. After a failed connect() the port is still known, the
/// address is not.
Endpoint SocketProcess::client_end(int fd) const {
    Endpoint local = local_endpoint(fd);
    if (local.port != 0 && local.address.is_any()) {
        local.address = place().address;
    }
    return local;
}

SocketProcess::Outcome SocketProcess::perform(const Operation& operation) {
    const std::int64_t first = walk_.value(operation.args[0]);
    const std::int64_t second = walk_.value(operation.args[1]);
    const int fd = operation.call == CallKind::Socket ? -1 : descriptors_.real(first);
    switch (operation.call) {
        case CallKind::Socket: {
            UniqueFd made{socket(static_cast<int>(first), static_cast<int>(second), 0)};
            return {made.valid() ? descriptors_.add(std::move(made)) : -1};
        }
        case CallKind::Bind: {
            const sockaddr_in address = address_of(operation, second);
            return {bind(fd, generic(address), sizeof address)};
        }
        case CallKind::Listen: {
            const int result = listen(fd, static_cast<int>(second));
            if (result == 0) {
                context_.sampler->watch(fd, spec_->host);
            }
            return {result};
        }
        case CallKind::Connect:
            return perform_connect(operation, fd);
        case CallKind::Accept:
            return perform_accept(fd);
        case CallKind::Send: {
            const char* data = octets(second);
            return {data == nullptr
                        ? -1
                        : send(fd, data, static_cast<std::size_t>(second), MSG_NOSIGNAL)};
        }
        case CallKind::Recv: {
            char* data = octets(second);
            return {data == nullptr ? -1 : recv(fd, data, static_cast<std::size_t>(second), 0)};
        }
        case CallKind::Shutdown:
            return {shutdown(fd, static_cast<int>(second))};
        case CallKind::Close:
            return perform_close(first);
        case CallKind::SetOption:
            return {set_socket_option(fd, operation.option, second)};
        case CallKind::GetOption:
            return {get_socket_option(fd, operation.option)};
        case CallKind::Disconnect: {
            const sockaddr nobody{.sa_family = AF_UNSPEC, .sa_data = {}};
            return {connect(fd, &nobody, sizeof nobody)};
        }
    }
    return {};
}

SocketProcess::Outcome SocketProcess::perform_connect(const Operation& operation, int fd) {
    const sockaddr_in address = address_of(operation, walk_.value(operation.args[1]));
    connecting_ = fd;
    if (progress_ == Progress::Starting) {
        progress_ = Progress::Waiting;
    }
    Outcome outcome{connect(fd, generic(address), sizeof address)};
    const int error = errno;
    connecting_ = -1;
    outcome.client = client_end(fd);
    errno = error;
    return outcome;
}

SocketProcess::Outcome SocketProcess::perform_accept(int fd) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    UniqueFd made{accept(fd, generic(peer), &size)};
    if (!made.valid()) {
        return {};
    }
    return {descriptors_.add(std::move(made)), endpoint_of(peer)};
}

SocketProcess::Outcome SocketProcess::perform_close(std::int64_t number) {
    UniqueFd real = descriptors_.take(number);
    if (!real.valid()) {
        errno = EBADF;
        return {};
    }
    context_.sampler->close(std::move(real));
    return {0};
}

char* SocketProcess::octets(std::int64_t count) {
    if (count < 0 || count > kMostOctets) {
        fail("send or recv of " + std::to_string(count) + " octets is not supported");
        return nullptr;
    }
    if (buffer_.size() <= static_cast<std::size_t>(count)) {
        buffer_.resize(static_cast<std::size_t>(count) + 1);
    }
    return buffer_.data();
}

/// As the end of a process does it.
void SocketProcess::close_all() {
    for (const std::int64_t number : descriptors_.open_numbers()) {
        context_.sampler->close(descriptors_.take(number));
    }
}

void SocketProcess::fail(const std::string& problem) {
    const std::scoped_lock lock{mutex_};
    problem_ = spec_->name + ": " + problem;
}

std::string SocketProcess::problem() const {
    const std::scoped_lock lock{mutex_};
    return problem_;
}

std::vector<CallRecord> SocketProcess::calls() const {
    const std::scoped_lock lock{mutex_};
    std::vector<CallRecord> copy = calls_;
    // While this thread holds the lock, the call cannot be finished and its socket not be closed.
    const int fd = connecting_;
    if (fd >= 0 && !copy.empty() && copy.back().kind == CallKind::Connect &&
        !copy.back().returned()) {
        copy.back().client = client_end(fd);
    }
    return copy;
}

}  // namespace synq
