// What differs between stacks and versions, as data. A rule that only one stack has is a named
// member here and a guard of that name in the tables, never a copy of a table.
#pragma once

#include "model/base/time.h"
#include "model/profile/sysctl.h"

#include <span>
#include <string_view>

namespace synq {

struct Profile {
    std::string_view name;
    Sysctls sysctl;
    /// Unit of timer arithmetic: Linux's jiffy (HZ=250 on the measured machines).
    Duration tick;
    /// Timeout of a SYN and of a SYN-ACK before any sample (RFC 6298 2.1; Linux TCP_TIMEOUT_INIT).
    Duration initial_rto;
    /// Timeout after a handshake that yielded no RTT sample (RFC 6298 5.7; linux.md 6).
    Duration rto_without_sample;
    /// TIME-WAIT, twice the MSL (Linux TCP_TIMEWAIT_LEN; RFC 9293 asks for 240 s).
    Duration time_wait;
    /// Delayed-ACK interval (Linux TCP_ATO_MIN).
    Duration delayed_ack;
    /// Distance between the closed connection's SND.NXT and the ISS of one that reuses its
    /// TIME-WAIT (linux.md 2.2 step 1).
    std::uint32_t time_wait_iss_step;
};

/// nullptr when there is no such profile.
const Profile* find_profile(std::string_view name);
std::span<const std::string_view> profile_names();

}  // namespace synq
