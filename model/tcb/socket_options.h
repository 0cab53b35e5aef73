// Socket options that change how a connection behaves (linux.md 1.4).
#pragma once

#include <cstdint>

namespace synq {

enum class SocketOption : std::uint8_t {
    NoDelay,       // TCP_NODELAY: 0, 1
    QuickAck,      // TCP_QUICKACK: 0, 1; an event, not a setting
    KeepAlive,     // SO_KEEPALIVE: 0, 1
    KeepIdle,      // TCP_KEEPIDLE: seconds, 1..32767
    KeepInterval,  // TCP_KEEPINTVL: seconds, 1..32767
    KeepCount,     // TCP_KEEPCNT: probes, 1..127
    UserTimeout,   // TCP_USER_TIMEOUT: milliseconds; 0: none
    SynCount,      // TCP_SYNCNT: retransmissions, 1..127
    Linger,        // SO_LINGER: 0 resets on close(); negative: off. Waiting is not modelled
    Linger2,       // TCP_LINGER2: seconds; 0: tcp_fin_timeout; negative: no FIN-WAIT-2
};

/// As set; zero means: what the sysctl says.
struct SocketOptions {
    std::uint32_t user_timeout_ms = 0;
    std::int32_t linger2_s = 0;
    std::uint16_t keep_idle_s = 0;
    std::uint16_t keep_interval_s = 0;
    std::uint8_t keep_count = 0;
    std::uint8_t syn_count = 0;
    bool keepalive = false;
    bool nodelay = false;
    bool reset_on_close = false;  // SO_LINGER {1, 0}

    friend bool operator==(const SocketOptions&, const SocketOptions&) = default;
};

}  // namespace synq
