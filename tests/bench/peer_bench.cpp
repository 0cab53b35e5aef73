// What a line costs: `synq peer` without its input and output. Prints lines per second for the
// queries of a tester, each with its RESET, and for a listener that only refuses segments.
#include "model/profile/profile.h"
#include "sim/peer/session.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <string>
#include <string_view>

namespace {

using namespace synq;

constexpr std::string_view kRefusals = "SEG ACK 1001 5 0\nSEG FIN+ACK 1001 6 0\n";
constexpr int kRounds = 200'000;

/// A whole life: the numbers in it are those of the session's own first SYN+ACK.
std::string life(const Profile& profile) {
    PeerSession session(profile, peer_sysctls(profile));
    std::string answers;
    session.feed("CALL LISTEN\nSEG SYN 1000 0 0\n", answers);
    const Segment& syn_ack = session.host().sent().front();
    const Seq next = syn_ack.seq + 1U;
    return fmt::format(
        "RESET\nCALL LISTEN\nCALL ACCEPT\nSEG SYN 1000 0 0\nSEG ACK 1001 {0} 0\nCALL SEND\n"
        "SEG PSH+ACK 1001 {1} 10\nCALL RCV\nSEG FIN+ACK 1011 {1} 0\nCALL CLOSECONNECTION\n"
        "SEG ACK 1012 {2} 0\nTIME 60\n",
        next.raw(), (next + 1U).raw(), (next + 2U).raw());
}

void measure(const char* what, std::string_view lines) {
    const Profile& profile = *find_profile("linux-6.18");
    PeerSession session(profile, peer_sysctls(profile));
    std::string answers;
    session.feed("CALL LISTEN\n", answers);
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < kRounds; ++i) {
        answers.clear();
        session.feed(lines, answers);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    const auto count = static_cast<double>(kRounds) *
                       static_cast<double>(std::count(lines.begin(), lines.end(), '\n'));
    fmt::print("{:<30}{:>12.0f} lines/s\n", what, count / took.count());
}

}  // namespace

int main() {
    measure("connections, RESET included", life(*find_profile("linux-6.18")));
    measure("segments that are refused", kRefusals);
}
