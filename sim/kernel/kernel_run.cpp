// The parent's side of a run: what is supported, the fork, the pipe, Ctrl-C, the trace.
#include "sim/kernel/kernel_run.h"

#include "sim/kernel/experiment.h"
#include "sim/kernel/kernel_record.h"
#include "sim/kernel/real_clock.h"
#include "sim/kernel/unique_fd.h"
#include "sim/trace/sort_stably.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <set>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <tuple>
#include <utility>

namespace synq {
namespace {

constexpr std::int64_t kGraceNs =
    30'000'000'000;  // beyond the time limit, before the child is killed
constexpr int kPollMs = 100;
constexpr std::size_t kMostHosts = 32;
constexpr std::int64_t kAfInet6 = 10;  // AF_INET6, as programs write it

std::string because(const std::string& what) {
    return what + ": " + std::strerror(errno);
}

std::optional<std::string> why_program_unsupported(const ProcessSpec& process) {
    if (process.lifetime) {
        return process.name + " has a lifetime, which the kernel runner does not do yet";
    }
    for (const Operation& operation : process.program.operations) {
        if (operation.kind != OpKind::Call) {
            continue;
        }
        const auto literal = parse_address(operation.host);
        if ((operation.call == CallKind::Socket && operation.args[0].value == kAfInet6) ||
            (literal && !literal->is_v4())) {
            return process.name + " uses IPv6, which the kernel runner does not do yet";
        }
    }
    return std::nullopt;
}

std::optional<std::string> why_host_unsupported(const HostSpec& host, bool alone) {
    if (!host.profile.starts_with("linux")) {
        return "the profile " + host.profile + " is not Linux, and this kernel is";
    }
    if (!alone && !host.address.is_v4()) {
        return host.name + " has an IPv6 address, which the kernel runner does not do yet";
    }
    return std::nullopt;
}

std::optional<std::string> why_unsupported(const Scenario& scenario) {
    if (!scenario.floods.empty()) {
        return "the scenario has a [[flood]], which the kernel runner cannot play yet";
    }
    for (const LinkSpec& link : scenario.links) {
        if (link.loss_ppm_from_a != 0 || link.loss_ppm_from_b != 0) {
            return "a link loses segments by chance, and the kernel runner has drop rules only";
        }
    }
    if (scenario.hosts.empty()) {
        return "the scenario has no host";
    }
    if (scenario.hosts.size() > kMostHosts) {
        return "the scenario has more than " + std::to_string(kMostHosts) +
               " hosts, each of which would be a network namespace";
    }
    for (const HostSpec& host : scenario.hosts) {
        if (auto why = why_host_unsupported(host, scenario.hosts.size() == 1)) {
            return why;
        }
    }
    for (const ProcessSpec& process : scenario.processes) {
        if (auto why = why_program_unsupported(process)) {
            return why;
        }
    }
    return std::nullopt;
}

std::atomic<bool>& interrupt_seen() {
    static_assert(std::atomic<bool>::is_always_lock_free, "set by a signal handler");
    static constinit std::atomic<bool> seen = false;
    return seen;
}

/// While it lives, SIGINT is noted instead of ending the program.
class InterruptCatcher {
  public:
    explicit InterruptCatcher(bool active) : active_(active) {
        if (active_) {
            interrupt_seen() = false;
            struct sigaction action{};
            action.sa_handler = [](int) { interrupt_seen() = true; };
            sigaction(SIGINT, &action, &previous_);
        }
    }
    InterruptCatcher(const InterruptCatcher&) = delete;
    InterruptCatcher& operator=(const InterruptCatcher&) = delete;
    InterruptCatcher(InterruptCatcher&&) = delete;
    InterruptCatcher& operator=(InterruptCatcher&&) = delete;
    ~InterruptCatcher() {
        if (active_) {
            sigaction(SIGINT, &previous_, nullptr);
        }
    }
    [[nodiscard]] bool interrupted() const { return active_ && interrupt_seen(); }

  private:
    bool active_;
    struct sigaction previous_{};
};

struct Pipe {
    UniqueFd read;
    UniqueFd write;
};

std::optional<Pipe> make_pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
        return std::nullopt;
    }
    return Pipe{UniqueFd{ends[0]}, UniqueFd{ends[1]}};
}

/// Other runs of the same program may be under way: their pipes must not stay open in this child.
void close_all_but(int a, int b) {
    const auto low = static_cast<unsigned>(std::min(a, b));
    const auto high = static_cast<unsigned>(std::max(a, b));
    constexpr unsigned first = 3;
    if (low > first) {
        syscall(SYS_close_range, first, low - 1, 0U);
    }
    if (high > low + 1) {
        syscall(SYS_close_range, low + 1, high - 1, 0U);
    }
    syscall(SYS_close_range, high + 1, ~0U, 0U);
}

[[noreturn]] void live_as_child(const Scenario& scenario, const KernelOptions& options, int result,
                                int stop, pid_t parent) {
    signal(SIGINT, SIG_IGN);  // the parent hears it too, and says when to stop
    signal(SIGPIPE, SIG_IGN);
    close_all_but(result, stop);
    const std::string message = pack(run_experiment(scenario, options, stop));
    std::size_t sent = 0;
    while (sent < message.size() && getppid() == parent) {
        const ssize_t written = write(result, message.data() + sent, message.size() - sent);
        if (written < 0 && errno != EINTR) {
            break;
        }
        sent += static_cast<std::size_t>(std::max<ssize_t>(written, 0));
    }
    _exit(sent == message.size() ? 0 : 1);
}

/// Reads the child's message. `stop` is closed when the user interrupts: the child sees that.
std::string receive(const UniqueFd& result, UniqueFd& stop, const InterruptCatcher& interrupt,
                    std::int64_t deadline) {
    std::string message;
    std::array<char, 65'536> chunk{};
    while (!is_whole(message) && monotonic_ns() < deadline) {
        if (interrupt.interrupted()) {
            stop.reset();
        }
        pollfd wait{.fd = result.get(), .events = POLLIN, .revents = 0};
        if (poll(&wait, 1, kPollMs) <= 0) {
            continue;
        }
        const ssize_t got = read(result.get(), chunk.data(), chunk.size());
        if (got == 0) {
            break;
        }
        message.append(chunk.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    }
    return message;
}

/// Waits for this one child; kills it first when it has nothing more to say.
std::string how_it_ended(pid_t child, bool kill_first) {
    if (kill_first) {
        kill(child, SIGKILL);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (kill_first) {
        return "it did not answer in time";
    }
    if (WIFSIGNALED(status)) {
        return std::string{"it was ended by signal "} + strsignal(WTERMSIG(status));
    }
    return "it ended with status " + std::to_string(WEXITSTATUS(status));
}

std::expected<KernelRecord, KernelUnavailable> run_child(const Scenario& scenario,
                                                         const KernelOptions& options) {
    std::optional<Pipe> result = make_pipe();
    std::optional<Pipe> stop = make_pipe();
    if (!result || !stop) {
        return std::unexpected(KernelUnavailable{because("make a pipe")});
    }
    const InterruptCatcher interrupt{options.catch_interrupt};
    const std::int64_t deadline = monotonic_ns() + options.time_limit.ns + kGraceNs;
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child < 0) {
        return std::unexpected(KernelUnavailable{because("fork")});
    }
    if (child == 0) {
        live_as_child(scenario, options, result->write.get(), stop->read.get(), parent);
    }
    result->write.reset();
    stop->read.reset();
    const std::string message = receive(result->read, stop->write, interrupt, deadline);
    const bool silent = !is_whole(message) && monotonic_ns() >= deadline;
    const std::string ended = how_it_ended(child, silent);
    auto record = unpack(message);
    if (!record) {
        return std::unexpected(KernelUnavailable{"the run's process sent no result: " + ended});
    }
    if (!record->problem.empty()) {
        return std::unexpected(KernelUnavailable{std::move(record->problem)});
    }
    return std::move(*record);
}

/// Everything in one order; at equal times, a call starts before it sends and ends after.
std::vector<Entry> order_of(const Trace& trace) {
    std::vector<std::pair<Instant, Entry>> entries;
    entries.reserve(2 * trace.calls.size() + trace.segments.size() + trace.queues.size());
    for (std::uint32_t i = 0; i < trace.calls.size(); ++i) {
        entries.push_back({trace.calls[i].start, {EntryKind::CallStart, i}});
    }
    for (std::uint32_t i = 0; i < trace.segments.size(); ++i) {
        const SegmentRecord& segment = trace.segments[i];
        entries.push_back({segment.t, {EntryKind::SegmentSent, i}});
        if (segment.arrived != segment.t && segment.arrived <= trace.end) {
            entries.push_back({segment.arrived, {EntryKind::SegmentArrived, i}});
        }
    }
    for (std::uint32_t i = 0; i < trace.queues.size(); ++i) {
        entries.push_back({trace.queues[i].t, {EntryKind::Queue, i}});
    }
    for (std::uint32_t i = 0; i < trace.calls.size(); ++i) {
        if (trace.calls[i].returned()) {
            entries.push_back({trace.calls[i].end, {EntryKind::CallEnd, i}});
        }
    }
    sort_stably(entries, [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<Entry> order;
    order.reserve(entries.size());
    for (const auto& [t, entry] : entries) {
        order.push_back(entry);
    }
    return order;
}

/// What a host has sent before, it sends again because a timer told it to, or a duplicate.
void mark_retransmissions(std::vector<SegmentRecord>& segments) {
    const auto key_of = [](const Packet& packet) {
        return std::tuple{packet.src.address.octets(), packet.src.port,
                          packet.dst.address.octets(), packet.dst.port,
                          packet.segment.seq.raw(),    packet.segment.len,
                          packet.segment.flags.syn(),  packet.segment.flags.fin()};
    };
    std::set<decltype(key_of(Packet{}))> sent;
    for (SegmentRecord& each : segments) {
        const Segment& segment = each.packet.segment;
        each.retransmission = segment.length() > 0 && !segment.flags.rst() &&
                              !sent.insert(key_of(each.packet)).second;
    }
}

Trace trace_of(const Scenario& scenario, KernelRecord record) {
    Trace trace;
    trace.scenario = scenario.name;
    trace.seed = scenario.seed;
    utsname name{};
    uname(&name);
    trace.profile = std::string{"Linux "} + name.release;
    trace.world = "kernel";
    trace.end = record.end;
    trace.interrupted = record.interrupted;
    for (const HostSpec& host : scenario.hosts) {
        trace.hosts.push_back(host.name);
        trace.addresses.push_back(scenario.hosts.size() == 1 ? IpAddress::loopback_v4()
                                                             : host.address);
    }
    for (const ProcessSpec& process : scenario.processes) {
        trace.processes.push_back({process.name, process.host});
    }
    trace.calls = std::move(record.calls);
    trace.segments = std::move(record.segments);
    mark_retransmissions(trace.segments);
    trace.queues = std::move(record.queues);
    trace.listeners = std::move(record.listeners);
    trace.counters = std::move(record.counters);
    trace.wheel_phase = record.wheel_phase;
    trace.order = order_of(trace);
    return trace;
}

}  // namespace

std::expected<Trace, KernelUnavailable> run_on_kernel(const Scenario& scenario,
                                                      const KernelOptions& options) {
    if (auto why = why_unsupported(scenario)) {
        return std::unexpected(KernelUnavailable{std::move(*why)});
    }
    auto record = run_child(scenario, options);
    if (!record) {
        return std::unexpected(std::move(record.error()));
    }
    return trace_of(scenario, std::move(*record));
}

std::optional<std::string> why_kernel_unavailable() {
    Scenario nothing;
    nothing.hosts.emplace_back();
    KernelOptions options;
    options.drain = Duration{};
    const auto record = run_child(nothing, options);
    if (record) {
        return std::nullopt;
    }
    return record.error().reason;
}

}  // namespace synq
