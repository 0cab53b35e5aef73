#include "model/profile/mib.h"

namespace synq {

std::string_view name(Mib counter) {
    static constexpr std::array<std::string_view, kMibCount> kNames{
        "ActiveOpens",
        "PassiveOpens",
        "AttemptFails",
        "EstabResets",
        "InSegs",
        "OutSegs",
        "RetransSegs",
        "OutRsts",
        "SyncookiesSent",
        "SyncookiesRecv",
        "SyncookiesFailed",
        "EmbryonicRsts",
        "TW",
        "DelayedACKs",
        "ListenOverflows",
        "ListenDrops",
        "TCPReqQFullDrop",
        "TCPReqQFullDoCookies",
        "TCPTimeouts",
        "TCPSynRetrans",
        "TCPLossProbes",
        "TCPAbortOnData",
        "TCPAbortOnClose",
        "TCPAbortOnTimeout",
        "TCPChallengeACK",
        "TCPSYNChallenge",
        "TCPACKSkippedSynRecv",
        "TCPACKSkippedChallenge",
        "TCPACKSkippedSeq",
        "TCPACKSkippedTimeWait",
        "TCPOrigDataSent",
        "OutOfWindowIcmps",
        "PAWSActive",
        "PAWSEstab",
        "PAWSOldAck",
        "PAWSTimewait",
        "TSEcrRejected",
        "DelayedACKLost",
        "TCPAbortOnLinger",
        "TCPKeepAlive",
        "TCPACKSkippedPAWS",
        "TCPACKSkippedFinWait2",
        "TCPTimeWaitOverflow",
        "TCPOFOQueue",
        "TCPWinProbe",
        "TCPDeferAcceptDrop",
        "TCPMigrateReqSuccess",
        "TCPMigrateReqFailure",
        "TCPAbortOnMemory",
        "TWRecycled",
        "TWKilled",
        "InErrs",
    };
    static_assert(kNames.size() == static_cast<std::size_t>(Mib::InErrs) + 1);
    return kNames[static_cast<std::size_t>(counter)];
}

}  // namespace synq
