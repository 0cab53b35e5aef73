// TCP Fast Open of a listener, in scripts: every segment, result, state and counter is the
// kernel's.
#include "sim/kernel/mib_files.h"
#include "tests/catch.h"
#include "tests/kernel/model_subject.h"
#include "tests/kernel/private_network.h"

#include <fmt/format.h>
#include <stdexcept>
#include <utility>
#include <vector>

namespace synq::test {
namespace {

constexpr std::int64_t kBacklog = 5;
constexpr int kMostAttempts = 1'000;

constexpr Options kPlain{.mss = 1'460};
constexpr Options kFull{
    .ts_val = 1'000, .mss = 1'460, .window_scale = 7, .sack_permitted = true, .timestamps = true};

Step from(int flow, Step step) {
    step.flow = flow;
    return step;
}
Step syn(const Options& options = kPlain, std::uint32_t len = 0) {
    Step out = arrival(kSyn, 0, 0, len);
    out.options = options;
    return out;
}
/// A SYN that asks for a cookie.
Step asking(Options options = kPlain, std::uint32_t len = 0) {
    options.fast_open.size = FastOpenCookie::kRequest;
    return syn(options, len);
}
/// A SYN with the cookie that the host has shown.
Step fast(std::uint32_t len, const Options& options = kPlain) {
    Step out = syn(options, len);
    out.cookie = true;
    return out;
}
Step with(const Options& options, Step step) {
    step.options = options;
    return step;
}

struct Run {
    Transcript text;
    CounterMap counted;
};

CounterMap changes(const CounterMap& before, const CounterMap& after) {
    CounterMap out = counter_changes(before, after);
    // What the model does not count.
    std::erase_if(out, [](const auto& each) {
        for (int i = 0; i < kMibCount; ++i) {
            if (each.first == name(static_cast<Mib>(i))) {
                return false;
            }
        }
        return true;
    });
    return out;
}

Run run(Subject& subject, const Script& script) {
    const CounterMap before = subject.counters();
    const Played played = play(subject, script);
    return {played.text, changes(before, subject.counters())};
}

Run run_between_ticks(KernelLab& lab, const Script& script) {
    for (int i = 0; i < kMostAttempts; ++i) {
        KernelSubject subject(lab);
        const NoTick tick;
        Run out = run(subject, script);
        if (tick.so_far()) {
            return out;
        }
    }
    throw std::runtime_error("this machine has no time for a script between two ticks");
}

std::string text(const CounterMap& counters) {
    std::string out;
    for (const auto& [name, value] : counters) {
        out += fmt::format("{} {}, ", name, value);
    }
    return out;
}

Transcript whole(Run run) {
    run.text.push_back(text(run.counted));
    return std::move(run.text);
}

/// What the listener does before it listens, then `rest`.
Script listening(std::int64_t queue, const Script& rest, std::int64_t backlog = kBacklog) {
    Script out{call(CallKind::Socket), set_option(0, SocketOption::FastOpen, queue),
               call(CallKind::Bind), call(CallKind::Listen, 0, backlog)};
    out.insert(out.end(), rest.begin(), rest.end());
    return out;
}

/// The kernel gives a cookie to the second peer, whose request then ends.
Script with_cookie(std::int64_t queue, const Script& rest, std::int64_t backlog = kBacklog) {
    Script out{from(1, asking()), from(1, arrival(kRst, 1))};
    out.insert(out.end(), rest.begin(), rest.end());
    return listening(queue, out, backlog);
}

constexpr auto kSysctl = "net.ipv4.tcp_fastopen";

void compare(const std::vector<Script>& scripts, const Settings& settings = {{kSysctl, 3}}) {
    const Findings found = in_private_network(
        [&](KernelLab& lab) {
            Findings out;
            for (const Script& script : scripts) {
                ModelSubject subject(settings);
                const Transcript model = whole(run(subject, script));
                const Transcript kernel = whole(run_between_ticks(lab, script));
                if (kernel != model) {
                    out.push_back(difference(kernel, model));
                }
            }
            return out;
        },
        settings);
    for (const std::string& each : found) {
        FAIL_CHECK(each);
    }
}

}  // namespace

TEST_CASE("who asks for a cookie gets one, where Fast Open is allowed and wanted") {
    for (const int sysctl : {0, 1, 2, 3, 0x400, 0x402, 0x202, 0x602}) {
        std::vector<Script> scripts;
        for (const int queue : {0, 1}) {
            scripts.push_back(listening(queue, {asking(), arrival(kAck, 1, 1)}));
            scripts.push_back(listening(queue, {asking(kFull), arrival(kRst, 1)}));
            scripts.push_back(listening(queue, {asking(kPlain, 10), arrival(kAck, 1, 1)}));
            scripts.push_back(listening(queue, {syn(kPlain, 10), call(CallKind::Accept)}));
            scripts.push_back(listening(queue, {syn(), call(CallKind::Accept)}));
        }
        compare(scripts, {{kSysctl, sysctl}});
    }
}

TEST_CASE("a SYN with its cookie makes a child, which is accepted and read before its ACK") {
    std::vector<Script> scripts;
    for (const Options& options : {kPlain, kFull}) {
        for (const std::uint32_t len : {0U, 10U, 600U, 1'400U}) {
            scripts.push_back(with_cookie(
                1, {fast(len, options), call(CallKind::Accept), call(CallKind::Recv, 1, 5),
                    call(CallKind::Recv, 1, 5'000), call(CallKind::Recv, 1, 5),
                    call(CallKind::Send, 1, 7), arrival(kAck, len + 1, 8),
                    arrival(kPsh | kAck, len + 1, 8, 20), call(CallKind::Recv, 1, 100)}));
            scripts.push_back(
                with_cookie(1, {fast(len, options), arrival(kPsh | kAck, len + 1, 1, 20),
                                call(CallKind::Accept), call(CallKind::Recv, 1, 5'000),
                                call(CallKind::Send, 1, 7), arrival(kFin | kAck, len + 21, 8)}));
        }
    }
    compare(scripts);
}

TEST_CASE("what the child sends before its ACK is bounded by the SYN's window") {
    std::vector<Script> scripts;
    for (const int window : {0, 1, 400, 1'000, 3'000, 64'240}) {
        Step opening = fast(10, kFull);
        opening.window = static_cast<std::uint16_t>(window);
        // Small packets in number meet the congestion window.
        const int more = window == 1 ? 700 : 5'000;
        scripts.push_back(
            with_cookie(1, {opening, call(CallKind::Accept), call(CallKind::Send, 1, 400),
                            arrival(kAck, 11, 1), arrival(kAck, 11, 401)}));
        scripts.push_back(with_cookie(
            1, {opening, call(CallKind::Accept), call(CallKind::Send, 1, 400),
                call(CallKind::Send, 1, more), arrival(kAck, 11, 1), arrival(kAck, 11, 401)}));
    }
    compare(scripts);
}

TEST_CASE("the SYN's window, once taken as scaled, bounds the MSS until a larger one comes") {
    constexpr Options kScaled{.mss = 1'460, .window_scale = 3};
    std::vector<Script> scripts;
    for (const Options& options : {kPlain, kFull, kScaled}) {
        for (const int window : {0, 1, 100, 500, 1'000, 4'000, 64'240}) {
            for (const int len : {10, 100, 400, 2'000, 5'000}) {
                if (window != 0 && len > 19 * window + 400) {
                    continue;  // the congestion window
                }
                Step opening = fast(10, options);
                opening.window = static_cast<std::uint16_t>(window);
                for (const int later : {64'240, 1}) {
                    Step last = arrival(kAck, 11, 1);
                    last.window = static_cast<std::uint16_t>(later);
                    scripts.push_back(with_cookie(
                        1, {opening, call(CallKind::Accept), call(CallKind::Send, 1, len), last,
                            call(CallKind::Send, 1, 150)}));
                }
            }
        }
    }
    compare(scripts);
}

TEST_CASE("a wrong cookie gets the right one, and an ordinary handshake") {
    std::vector<Script> scripts;
    for (const int size : {4, 8, 16}) {
        Options wrong = kFull;
        wrong.fast_open = {.octets = {1, 2, 3, 4}, .size = static_cast<std::uint8_t>(size)};
        scripts.push_back(
            listening(1, {syn(wrong, 10), call(CallKind::Accept), arrival(kPsh | kAck, 1, 1, 10),
                          call(CallKind::Accept), call(CallKind::Recv, 1, 100)}));
        scripts.push_back(listening(1, {syn(wrong, 10), fast(10, kFull), arrival(kAck, 11, 1)}));
    }
    compare(scripts);
    compare(scripts, {{kSysctl, 0x203}});
}

TEST_CASE("no more children than TCP_FASTOPEN says wait for their ACK") {
    const std::vector<Script> scripts{
        with_cookie(1, {fast(10), from(1, fast(10)), arrival(kAck, 11, 1), from(1, fast(10)),
                        from(1, arrival(kAck, 1, 1))}),
        with_cookie(1, {fast(10), from(1, syn(kPlain, 10))}),
        with_cookie(1, {fast(10), from(1, asking())}),
        with_cookie(2,
                    {fast(10), from(1, fast(10)), call(CallKind::Accept), call(CallKind::Accept)}),
        with_cookie(1, {set_option(0, SocketOption::FastOpen, 0), fast(10)}),
        with_cookie(1, {fast(10), set_option(0, SocketOption::FastOpen, 2), from(1, fast(10))}),
        with_cookie(1, {fast(10), arrival(kRst, 11), from(1, fast(10))}),
        with_cookie(1, {fast(10), call(CallKind::Accept), arrival(kRst, 11), from(1, fast(10))}),
        with_cookie(
            1, {fast(10), call(CallKind::Accept), call(CallKind::Close, 1), from(1, fast(10))}),
        with_cookie(1, {fast(10), call(CallKind::Accept), call(CallKind::Recv, 1, 10),
                        call(CallKind::Close, 1), arrival(kRst, 11), from(1, fast(10))}),
    };
    compare(scripts);
}

TEST_CASE("the accept queue and the request queue come before Fast Open") {
    std::vector<Script> scripts;
    for (const int backlog : {0, 1}) {
        scripts.push_back(with_cookie(
            5, {fast(10), from(1, fast(10)), call(CallKind::Accept), from(1, fast(10))}, backlog));
        scripts.push_back(with_cookie(
            5, {syn(), from(1, fast(10)), arrival(kAck, 1, 1), call(CallKind::Accept)}, backlog));
    }
    for (const int cookies : {0, 1, 2}) {
        for (const int abort : {0, 1}) {
            compare(scripts, {{kSysctl, 3},
                              {"net.ipv4.tcp_syncookies", cookies},
                              {"net.ipv4.tcp_abort_on_overflow", abort}});
        }
    }
}

TEST_CASE("segments of every kind before the final ACK") {
    std::vector<Script> scripts;
    for (const Options& options : {kPlain, kFull}) {
        const Options later =
            options.timestamps ? Options{.ts_val = 1'001, .timestamps = true} : Options{};
        const Options older =
            options.timestamps ? Options{.ts_val = 900, .timestamps = true} : Options{};
        const Options echo{.ts_val = 1'001, .ts_ecr = 100'000, .timestamps = true};
        for (const bool accepted : {false, true}) {
            for (const Options& carried : {later, older, echo}) {
                for (const Step& each : {arrival(kSyn, 0),
                                         arrival(kSyn, 0, 0, 10),
                                         arrival(kSyn, 5),
                                         arrival(kSyn, 11),
                                         arrival(kSyn, 500),
                                         arrival(kSyn | kAck, 0, 1),
                                         arrival(kSyn | kAck, 11, 1),
                                         arrival(kRst, 0),
                                         arrival(kRst, 1),
                                         arrival(kRst, 11),
                                         arrival(kRst, 12),
                                         arrival(kRst, 70'000),
                                         arrival(kRst | kAck, 11, 1),
                                         arrival(kRst | kAck, 11, 9),
                                         arrival(kAck, 11, 0),
                                         arrival(kAck, 11, 2),
                                         arrival(kAck, 1, 1),
                                         arrival(kAck, 12, 1),
                                         arrival(kAck, 70'000, 1),
                                         arrival(Flags{}, 11),
                                         arrival(kPsh, 11, 0, 5),
                                         arrival(kFin, 11),
                                         arrival(kFin | kAck, 11, 1),
                                         arrival(kPsh | kAck, 11, 1, 5),
                                         arrival(kPsh | kAck, 15, 1, 5),
                                         arrival(kPsh | kAck, 5, 1, 20),
                                         arrival(kPsh | kAck, 11, 0, 5)}) {
                    Script script{fast(10, options)};
                    if (accepted) {
                        script.push_back(call(CallKind::Accept));
                    }
                    script.push_back(with(carried, each));
                    script.push_back(call(CallKind::Accept));
                    script.push_back(call(CallKind::Recv, 1, 50));
                    script.push_back(with(later, arrival(kAck, 11, 1)));
                    script.push_back(call(CallKind::Send, 1, 5));
                    scripts.push_back(with_cookie(1, script));
                }
            }
        }
    }
    compare(scripts);
}

TEST_CASE("calls on a child before its final ACK") {
    std::vector<Script> scripts;
    for (const bool reads : {false, true}) {
        for (const bool sends : {false, true}) {
            for (const Step& each :
                 {call(CallKind::Close, 1), shutdown(1, ShutdownHow::Write),
                  shutdown(1, ShutdownHow::Read), shutdown(1, ShutdownHow::Both),
                  call(CallKind::Disconnect, 1), call(CallKind::Connect, 1),
                  call(CallKind::Listen, 1, 5), set_option(1, SocketOption::FastOpen, 1),
                  get_option(1, SocketOption::FastOpen), set_option(1, SocketOption::NoDelay, 1)}) {
                for (const Step& last :
                     {arrival(kAck, 11, 1), arrival(kAck, 11, 2), arrival(kAck, 11, 8),
                      arrival(kAck, 11, 9), arrival(kRst, 11), arrival(kFin | kAck, 11, 1),
                      arrival(kPsh | kAck, 11, 1, 5), arrival(kSyn, 0), arrival(kSyn, 20)}) {
                    Script script{fast(10), call(CallKind::Accept)};
                    if (reads) {
                        script.push_back(call(CallKind::Recv, 1, 100));
                    }
                    if (sends) {
                        script.push_back(call(CallKind::Send, 1, 7));
                    }
                    script.push_back(each);
                    script.push_back(last);
                    script.push_back(call(CallKind::Send, 1, 3));
                    script.push_back(arrival(kAck, 11, sends ? 8 : 1));
                    script.push_back(call(CallKind::Recv, 1, 100));
                    scripts.push_back(with_cookie(1, script));
                }
            }
        }
    }
    compare(scripts);
}

TEST_CASE("a listener that goes takes its Fast Open children along") {
    std::vector<Script> scripts;
    for (const Step& end : {call(CallKind::Close, 0), shutdown(0, ShutdownHow::Read)}) {
        scripts.push_back(with_cookie(2, {fast(10), end, arrival(kAck, 11, 1)}));
        scripts.push_back(with_cookie(2, {fast(10), call(CallKind::Accept), end,
                                          arrival(kAck, 11, 1), call(CallKind::Recv, 1, 50)}));
        scripts.push_back(with_cookie(2, {fast(10), call(CallKind::Accept), end, arrival(kRst, 11),
                                          call(CallKind::Recv, 1, 50)}));
        // Listening again begins with a count of zero.
        scripts.push_back(with_cookie(
            1, {fast(10), call(CallKind::Accept), end, call(CallKind::Listen, 0, 5),
                from(1, fast(10)), arrival(kAck, 11, 1), get_option(0, SocketOption::FastOpen)}));
        scripts.push_back(
            with_cookie(1, {fast(10), call(CallKind::Accept), end, call(CallKind::Listen, 0, 5),
                            arrival(kAck, 11, 1), fast(10), from(1, fast(10))}));
    }
    compare(scripts);
}

TEST_CASE("TCP_FASTOPEN as it is set and read back") {
    const std::vector<Script> scripts{
        {call(CallKind::Socket), get_option(0, SocketOption::FastOpen),
         set_option(0, SocketOption::FastOpen, -1), get_option(0, SocketOption::FastOpen),
         set_option(0, SocketOption::FastOpen, 5), get_option(0, SocketOption::FastOpen),
         set_option(0, SocketOption::FastOpen, 50'000), get_option(0, SocketOption::FastOpen),
         call(CallKind::Bind), call(CallKind::Listen, 0, 3), get_option(0, SocketOption::FastOpen),
         set_option(0, SocketOption::FastOpen, 7), get_option(0, SocketOption::FastOpen)},
        {call(CallKind::Socket), call(CallKind::Bind), call(CallKind::Listen, 0, 3),
         get_option(0, SocketOption::FastOpen), call(CallKind::Listen, 0, 4),
         get_option(0, SocketOption::FastOpen), shutdown(0, ShutdownHow::Read),
         call(CallKind::Listen, 0, 2), get_option(0, SocketOption::FastOpen)},
        {call(CallKind::Socket), call(CallKind::Bind), call(CallKind::Connect),
         set_option(0, SocketOption::FastOpen, 2), get_option(0, SocketOption::FastOpen),
         arrival(kRst | kAck, 0, 1), set_option(0, SocketOption::FastOpen, 2),
         get_option(0, SocketOption::FastOpen)},
    };
    for (const int sysctl : {0, 2, 0x400, 0x402}) {
        for (const int most : {1, 4'096}) {
            compare(scripts, {{kSysctl, sysctl}, {"net.core.somaxconn", most}});
        }
    }
}

}  // namespace synq::test
