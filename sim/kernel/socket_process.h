// One process of a scenario as a thread that executes the program's list on real sockets.
#pragma once

#include "sim/kernel/descriptors.h"
#include "sim/kernel/queue_sampler.h"
#include "sim/proc/program_walk.h"
#include "sim/scenario/scenario.h"
#include "sim/trace/trace.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <netinet/in.h>
#include <string>
#include <vector>

namespace synq {

/// One host of a run.
struct HostPlace {
    std::string name;
    IpAddress address;  // by which other hosts reach it; of an only host: of its loopback
    int network = -1;   // its network namespace; -1: the one in which the threads begin
};

/// What the processes of a run share.
struct RunContext {
    std::int64_t start_ns = 0;  // CLOCK_MONOTONIC of the trace's zero
    int cpu = -1;               // the one CPU for all of them; -1: any
    int ended_event = -1;       // an eventfd that counts the processes that have ended
    std::size_t max_calls = 0;
    std::shared_ptr<const std::vector<HostPlace>> hosts;
    std::shared_ptr<QueueSampler> sampler;
};

class SocketProcess {
  public:
    /// `before`: the process declared before this one that starts at the same time, if any.
    /// `spec` must outlive this.
    SocketProcess(const ProcessSpec& spec, std::uint32_t index, RunContext context,
                  std::shared_ptr<const SocketProcess> before);

    /// The thread's body: returns when the program has ended.
    void run();

    [[nodiscard]] bool ended() const { return ended_; }
    /// Why the run is worth nothing; empty when it is fine.
    [[nodiscard]] std::string problem() const;
    /// What it has called so far. A connect() in progress already names its port.
    [[nodiscard]] std::vector<CallRecord> calls() const;

  private:
    /// How far it is from its first operation that can wait, for the process that starts after it.
    enum class Progress : std::uint8_t { Starting, Waiting, Past };
    struct Outcome {
        std::int64_t result = -1;
        Endpoint client{};
    };

    /// False, and a problem, when its host's network cannot be entered.
    bool enter_network();
    void wait_for_turn() const;
    [[nodiscard]] bool has_given_way() const;
    void execute();
    [[nodiscard]] sockaddr_in address_of(const Operation& operation, std::int64_t port) const;
    [[nodiscard]] Endpoint client_end(int fd) const;
    [[nodiscard]] const HostPlace& place() const { return (*context_.hosts)[spec_->host]; }
    /// False when the run must stop.
    bool call(const Operation& operation);
    Outcome perform(const Operation& operation);
    Outcome perform_connect(const Operation& operation, int fd);
    Outcome perform_accept(int fd);
    Outcome perform_close(std::int64_t number);
    /// A buffer of that many octets; nullptr, and a problem, when the number is absurd.
    char* octets(std::int64_t count);
    void close_all();
    void fail(const std::string& problem);
    [[nodiscard]] Instant now() const;

    const ProcessSpec* spec_;
    std::uint32_t index_;
    RunContext context_;
    std::shared_ptr<const SocketProcess> before_;
    ProgramWalk walk_;
    Descriptors descriptors_;
    std::vector<char> buffer_;
    std::atomic<Progress> progress_ = Progress::Starting;
    std::atomic<int> connecting_ = -1;
    std::atomic<bool> ended_ = false;
    mutable std::mutex mutex_;  // guards what follows
    std::vector<CallRecord> calls_;
    std::string problem_;
};

}  // namespace synq
