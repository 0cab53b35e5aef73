// synq peer under random lines: two sessions in lockstep, nothing but answers, every state seen.
//
// The tester knows the protocol a little: it follows both ends' numbers, so that connections open
// and close; it also errs, in all the ways that come to mind.
#include "model/profile/profile.h"
#include "sim/des/random.h"
#include "sim/peer/session.h"
#include "tests/catch.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <fmt/format.h>
#include <set>
#include <string>
#include <string_view>

namespace synq {
namespace {

constexpr int kLines = 1'000'000;

class RandomTester {
  public:
    /// `one_listener`: all on one socket that listens from the beginning.
    RandomTester(std::uint64_t seed, bool one_listener)
        : random_(seed, "peer", 0), one_listener_(one_listener) {}

    const std::string& next() {
        const std::uint64_t what = random_.uniform(100);
        if (what < 45) {
            segment();
        } else if (what < 80) {
            line_ = fmt::format("CALL {}", pick(kCalls));
        } else if (what < 86) {
            line_ = fmt::format("TIME {}", pick(kTimes));
        } else if (what < 88) {
            reset();
        } else if (what < 94) {
            line_ = "STATE";
        } else if (what < 97) {
            damage();
        } else {
            garbage();
        }
        if (one_listener_ &&
            (line_ == "RESET" || line_ == "CALL CLOSE" || line_ == "CALL CONNECT")) {
            line_ = "CALL LISTEN";
        }
        return line_;
    }
    /// Learns from what the host sent: its number, and ours as it sees it.
    void hear(std::string_view answer) {
        while (answer.starts_with("OUT ")) {
            const std::string_view line = answer.substr(4, answer.find('\n') - 4);
            const std::size_t blank = line.find(' ');
            std::array<std::uint32_t, 3> number{};
            const char* at = line.data() + blank;
            for (std::uint32_t& n : number) {
                at = std::from_chars(at + 1, line.data() + line.size(), n).ptr;
            }
            const std::string_view flags = line.substr(0, blank);
            const auto has = [&](std::string_view flag) {
                return flags.find(flag) != std::string_view::npos;
            };
            if (!has("RST")) {
                theirs_ = number[0] + number[2] + (has("SYN") ? 1U : 0U) + (has("FIN") ? 1U : 0U);
                ours_ = has("ACK") ? number[1] : ours_;
            }
            answer.remove_prefix(answer.find('\n') + 1);
        }
    }

  private:
    static constexpr std::array<std::string_view, 10> kCalls{
        "LISTEN", "LISTEN", "ACCEPT", "ACCEPT", "CONNECT",
        "RCV",    "SEND",   "SEND",   "CLOSE",  "CLOSECONNECTION"};
    static constexpr std::array<std::string_view, 8> kTimes{"0",   "0.04", "0.2",         "1",
                                                            "2.5", "60",   "0.000000001", "1000"};
    static constexpr std::array<std::string_view, 16> kFlags{
        "SYN", "SYN",     "SYN",     "ACK",     "ACK",     "ACK",  "ACK",         "SYN+ACK",
        "RST", "RST+ACK", "FIN+ACK", "FIN+ACK", "PSH+ACK", "NONE", "PSH+FIN+ACK", "SYN+FIN"};

    template <class Texts>
    std::string_view pick(const Texts& texts) {
        return texts[random_.uniform(texts.size())];
    }
    void reset() {
        line_ = "RESET";
        ours_ = static_cast<std::uint32_t>(random_.next());
    }
    /// Mostly the right number, sometimes one beside it, seldom any.
    std::uint32_t near(std::uint32_t right) {
        const std::uint64_t what = random_.uniform(20);
        if (what < 16) {
            return right;
        }
        return what < 19 ? right + static_cast<std::uint32_t>(random_.uniform(5)) - 2
                         : static_cast<std::uint32_t>(random_.next());
    }
    void segment() {
        const std::string_view flags = pick(kFlags);
        const bool text = flags.starts_with("PSH") || random_.chance(1, 20);
        const std::uint64_t len = text ? random_.uniform(random_.chance(1, 50) ? 65'496 : 20) : 0;
        const std::uint32_t seq = near(ours_);
        line_ = fmt::format("SEG {} {} {} {}", flags, seq, near(theirs_), len);
        if (seq == ours_ && !flags.starts_with("RST") && flags != "NONE" && random_.chance(9, 10)) {
            const bool counts = flags.find("SYN") != std::string_view::npos ||
                                flags.find("FIN") != std::string_view::npos;
            ours_ += static_cast<std::uint32_t>(len) + (counts ? 1U : 0U);
        }
    }
    /// A good line with one octet changed, taken out or put in; never a line's end.
    void damage() {
        if (random_.chance(1, 2)) {
            segment();
        } else {
            line_ = fmt::format("CALL {}", pick(kCalls));
        }
        const std::size_t at = random_.uniform(line_.size());
        const char octet = random_octet();
        switch (random_.uniform(3)) {
            case 0:
                line_[at] = octet;
                break;
            case 1:
                line_.erase(at, 1);
                break;
            default:
                line_.insert(at, 1, octet);
                break;
        }
    }
    void garbage() {
        line_.resize(random_.uniform(random_.chance(1, 10) ? 600 : 40));
        for (char& octet : line_) {
            octet = random_octet();
        }
    }
    char random_octet() {
        const char octet = static_cast<char>(random_.uniform(256));
        return octet == '\n' ? '\0' : octet;
    }

    RandomStream random_;
    bool one_listener_;
    std::string line_;
    std::uint32_t ours_ = 1000;  // our next sequence number, as far as we know
    std::uint32_t theirs_ = 0;   // the host's
};

/// OUT lines and END, or one line ERR or STATE.
bool well_formed(std::string_view answer) {
    if (answer.starts_with("ERR ") || answer.starts_with("STATE ")) {
        return answer.find('\n') == answer.size() - 1;
    }
    while (answer.starts_with("OUT ")) {
        answer.remove_prefix(answer.find('\n') + 1);
    }
    return answer == "END\n";
}

/// What a host holds for one four-tuple and two descriptors.
bool few_records(const PeerHost& peer) {
    const Store& store = peer.host().store();
    return store.flows().size() <= 1 && store.connections.live() <= 4 &&
           store.requests.live() <= 2 && store.time_waits.live() <= 2 &&
           store.listeners.live() <= 2;
}

struct Seen {
    std::set<State> states;
    std::set<std::string> names;
    int errors = 0;
    int outs = 0;
};

/// The second session gets its octets in pieces that have nothing to do with lines.
Seen talk(std::uint64_t seed, int lines, bool one_listener) {
    const Profile& profile = *find_profile("linux-6.18");
    PeerSession one(profile, peer_sysctls(profile));
    PeerSession other(profile, peer_sysctls(profile));
    RandomTester tester(seed, one_listener);
    RandomStream cuts(seed, "cuts", 0);
    Seen seen;
    std::string answer;
    std::string again;
    std::string octets;
    for (int number = 0; number < lines; ++number) {
        const std::string& line = tester.next();
        answer.clear();
        again.clear();
        one.answer(line, answer);
        octets = line;
        octets += '\n';
        const std::size_t cut = cuts.uniform(octets.size());
        other.feed(std::string_view(octets).substr(0, cut), again);
        other.feed(std::string_view(octets).substr(cut), again);
        if (answer != again || !well_formed(answer) || !few_records(one.host())) {
            INFO("seed " << seed << ", line " << number << ": " << line);
            REQUIRE(answer == again);
            REQUIRE(well_formed(answer));
            REQUIRE(few_records(one.host()));
        }
        tester.hear(answer);
        seen.states.insert(one.host().state());
        if (answer.starts_with("STATE ")) {
            seen.names.insert(answer);
        }
        seen.errors += answer.starts_with("ERR ") ? 1 : 0;
        seen.outs += answer.starts_with("OUT ") ? 1 : 0;
    }
    return seen;
}

}  // namespace

TEST_CASE("peer: a million random lines, answered twice alike, reach every state") {
    const Seen seen = talk(1, kLines, false);
    CHECK(seen.states.size() == kStateCount);
    CHECK(seen.names.size() == 11);  // two kinds of SYN-RECEIVED, two of FIN-WAIT-2
    CHECK(seen.errors > kLines / 40);
    CHECK(seen.outs > kLines / 10);
}

TEST_CASE("peer: one listener for a quarter of a million lines") {
    const Seen seen = talk(2, kLines / 4, true);
    for (const State state : {State::Listen, State::HalfOpen, State::Established, State::FinWait1,
                              State::FinWait2Orphan, State::CloseWait, State::Closing,
                              State::LastAck, State::TimeWait}) {
        INFO(rfc_name(state));
        CHECK(seen.states.contains(state));
    }
    CHECK(seen.outs > kLines / 100);
}

}  // namespace synq
