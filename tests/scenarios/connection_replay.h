// A measured case on the model: its stimuli at their times, and what the model makes of them in the
// words of the log.
#pragma once

#include "tests/bench.h"
#include "tests/scenarios/connection_log.h"

#include <algorithm>
#include <string>
#include <vector>

namespace synq {

class ConnectionReplay {
  public:
    ConnectionReplay(const LoggedCase& measured, const BenchOptions& options,
                     const HostConfig& host = measured_host("linux-6.18", 7))
        : measured_(measured), bench_({configured(measured, host)}, options) {}

    /// The measured machines had little memory, hence small window scales and receive buffers
    /// (tcp_rmem of the virtual-time kernel).
    static constexpr std::uint32_t kMeasuredLargestBuffer = 950'208;
    static HostConfig measured_host(std::string_view profile, std::uint8_t window_scale) {
        HostConfig out = linux_host(kHostA);
        out.profile = find_profile(profile);
        out.sysctl = out.profile->sysctl;
        out.window_scale = window_scale;
        out.largest_buffer = kMeasuredLargestBuffer;
        return out;
    }

    void run() {
        const auto& lines = measured_.lines;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            const Logged& line = lines[i];
            if (line.stimulus()) {
                pass_time(i, at(line));
                since_ = line.at_us;
                apply(line);
                measured(line.at_us, line);
                look();
            } else if (line.kind() == "out" || line.kind() == "state") {
                measured(line.at_us, line);
            } else if (line.kind() == "counter") {
                pass_time(i, at(line));
                count(line);
            }
        }
        look();
        std::sort(counted_.begin(), counted_.end());
        for (const auto& [name, value] : counted_) {
            kernel_.push_back("counter " + name + " " + std::to_string(value));
        }
        for (const Mib counter : known_counters()) {
            if (const std::uint64_t value = bench_.count(0, counter); value != 0) {
                model_.push_back("counter " + std::string(name(counter)) + " " +
                                 std::to_string(value));
            }
        }
    }
    [[nodiscard]] const Lines& kernel() const { return kernel_; }
    [[nodiscard]] const Lines& model() const { return model_; }
    [[nodiscard]] std::string diary() const { return bench_.diary(); }

  private:
    static constexpr Endpoint kSocket{kHostA, 8000};
    static constexpr Endpoint kPeer{kHostB, 9000};
    /// What follows a stimulus within this time belongs to it: the program itself takes time.
    static constexpr std::int64_t kSameMomentUs = 300;

    static Instant at(const Logged& line) { return Instant{line.at_us * 1000}; }

    static HostConfig configured(const LoggedCase& measured, HostConfig out) {
        for (const Logged& line : measured.lines) {
            if (line.kind() == "sysctl") {
                const SysctlInfo* info = find_sysctl("net.ipv4." + line.words.at(1));
                INFO(line.text());
                REQUIRE(info != nullptr);
                out.sysctl.*(info->field) = std::stoll(line.words.at(2));
            }
        }
        return out;
    }
    /// Counters in the order of their names.
    static std::vector<Mib> known_counters() {
        std::vector<Mib> out;
        out.reserve(kMibCount);
        for (int i = 0; i < kMibCount; ++i) {
            out.push_back(static_cast<Mib>(i));
        }
        std::sort(out.begin(), out.end(), [](Mib a, Mib b) { return name(a) < name(b); });
        return out;
    }

    // The log.
    void measured(std::int64_t at_us, const Logged& line) {
        kernel_.push_back(stamp(at_us) + without_blocks(line));
    }
    void count(const Logged& line) {
        for (const Mib counter : known_counters()) {
            if (name(counter) == line.words.at(1)) {
                std::erase_if(counted_, [&](const auto& c) { return c.first == line.words[1]; });
                counted_.emplace_back(line.words[1], std::stoull(line.words.at(2)));
            }
        }
    }
    [[nodiscard]] std::string stamp(std::int64_t at_us) const {
        const bool same_moment = at_us - since_ < kSameMomentUs;
        return Bench::seconds_text(Instant{(same_moment ? since_ : at_us) * 1000}) + " ";
    }

    // Time.
    /// Runs timers up to `t`; `next` is the log's line there.
    void pass_time(std::size_t next, Instant t) {
        while (bench_.next_timer() <= t) {
            bench_.run_until(bench_.next_timer());
            const std::size_t before = model_.size();
            take_segments();
            // The program looks at the state when something is sent, or at each tick, or not
            // before its next operation.
            if (model_.size() != before || seen_by_program(next)) {
                look();
            }
        }
        bench_.run_until(t);
    }
    /// The log has the state that the model is in now, in front of line `next`.
    [[nodiscard]] bool seen_by_program(std::size_t next) const {
        for (std::size_t i = next; i > 0; --i) {
            const Logged& line = measured_.lines[i - 1];
            if (line.stimulus()) {
                break;
            }
            if (line.kind() == "state" && line.words.at(1) == state()) {
                return true;
            }
        }
        return false;
    }
    void look() {
        take_segments();
        if (state() != state_) {
            state_ = state();
            tell("state " + state_);
        }
    }
    void take_segments() {
        for (; taken_ < bench_.sent.size(); ++taken_) {
            const Segment& segment = bench_.sent[taken_].packet.segment;
            if (segment.flags.syn()) {
                origin_.socket = segment.seq;
                if (segment.options.timestamps && !origin_.timestamps) {
                    origin_.timestamps = true;
                    origin_.socket_timestamp =
                        segment.options.ts_val -
                        static_cast<std::uint32_t>(bench_.sent[taken_].t.ns / 1'000'000);
                }
            }
            tell_at(bench_.sent[taken_].t, logged_text(segment, origin_));
        }
    }
    void tell(const std::string& text) { tell_at(bench_.now(), text); }
    void tell_at(Instant t, const std::string& text) {
        model_.push_back(stamp(t.ns / 1000) + text);
    }
    /// What /proc/net/tcp says of the flow.
    [[nodiscard]] std::string state() const {
        for (const SocketView& view : bench_.hosts[0].sockets()) {
            if (view.remote == kPeer && view.local == kSocket) {
                return std::string(rfc_name(view.state));
            }
        }
        return "CLOSED";
    }

    // Stimuli.
    void apply(const Logged& line) {
        if (line.kind() == "in" && line.words.at(1) == "ICMP") {
            tell(line.text());
            const auto type_code = split(line.words.at(2), '/');
            constexpr std::uint16_t narrow = 1'400;  // what 3/4 says in all cases
            bench_.inject(0, IcmpError{.src = kSocket,
                                       .dst = kPeer,
                                       .seq = origin_.socket + detail::number(line.words.at(3)),
                                       .type = static_cast<std::uint8_t>(std::stoi(type_code[0])),
                                       .code = static_cast<std::uint8_t>(std::stoi(type_code[1])),
                                       .mtu = narrow});
        } else if (line.kind() == "in") {
            tell(without_blocks(line));
            bench_.inject(0, Packet{kPeer, kSocket, logged_segment(line, origin_)});
        } else {
            call(line);
        }
    }
    void call(const Logged& line) {
        std::vector<std::string> words = line.words;
        if (words.at(1) == "get") {
            tell(line.text());  // the model has no such call
            return;
        }
        words.back() = outcome(words);
        std::string text;
        for (const std::string& word : words) {
            text += (text.empty() ? "" : " ") + word;
        }
        tell(text);
    }
    [[nodiscard]] std::string outcome(const std::vector<std::string>& words) {
        const std::string& what = words.at(1);
        const std::int64_t argument =
            words.size() > 3 && what != "set" && what != "shutdown" ? std::stoll(words.at(2)) : 0;
        if (what == "set") {
            return set(words);
        }
        if (what == "connect") {
            return connect();
        }
        if (what == "disconnect") {
            return in_words(bench_.disconnect(0, socket_));
        }
        if (what == "listen") {
            if (!listener_.valid()) {
                open();
                listener_ = std::exchange(socket_, {});
            }
            return in_words(bench_.listen(0, listener_, words.size() > 3 ? argument : 10));
        }
        if (what == "accept") {
            const CallResult result = bench_.accept(0, listener_);
            socket_ = result.socket.valid() ? result.socket : socket_;
            return in_words(result);
        }
        if (what == "unlisten") {
            return in_words(bench_.close(0, std::exchange(listener_, {})));
        }
        if (what == "shutdown") {
            return in_words(bench_.shutdown(0, socket_.valid() ? socket_ : listener_,
                                            words.at(2) == "RD"   ? ShutdownHow::Read
                                            : words.at(2) == "WR" ? ShutdownHow::Write
                                                                  : ShutdownHow::Both));
        }
        if (!socket_.valid()) {
            return words.back();  // a call without a descriptor says nothing about TCP
        }
        if (what == "send") {
            return in_words(bench_.send(0, socket_, argument));
        }
        if (what == "recv") {
            return in_words(bench_.recv(0, socket_, argument));
        }
        if (what == "close") {
            return in_words(bench_.close(0, std::exchange(socket_, {})));
        }
        if (what == "error") {
            const Errno error = bench_.hosts[0].socket_error(socket_);
            return error == Errno::None ? "0" : std::string(name(error));
        }
        return "(not modelled)";
    }
    std::string connect() {
        open();
        const std::size_t sent = bench_.sent.size();
        const CallResult result = bench_.connect(0, socket_, kPeer);
        const bool begins = bench_.sent.size() != sent;
        return result.blocked ? (begins ? "EINPROGRESS" : "EALREADY") : in_words(result);
    }
    std::string set(const std::vector<std::string>& words) {
        static const std::map<std::string, SocketOption> kOptions{
            {"SO_KEEPALIVE", SocketOption::KeepAlive},
            {"SO_LINGER", SocketOption::Linger},
            {"TCP_KEEPIDLE", SocketOption::KeepIdle},
            {"TCP_KEEPINTVL", SocketOption::KeepInterval},
            {"TCP_KEEPCNT", SocketOption::KeepCount},
            {"TCP_USER_TIMEOUT", SocketOption::UserTimeout},
            {"TCP_LINGER2", SocketOption::Linger2},
            {"TCP_SYNCNT", SocketOption::SynCount},
            {"TCP_NODELAY", SocketOption::NoDelay},
            {"TCP_DEFER_ACCEPT", SocketOption::DeferAccept},
            {"IP_RECVERR", SocketOption::ReceiveErrors}};
        if (!socket_.valid() && !listener_.valid()) {
            open();
        }
        const auto option = kOptions.find(words.at(2));
        if (option == kOptions.end()) {
            return "(not modelled)";
        }
        std::int64_t value = std::stoll(words.at(3));
        if (option->second == SocketOption::Linger) {
            value = value == 0 ? -1 : std::stoll(words.at(4));
        }
        return in_words(
            bench_.set_option(0, socket_.valid() ? socket_ : listener_, option->second, value));
    }
    void open() {
        if (!socket_.valid()) {
            socket_ = bench_.socket(0);
            REQUIRE(bench_.bind(0, socket_, kSocket).error == Errno::None);
        }
    }
    static std::string in_words(const CallResult& result) {
        if (result.blocked) {
            return "EAGAIN";
        }
        return result.error == Errno::None ? std::to_string(result.value)
                                           : std::string(name(result.error));
    }

    const LoggedCase& measured_;
    Bench bench_;
    LogOrigin origin_;
    SocketId socket_;
    SocketId listener_;
    std::int64_t since_ = 0;
    std::size_t taken_ = 0;
    std::string state_ = "CLOSED";
    std::vector<std::pair<std::string, std::uint64_t>> counted_;
    Lines kernel_;
    Lines model_;
};

}  // namespace synq
