// What a listener and its requests answer, in scripts that random ones would rarely find.
#include "tests/catch.h"
#include "tests/kernel/model_subject.h"
#include "tests/kernel/private_network.h"

#include <utility>
#include <vector>

namespace synq::test {
namespace {

constexpr Options kOffer{
    .ts_val = 1'000, .mss = 1'460, .window_scale = 7, .sack_permitted = true, .timestamps = true};

Step from(int flow, Step step) {
    step.flow = flow;
    return step;
}
Step with(Options options, Step step) {
    step.options = options;
    return step;
}
/// A timestamp that echoes one that the host has not sent.
Options wrong_echo() {
    return {.ts_val = 1'001, .ts_ecr = 100'000, .timestamps = true};
}

Script listening(std::int64_t backlog, const Script& rest) {
    Script out{call(CallKind::Socket), call(CallKind::Bind), call(CallKind::Listen, 0, backlog)};
    out.insert(out.end(), rest.begin(), rest.end());
    return out;
}

void compare(const Script& script, const Settings& settings = {}) {
    ModelSubject subject(settings);
    const Played model = play(subject, script);
    const Findings found = in_private_network(
        [&](KernelLab& lab) {
            const Played kernel = play_between_ticks(lab, script);
            return kernel.text == model.text ? Findings{}
                                             : Findings{difference(kernel.text, model.text)};
        },
        settings);
    for (const std::string& each : found) {
        FAIL_CHECK(each);
    }
}

}  // namespace

TEST_CASE("resets of a request that echo a wrong timestamp") {
    for (const std::uint32_t seq : {1U, 2U, 100U, 70'000U}) {
        for (const Flags flags : {kRst, kRst | kAck}) {
            compare(listening(
                5, {with(kOffer, arrival(kSyn, 0)), with(wrong_echo(), arrival(flags, seq, 1)),
                    with({.ts_val = 1'002, .timestamps = true}, arrival(kAck, 1, 1)),
                    call(CallKind::Accept)}));
        }
    }
}

TEST_CASE("a deferring listener takes data, FIN and what is ahead of a gap") {
    for (const Step& last :
         {arrival(kPsh | kAck, 1, 1, 5), arrival(kFin | kAck, 1, 1), arrival(kAck, 2, 1),
          arrival(kAck, 1, 1), arrival(kSyn, 0), arrival(kRst, 1), arrival(kSyn | kAck, 0, 1)}) {
        compare(listening(
            5, {set_option(0, SocketOption::DeferAccept, 10),
                get_option(0, SocketOption::DeferAccept), arrival(kSyn, 0), arrival(kAck, 1, 1),
                call(CallKind::Accept), last, call(CallKind::Accept)}));
    }
}

TEST_CASE("requests of a closed listener, with and without an heir") {
    const Script begun{set_option(0, SocketOption::ReusePort, 1),
                       call(CallKind::Socket),
                       set_option(1, SocketOption::ReusePort, 1),
                       call(CallKind::Bind),
                       call(CallKind::Listen, 0, 5),
                       arrival(kSyn, 0),
                       from(1, arrival(kSyn, 0)),
                       from(1, arrival(kPsh | kAck, 1, 1, 5)),
                       call(CallKind::Bind, 1),
                       call(CallKind::Listen, 1, 0),
                       call(CallKind::Close, 0)};
    for (const int migrate : {0, 1}) {
        for (const int abort : {0, 1}) {
            for (const Step& last : {arrival(kAck, 1, 1), arrival(kSyn, 0), arrival(kRst, 1),
                                     arrival(kRst, 5), arrival(kAck, 1, 9), arrival(kSyn, 5)}) {
                Script script{call(CallKind::Socket)};
                script.insert(script.end(), begun.begin(), begun.end());
                script.push_back(last);
                script.push_back(call(CallKind::Accept, 1));
                script.push_back(arrival(kAck, 1, 1));
                script.push_back(call(CallKind::Accept, 1));
                compare(script, {{"net.ipv4.tcp_migrate_req", migrate},
                                 {"net.ipv4.tcp_abort_on_overflow", abort}});
            }
        }
    }
}

TEST_CASE("cookies whose options have been switched off, or were never asked for") {
    for (const auto& [name, value] :
         std::vector<std::pair<std::string, std::int64_t>>{{"net.ipv4.tcp_timestamps", 0},
                                                           {"net.ipv4.tcp_window_scaling", 0},
                                                           {"net.ipv4.tcp_sack", 0},
                                                           {"net.ipv4.tcp_sack", 1}}) {
        for (const std::uint32_t back : {0U, 1U, 16U, 31U}) {
            compare(listening(5, {with(kOffer, arrival(kSyn, 0)),
                                  with({.ts_val = 1'001, .ts_ecr = back, .timestamps = true},
                                       arrival(kAck, 1, 1)),
                                  call(CallKind::Accept)}),
                    {{"net.ipv4.tcp_syncookies", 2}, {name, value}});
        }
    }
}

TEST_CASE("a backlog above somaxconn, or negative, is somaxconn") {
    for (const std::int64_t backlog : {-1, 2, 100}) {
        compare(
            listening(backlog, {arrival(kSyn, 0), from(1, arrival(kSyn, 0)), arrival(kAck, 1, 1),
                                from(1, arrival(kAck, 1, 1)), call(CallKind::Accept),
                                from(1, arrival(kAck, 1, 1)), call(CallKind::Accept)}),
            {{"net.core.somaxconn", 0}, {"net.ipv4.tcp_syncookies", 0}});
    }
}

}  // namespace synq::test
