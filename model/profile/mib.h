// Counters under their Linux MIB names (/proc/net/netstat TcpExt and /proc/net/snmp Tcp).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace synq {

enum class Mib : std::uint8_t {
    ActiveOpens,
    PassiveOpens,
    AttemptFails,
    EstabResets,
    InSegs,
    OutSegs,
    RetransSegs,
    OutRsts,
    SyncookiesSent,
    SyncookiesRecv,
    SyncookiesFailed,
    EmbryonicRsts,
    TW,
    DelayedACKs,
    ListenOverflows,
    ListenDrops,
    TCPReqQFullDrop,
    TCPReqQFullDoCookies,
    TCPTimeouts,
    TCPSynRetrans,
    TCPLossProbes,
    TCPAbortOnData,
    TCPAbortOnClose,
    TCPAbortOnTimeout,
    TCPChallengeACK,
    TCPSYNChallenge,
    TCPACKSkippedSynRecv,
    TCPACKSkippedChallenge,
    TCPACKSkippedSeq,
    TCPACKSkippedTimeWait,
    TCPOrigDataSent,
    OutOfWindowIcmps,
    PAWSActive,
    PAWSEstab,
    PAWSOldAck,
    PAWSTimewait,
    TSEcrRejected,
    DelayedACKLost,
    TCPAbortOnLinger,
    TCPKeepAlive,
    TCPACKSkippedPAWS,
    TCPACKSkippedFinWait2,
    TCPTimeWaitOverflow,
    TCPOFOQueue,
    TCPWinProbe,
    TCPDeferAcceptDrop,
    TCPMigrateReqSuccess,
    TCPMigrateReqFailure,
    TCPAbortOnMemory,
    TWRecycled,
    TWKilled,
    InErrs,
    TCPFastOpenPassive,
    TCPFastOpenPassiveFail,
    TCPFastOpenListenOverflow,
    TCPFastOpenCookieReqd,
    TCPFastOpenActiveFail,
};
inline constexpr int kMibCount = 57;

std::string_view name(Mib counter);

class MibCounters {
  public:
    void count(Mib counter, std::uint64_t by = 1) {
        values_[static_cast<std::size_t>(counter)] += by;
    }
    [[nodiscard]] std::uint64_t operator[](Mib counter) const {
        return values_[static_cast<std::size_t>(counter)];
    }

  private:
    std::array<std::uint64_t, kMibCount> values_{};
};

}  // namespace synq
