// The summary's paragraph in plain words.
#include "sim/trace/attempts.h"
#include "sim/trace/flood_text.h"
#include "sim/trace/summary.h"
#include "sim/trace/time_text.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <vector>

namespace synq {
namespace {

// A connect() that took less than half the initial retransmission timeout lost no SYN.
constexpr Duration kAtOnce = milliseconds(500);

using Group = std::vector<const Attempt*>;

std::string counted(std::size_t n, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", n, n == 1 ? one : many);
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
    return fmt::format("{}", fmt::join(parts, separator));
}

std::string all_of(std::size_t n) {
    return n == 2 ? "Both" : fmt::format("All {}", n);
}

std::uint64_t counter(const Trace& trace, const std::string& name) {
    std::uint64_t sum = 0;
    for (const auto& counters : trace.counters) {
        const auto found = counters.find(name);
        sum += found == counters.end() ? 0 : found->second;
    }
    return sum;
}

// " because 27 SYNs met a full accept queue"; empty when nothing is known.
std::string because(const Trace& trace, const Group& group) {
    std::map<Drop, std::uint32_t> reasons;
    std::uint32_t syns = 0;
    for (const Attempt* attempt : group) {
        syns += attempt->syns;
        for (const auto& [reason, count] : attempt->dropped) {
            reasons[reason] += count;
        }
    }
    std::vector<std::string> parts;
    parts.reserve(reasons.size());
    for (const auto& [reason, count] : reasons) {
        parts.push_back(
            fmt::format("{} {}", counted(count, "SYN", "SYNs"), what_a_syn_met(reason)));
    }
    if (!parts.empty()) {
        return " because " + joined(parts, " and ");
    }
    // A capture does not say what became of a segment, but the counters do.
    const std::uint64_t overflows = counter(trace, "ListenOverflows");
    const std::size_t answered = static_cast<std::size_t>(
        std::count_if(group.begin(), group.end(), [](const Attempt* a) { return a->connected(); }));
    if (overflows == 0 || syns <= answered) {
        return "";
    }
    return fmt::format(" because {} got no answer (ListenOverflows {})",
                       counted(syns - answered, "SYN", "SYNs"), overflows);
}

std::string range_of(const Group& group) {
    Duration shortest = *group.front()->took, longest = shortest;
    for (const Attempt* attempt : group) {
        shortest = std::min(shortest, *attempt->took);
        longest = std::max(longest, *attempt->took);
    }
    const std::string from = rough_duration(shortest), to = rough_duration(longest);
    return from == to ? from : fmt::format("{} to {}", from, to);
}

// "3 of 6 clients" the first time, "3" afterwards.
class Subject {
  public:
    Subject(const Trace& trace, const std::vector<Attempt>& all) : total_(all.size()) {
        std::vector<std::size_t> connects(trace.processes.size(), 0);
        for (const Attempt& attempt : all) {
            once_each_ = once_each_ && ++connects[attempt.process] == 1;
        }
    }
    std::string operator()(std::size_t n) {
        if (told_) {
            return fmt::format("{}", n);
        }
        told_ = true;
        const std::string_view one = once_each_ ? "client" : "attempt";
        if (n == total_) {
            return n == 1 ? fmt::format("The only {}", one) : fmt::format("{} {}s", all_of(n), one);
        }
        return fmt::format("{} of {} {}s", n, total_, one);
    }

  private:
    std::size_t total_;
    bool once_each_ = true;
    bool told_ = false;
};

std::string how_they_connected(const Trace& trace, const std::vector<Attempt>& all) {
    Group at_once, waited, pending;
    std::map<Errno, Group> failed;
    for (const Attempt& attempt : all) {
        if (!attempt.took) {
            pending.push_back(&attempt);
        } else if (attempt.error != Errno::None) {
            failed[attempt.error].push_back(&attempt);
        } else {
            (*attempt.took < kAtOnce ? at_once : waited).push_back(&attempt);
        }
    }
    Subject subject(trace, all);
    std::vector<std::string> parts;
    if (!at_once.empty()) {
        parts.push_back(fmt::format("{} connected at once", subject(at_once.size())));
    }
    if (!waited.empty()) {
        parts.push_back(fmt::format("{} waited {}{}", subject(waited.size()), range_of(waited),
                                    because(trace, waited)));
    }
    for (const auto& [error, group] : failed) {
        // A SYN that was lost on the way does not explain a connection that was reset later.
        const bool explained = error == Errno::Etimedout || error == Errno::Econnrefused;
        parts.push_back(fmt::format("{} failed with {} after {}{}", subject(group.size()),
                                    name(error), range_of(group),
                                    explained ? because(trace, group) : ""));
    }
    if (!pending.empty()) {
        parts.push_back(fmt::format("{} {} still waiting when the run ended{}",
                                    subject(pending.size()), pending.size() == 1 ? "was" : "were",
                                    because(trace, pending)));
    }
    return joined(parts, "; ") + ".";
}

// What accept() saw of those that believed in a connection.
std::string how_they_were_served(const Trace& trace, const std::vector<Attempt>& all) {
    std::size_t connected = 0, accepted = 0, reset = 0;
    Instant last_accept, last_reset;
    for (const Attempt& attempt : all) {
        connected += attempt.connected() ? 1U : 0U;
        if (attempt.accepted) {
            ++accepted;
            last_accept = std::max(last_accept, *attempt.accepted);
        }
        if (attempt.reset_at) {
            ++reset;
            last_reset = std::max(last_reset, *attempt.reset_at);
        }
    }
    std::vector<std::string> parts;
    if (accepted != 0) {
        const std::string who =
            accepted == all.size() && accepted > 1 ? all_of(accepted) : fmt::format("{}", accepted);
        parts.push_back(fmt::format("{} {} accepted, the last {} after the start.", who,
                                    accepted == 1 ? "was" : "were",
                                    rough_duration(last_accept - Instant{})));
    }
    if (connected > accepted) {
        parts.push_back(fmt::format("{} believed in a connection that {} never accepted.",
                                    connected - accepted,
                                    connected - accepted == 1 ? "was" : "were"));
    }
    if (reset != 0) {
        parts.push_back(fmt::format("{} lost the connection later, the last {} after the start.",
                                    reset, rough_duration(last_reset - Instant{})));
    }
    std::size_t ignored = 0, answered = 0;
    for (const SegmentRecord& record : trace.segments) {
        answered += record.dropped == Drop::AckAcceptQueueReset ? 1 : 0;
        ignored += record.dropped == Drop::AckAcceptQueueFull ||
                           record.dropped == Drop::CookieAcceptQueueFull
                       ? 1
                       : 0;
    }
    if (ignored != 0) {
        parts.push_back(
            fmt::format("{} of clients that were connected already met a full accept "
                        "queue and {} ignored.",
                        counted(ignored, "segment", "segments"), ignored == 1 ? "was" : "were"));
    }
    if (answered != 0) {
        parts.push_back(
            fmt::format("{} of clients that were connected already met a full accept "
                        "queue and {} answered by RST.",
                        counted(answered, "segment", "segments"), answered == 1 ? "was" : "were"));
    }
    return joined(parts, " ");
}

}  // namespace

std::string verdict(const Trace& trace) {
    const std::vector<Attempt> all = attempts(trace);
    if (all.empty()) {
        return "Nobody tried to connect.";
    }
    std::string text = how_they_connected(trace, all);
    const std::string served = how_they_were_served(trace, all);
    if (!served.empty()) {
        text += " " + served;
    }
    if (trace.interrupted) {
        text += " The run was interrupted: what would have followed is not known.";
    }
    return text;
}

}  // namespace synq
