// Socket options that change how a connection behaves (linux.md 1.4).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace synq {

enum class SocketOption : std::uint8_t {
    NoDelay,        // TCP_NODELAY: 0, 1
    QuickAck,       // TCP_QUICKACK: 0, 1; an event, not a setting
    KeepAlive,      // SO_KEEPALIVE: 0, 1
    KeepIdle,       // TCP_KEEPIDLE: seconds, 1..32767
    KeepInterval,   // TCP_KEEPINTVL: seconds, 1..32767
    KeepCount,      // TCP_KEEPCNT: probes, 1..127
    UserTimeout,    // TCP_USER_TIMEOUT: milliseconds; 0: none
    SynCount,       // TCP_SYNCNT: retransmissions, 1..127
    Linger,         // SO_LINGER: 0 resets on close(); negative: off. Waiting is not modelled
    Linger2,        // TCP_LINGER2: seconds; 0: tcp_fin_timeout; negative: no FIN-WAIT-2
    DeferAccept,    // TCP_DEFER_ACCEPT: seconds that a request may wait for data
    ReuseAddress,   // SO_REUSEADDR: 0, 1
    ReusePort,      // SO_REUSEPORT: 0, 1
    ReceiveErrors,  // IP_RECVERR: 0, 1
    FastOpen,       // TCP_FASTOPEN: children whose final ACK may be waited for; 0: off
};
inline constexpr int kSocketOptionCount = 15;

/// "TCP_NODELAY", "SO_LINGER".
std::string_view name(SocketOption option);
/// nullopt: the model has no option of that name.
std::optional<SocketOption> socket_option_named(std::string_view name);

/// Who may bind a port that this socket has bound (linux.md 1.3).
struct PortSharing {
    bool address : 1 = false;  // SO_REUSEADDR
    bool port : 1 = false;     // SO_REUSEPORT
};

/// Whether a socket may bind beside one that holds the port; both must have asked for it.
constexpr bool may_share(PortSharing wanted, PortSharing held, bool held_listens) {
    return (wanted.address && held.address && !held_listens) || (wanted.port && held.port);
}

/// TCP_DEFER_ACCEPT is kept as the number of request timeouts that it spans (Linux
/// secs_to_retrans), and read back as the seconds that these take.
std::uint8_t timeouts_within(std::int64_t seconds);
std::int64_t seconds_of_timeouts(std::uint8_t timeouts);

/// As set; zero means: what the sysctl says.
struct SocketOptions {
    std::uint32_t user_timeout_ms = 0;
    std::int32_t linger2_s = 0;
    std::uint32_t fast_open = 0;  // TCP_FASTOPEN, bounded by somaxconn
    std::uint16_t keep_idle_s = 0;
    std::uint16_t keep_interval_s = 0;
    std::uint8_t keep_count = 0;
    std::uint8_t syn_count = 0;
    std::uint8_t defer_timeouts = 0;  // TCP_DEFER_ACCEPT
    bool keepalive = false;
    bool nodelay = false;
    bool reset_on_close = false;  // SO_LINGER {1, 0}
    bool receive_errors = false;  // IP_RECVERR

    /// What a listener's children get.
    [[nodiscard]] SocketOptions inherited() const {
        SocketOptions out = *this;
        out.defer_timeouts = 0;
        out.fast_open = 0;
        return out;
    }

    friend bool operator==(const SocketOptions&, const SocketOptions&) = default;
};

}  // namespace synq
