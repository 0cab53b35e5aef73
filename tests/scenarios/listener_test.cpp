// The cases of docs/notes/2026-11-listener.md and 2026-11-fast-open.md on the model: every segment,
// every call's result, every state, at the kernel's time; and the counters that the model has.
#include "tests/scenarios/listener_replay.h"

namespace synq {
namespace {

/// The first difference and what led to it.
std::string difference(const Lines& measured, const Lines& model) {
    const auto [theirs, ours] =
        std::mismatch(measured.begin(), measured.end(), model.begin(), model.end());
    const auto at = static_cast<std::size_t>(theirs - measured.begin());
    std::string out;
    for (std::size_t i = at < 8 ? 0 : at - 8; i < at; ++i) {
        out += "  both    " + measured[i] + "\n";
    }
    for (std::size_t i = at; i < at + 4; ++i) {
        out += "  kernel  " + (i < measured.size() ? measured[i] : "-") + "\n";
        out += "  model   " + (i < model.size() ? model[i] : "-") + "\n";
    }
    return out;
}

void repeat(const std::function<bool(const std::string&)>& wanted,
            const std::string& topic = "listener") {
    std::size_t cases = 0;
    for (const LoggedCase& each : logged_cases(topic)) {
        if (!wanted(each.name)) {
            continue;
        }
        ++cases;
        ListenerReplay replay(each);
        replay.run();
        INFO(each.name << "\n" << difference(replay.kernel(), replay.model()));
        CHECK(replay.kernel() == replay.model());
    }
    CHECK(cases > 0);
}

bool of_group(const std::string& name) {
    return name.starts_with("group") || name.starts_with("alone") || name.starts_with("not_a") ||
           name.starts_with("reuse");
}

}  // namespace

TEST_CASE("TCP_DEFER_ACCEPT as measured") {
    repeat([](const std::string& name) { return name.starts_with("defer"); });
}
TEST_CASE("SO_REUSEPORT groups and tcp_migrate_req as measured") {
    repeat(of_group);
}
TEST_CASE("Fast Open children, their timers and places as measured") {
    repeat([](const std::string&) { return true; }, "fast_open");
}
TEST_CASE("requests, their timers, cookies and full queues as measured") {
    repeat([](const std::string& name) { return !name.starts_with("defer") && !of_group(name); });
}

}  // namespace synq
