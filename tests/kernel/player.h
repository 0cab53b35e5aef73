// Plays a script on a subject and writes down everything that can be seen of it.
#pragma once

#include "tests/kernel/subject.h"
#include "tests/segment_text.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace synq::test {

/// One text per step: the step, then its consequences.
using Transcript = std::vector<std::string>;

class Player {
  public:
    static constexpr int kFlows = 2;
    /// The peers' initial sequence number; soon it wraps.
    static constexpr Seq kPeerIss{0xffff'fff0};

    explicit Player(Subject& subject);

    /// Plays one step and returns its text.
    std::string play(const Step& step);
    /// Every socket's SO_ERROR; to be asked last.
    std::vector<Errno> errors();

    /// What the subject sent in the last step.
    [[nodiscard]] const std::vector<Packet>& sent() const { return sent_; }
    /// The host's initial sequence number towards a flow, or where acknowledgments count from while
    /// it has none.
    [[nodiscard]] Seq host_iss(int flow) const;

  private:
    std::string arrive(const Step& step);
    std::string call_text(const Step& step);
    std::string sent_text(Packet packet, State before);

    Subject& subject_;
    SegmentText text_;
    std::vector<Packet> sent_;
    std::map<std::uint16_t, std::uint32_t> last_ts_val_;  // of the host, by peer's port
    FastOpenCookie last_cookie_;                          // of the host, for the one peer's address
    int sockets_ = 0;
};

/// Octets from one number forward to another, around the circle.
inline std::uint32_t distance(Seq from, Seq to) {
    return to.raw() - from.raw();
}

struct Played {
    Transcript text;            // the last line is about errors
    std::vector<Packet> sent;   // in the last step
    std::vector<Errno> errors;  // SO_ERROR by socket
    Seq host_iss;               // towards flow 0, before the last step
};

Played play(Subject& subject, const Script& script);
/// One text of two: both versions where they part.
std::string difference(const Transcript& kernel, const Transcript& model);

}  // namespace synq::test
