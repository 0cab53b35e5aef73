// A scenario with every parameter resolved: what the simulator and the kernel runner execute.
#pragma once

#include "model/base/time.h"
#include "model/tcb/drop.h"
#include "model/tcb/state.h"
#include "model/wire/address_range.h"
#include "model/wire/segment.h"
#include "sim/des/arrivals.h"
#include "sim/des/random.h"
#include "sim/proc/program.h"
#include "sim/scenario/diagnostic.h"

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace synq {

enum class ClockMode : std::uint8_t {
    Exact,  // a timer fires at its deadline, first armed first
    Wheel,  // Linux's timer wheel: rounded up to its granule, last armed first (linux.md 0.1)
};

struct ClockSpec {
    ClockMode mode = ClockMode::Wheel;
    int hz = 250;
    /// Position of the run's start in the wheel's cycle; unset: drawn from the seed.
    std::optional<Duration> phase;
};

struct HostSpec {
    std::string name;
    std::string profile = "linux-6.18";
    std::vector<std::pair<std::string, std::int64_t>> sysctls;  // full Linux names
    IpAddress address;  // of the link; hosts on loopback are reached at 127.0.0.1
};

/// Take the first-th to last-th segment (from 1) from `from` that carries exactly `flags`.
struct DropRule {
    std::uint32_t from = 0;  // host
    Flags flags;
    std::uint32_t first = 1;
    std::uint32_t last = 1;
};

/// Two hosts joined by a wire of constant delay.
struct LinkSpec {
    std::uint32_t a = 0;
    std::uint32_t b = 0;
    Duration delay;  // one way
    std::vector<DropRule> drops;
    std::uint32_t loss_ppm_from_a = 0;  // of a million packets, each by chance
    std::uint32_t loss_ppm_from_b = 0;
};

/// SYNs from addresses that are not the sender's own, and that never complete a handshake.
struct FloodSpec {
    enum class Reply : std::uint8_t {
        Silent,  // nobody has the address that a SYN-ACK goes to
        Reset,   // a host has it, knows of no connection, and says so
    };
    std::string name;
    std::uint32_t from = 0;  // host, whose link carries the SYNs and what is sent in answer
    std::uint32_t to = 0;
    std::uint16_t port = 0;
    AddressRange sources;
    ArrivalLaw arrivals;
    Duration start;
    std::optional<Duration> stop;
    std::optional<std::uint64_t> count;  // of SYNs
    Reply reply = Reply::Silent;
    Options options;         // of the SYNs; a timestamp's value is drawn
    std::uint32_t text = 0;  // octets in each SYN
};

struct ProcessSpec {
    std::string name;   // "server", "client.3"
    std::string group;  // "client"
    std::uint32_t host = 0;
    Duration start;                      // after the run's start
    std::optional<Duration> lifetime;    // killed so long after its start
    RandomStream sleeps{0, "sleep", 0};  // what its random sleeps draw
    Program program;
};

/// What a scenario promises. Exactly one subject; the limits that are set must hold.
struct Expectation {
    enum class Subject : std::uint8_t {
        Counter,      // a MIB counter of a host
        CallsOf,      // calls of a process or of all instances of a group
        AcceptQueue,  // the longest accept queue of a listener
        RequestQueue,
        Segments,  // how many segments with exactly these flags a process' host sent
        Admitted,  // SYNs of a flood that got a place in the request queue
        Sockets,   // how many sockets of a host are in a state, at a moment of table_times
    };
    Subject subject = Subject::Counter;
    std::string host;     // Counter, AcceptQueue, RequestQueue, Segments
    std::string counter;  // Counter
    std::string process;  // CallsOf: "client" or "client.3"
    std::string flood;    // Admitted
    CallKind call = CallKind::Connect;
    std::uint16_t port = 0;       // AcceptQueue, RequestQueue
    Flags flags;                  // Segments
    State state = State::Closed;  // Sockets, by the name that `ss` has for it
    Duration at;                  // Sockets
    // Counter, queues, Segments, Sockets: the value. CallsOf: how many calls match what is below.
    std::optional<std::int64_t> equals, min, max;
    // CallsOf only: a call matches when all that are set hold.
    std::optional<std::int64_t> result;
    std::optional<Errno> error;
    std::optional<Duration> ends_min, ends_max;
    SourcePos pos;
    std::string text;  // one line for people
};

/// A named choice of parameters.
struct CaseInfo {
    std::string name;
    std::string title;
    bool chosen = false;  // the scenario's parameters, clock and profile are the case's
};

struct Scenario {
    std::string name;  // file name without directory and .toml
    std::string file;
    std::string title;
    std::map<std::string, std::string> parameters;  // as resolved, for display
    std::uint64_t seed = 1;
    ClockSpec clock;
    Duration wakeup;                // from wake-up to the woken process' next step
    std::optional<Duration> until;  // unset: until nothing more can happen
    std::vector<HostSpec> hosts;    // hosts joined by a zero-rtt link are one host already
    std::vector<LinkSpec> links;
    std::vector<ProcessSpec> processes;
    std::vector<FloodSpec> floods;
    std::vector<Duration> table_times;      // when to print socket tables
    std::vector<CaseInfo> cases;            // in the order of the file
    std::vector<Expectation> expectations;  // the file's own, and those of chosen cases
};

/// What the command line may change before parameters are resolved.
struct Overrides {
    std::vector<std::pair<std::string, std::string>> parameters;  // --set name=value
    std::optional<std::string> profile;                           // --profile, all hosts
    std::optional<ClockMode> clock;                               // --clock
    std::optional<std::uint64_t> seed;                            // --seed
    std::optional<std::string> case_name;                         // --case
};

/// Parses and validates. `file` is used in diagnostics only.
std::expected<Scenario, Diagnostic> parse_scenario(std::string_view text, std::string_view file,
                                                   const Overrides& overrides);
/// Reads a path, or else a shipped scenario's name.
std::expected<Scenario, Diagnostic> load_scenario(const std::string& path_or_name,
                                                  const Overrides& overrides);

}  // namespace synq
