// The peer's protocol: lines in, lines out (docs/guide/peer.md). No I/O, no real time.
//
// Each line has one answer: `OUT` lines and `END`, or one line `ERR` or `STATE`. Equal lines since
// the last RESET have equal answers.
#pragma once

#include "sim/peer/peer_host.h"

#include <string>
#include <string_view>

namespace synq {

/// The profile's settings but for tcp_invalid_ratelimit=0: while time stands still a limiter would
/// silence all answers but the first.
Sysctls peer_sysctls(const Profile& profile);

class PeerSession {
  public:
    PeerSession(const Profile& profile, const Sysctls& sysctl) : host_(profile, sysctl) {}

    /// Appends the answer to a line, which may end with CR but not with LF.
    void answer(std::string_view line, std::string& out);
    /// Any octets: appends the answers to the lines that they complete.
    void feed(std::string_view octets, std::string& out);
    /// The end of the octets: a last line need not end with LF.
    void finish(std::string& out);

    [[nodiscard]] const PeerHost& host() const { return host_; }

  private:
    void keep(std::string_view part);

    PeerHost host_;
    std::string unfinished_;  // the beginning of a line; of a line that is too long not all of it
};

}  // namespace synq
