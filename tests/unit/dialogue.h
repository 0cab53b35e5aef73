// A tester of the peer's protocol who remembers the host's initial sequence number: in his lines
// and in what he reads "S+1" is the octet after the host's SYN. His own numbers stand as they are.
#pragma once

#include "model/profile/profile.h"
#include "sim/peer/session.h"

#include <charconv>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <sstream>
#include <string>

namespace synq::test {

class Dialogue {
  public:
    explicit Dialogue(const Sysctls& sysctl = peer_sysctls(*find_profile("linux-6.18")))
        : session(*find_profile("linux-6.18"), sysctl) {}

    /// The answer's lines, joined by "; ".
    std::string say(const std::string& line) {
        std::string answer;
        session.answer(absolute(line), answer);
        transcript += "> " + line + "\n" + answer;
        std::string out;
        std::istringstream lines(answer);
        for (std::string got; std::getline(lines, got);) {
            out += (out.empty() ? "" : "; ") + relative(got);
        }
        return out;
    }
    void say_all(std::initializer_list<const char*> lines) {
        for (const char* const line : lines) {
            say(line);
        }
    }
    std::string state() { return say("STATE"); }

    PeerSession session;
    std::string transcript;

  private:
    static constexpr std::uint32_t kNear = 1000;

    std::string absolute(const std::string& line) const {
        std::string out;
        std::istringstream words(line);
        for (std::string word; words >> word;) {
            if (word.starts_with("S+") && iss_) {
                word =
                    std::to_string(*iss_ + static_cast<std::uint32_t>(std::stoul(word.substr(2))));
            }
            out += (out.empty() ? "" : " ") + word;
        }
        return out;
    }
    std::string relative(const std::string& line) {
        std::istringstream words(line);
        std::string out;
        std::string flags;
        words >> out;
        if (out != "OUT") {
            return line;
        }
        words >> flags;
        out += " " + flags;
        for (std::uint32_t number = 0; words >> number;) {
            if (flags.starts_with("SYN") && out.ends_with(flags)) {
                iss_ = number;
            }
            const bool near = iss_ && number - *iss_ < kNear;
            out += " " + (near ? "S+" + std::to_string(number - *iss_) : std::to_string(number));
        }
        return out;
    }

    std::optional<std::uint32_t> iss_;
};

/// Opens passively and accepts: both sides are at their first octet, 1001 and S+1.
inline void open_passively(Dialogue& peer) {
    peer.say_all({"CALL LISTEN", "CALL ACCEPT", "SEG SYN 1000 0 0", "SEG ACK 1001 S+1 0"});
}
inline void open_actively(Dialogue& peer) {
    peer.say_all({"CALL CONNECT", "SEG SYN+ACK 1000 S+1 0"});
}

}  // namespace synq::test
