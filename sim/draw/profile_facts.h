// What a profile says about listeners and patience, in words and numbers for people.
#pragma once

#include "model/profile/profile.h"

#include <string>
#include <vector>

namespace synq {

/// When something unanswered is sent, from its first time on, and when it is given up.
struct Schedule {
    std::vector<Duration> sent;
    Duration given_up;
};
/// A SYN that nobody answers, with exact timers.
Schedule syn_schedule(const Profile& profile);
/// The SYN-ACK of a request alone in its queue.
Schedule syn_ack_schedule(const Profile& profile);

/// "b+1", "3b/2+1 both" where half-open ones count.
std::string accept_room_text(const Profile& profile);
/// "b+1", "2^k > 8, b", "shared" with the accept queue, "no limit".
std::string request_room_text(const Profile& profile);
/// What happens to a SYN, to a final ACK, that finds the accept queue full.
std::string full_syn_text(const Profile& profile);
std::string full_ack_text(const Profile& profile);
/// What happens to a SYN when half-open requests fill their room.
std::string full_requests_text(const Profile& profile);
/// What the backlogs 0, -1 and the largest mean.
std::string backlog_text(const Profile& profile);
/// "0 1 3 7 s, given up after 15 s".
std::string text_of(const Schedule& schedule);

/// A rule on which stacks differ.
struct RuleInfo {
    bool Rules::* rule;
    std::string_view text;  // what a stack does that has it
};
const std::vector<RuleInfo>& rule_table();

}  // namespace synq
