#include "sim/kernel/queue_sampler.h"

#include "sim/kernel/real_clock.h"
#include "sim/kernel/socket_address.h"

#include <algorithm>
#include <netinet/tcp.h>

namespace synq {
namespace {

constexpr std::int64_t kPeriodNs = 1'000'000;

}  // namespace

Endpoint local_endpoint(int fd) {
    sockaddr_in name{};
    socklen_t size = sizeof name;
    if (getsockname(fd, generic(name), &size) != 0 || name.sin_family != AF_INET) {
        return {};
    }
    return endpoint_of(name);
}

QueueSampler::QueueSampler(std::int64_t run_start_ns)
    : run_start_ns_(run_start_ns), thread_([this] { run(); }) {}

QueueSampler::~QueueSampler() {
    finish();
}

void QueueSampler::finish() {
    if (thread_.joinable()) {
        stopping_ = true;
        thread_.join();
        look_at_all();
    }
}

void QueueSampler::watch(int listener, std::uint32_t host) {
    const std::scoped_lock lock{mutex_};
    const bool known = std::any_of(watched_.begin(), watched_.end(),
                                   [listener](const Watched& each) { return each.fd == listener; });
    if (!known) {
        ListenerRecord record;
        record.host = host;
        record.local = local_endpoint(listener);
        watched_.push_back({.fd = listener, .listener = listeners_.size(), .last = 0});
        listeners_.push_back(record);
    }
    look(watched_.back());
}

void QueueSampler::close(UniqueFd socket) {
    const std::scoped_lock lock{mutex_};
    std::erase_if(watched_, [&](const Watched& each) { return each.fd == socket.get(); });
    socket.reset();
}

void QueueSampler::look(Watched& watched) {
    tcp_info info{};
    socklen_t size = sizeof info;
    if (getsockopt(watched.fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 ||
        info.tcpi_state != TCP_LISTEN) {
        return;
    }
    ListenerRecord& listener = listeners_[watched.listener];
    listener.backlog = info.tcpi_sacked;
    listener.accept_queue_max = std::max(listener.accept_queue_max, info.tcpi_unacked);
    if (info.tcpi_unacked != watched.last) {
        watched.last = info.tcpi_unacked;
        queues_.push_back({.t = Instant{monotonic_ns() - run_start_ns_},
                           .host = listener.host,
                           .local = listener.local,
                           .accept_queue = watched.last,
                           .request_queue = 0});
    }
}

void QueueSampler::look_at_all() {
    const std::scoped_lock lock{mutex_};
    for (Watched& each : watched_) {
        look(each);
    }
}

void QueueSampler::run() {
    for (std::int64_t next = monotonic_ns(); !stopping_; next += kPeriodNs) {
        look_at_all();
        next = std::max(next, monotonic_ns() - kPeriodNs);
        sleep_until_ns(next + kPeriodNs);
    }
}

}  // namespace synq
