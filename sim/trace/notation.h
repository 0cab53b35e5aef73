// Segments in tcpdump's notation with sequence numbers relative to each end's SYN.
#pragma once

#include "sim/trace/parties.h"
#include "sim/trace/trace.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace synq {

/// The options of a SYN without its MSS and without timestamp values, which differ every time:
/// "sackOK TS wscale 10", or "none".
std::string option_text(const Options& options);

/// What option_text() says of most segments with exactly these flags; empty when there are none.
std::string usual_syn_options(const Trace& trace, Flags flags);

/// Follows the flows of a trace; segments must be fed in the order in which they were sent.
class Notation {
  public:
    /// "[S] seq 0 win 65495 mss 65495", "[P.] seq 1:17 ack 1 win 512 length 16". A segment sent
    /// again ends in "retry N" and leaves out what the first one said. Options other than the MSS
    /// are left to option_text().
    std::string describe(const SegmentRecord& record);

  private:
    using Direction = EndpointPair;  // source, destination: ordered

    // Which retransmission of the same octets this is, from 1; 0: not a retransmission.
    std::uint32_t retry_number(const SegmentRecord& record);

    struct DirectionOrder {
        bool operator()(const Direction& a, const Direction& b) const {
            return EndpointPairOrder{}(a, b);
        }
    };
    struct Retries {
        Seq seq;
        bool syn = false;
        std::uint32_t count = 0;
    };
    std::map<Direction, Seq, DirectionOrder> initial_;
    std::map<Direction, std::uint16_t, DirectionOrder> mss_;
    std::map<Direction, Retries, DirectionOrder> retries_;
};

}  // namespace synq
