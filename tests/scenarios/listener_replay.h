// A measured case of docs/notes/listener.c on the model: several peers, several listening sockets.
#pragma once

#include "tests/bench.h"
#include "tests/scenarios/connection_log.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace synq {

class ListenerReplay {
  public:
    explicit ListenerReplay(const LoggedCase& measured)
        : measured_(measured),
          bench_({configured(measured)}, {.tick = milliseconds(4), .last_first = true}) {
        states_.fill("CLOSED");
    }

    void run() {
        for (const Logged& line : measured_.lines) {
            const Instant at{line.at_us * 1000};
            if (line.stimulus()) {
                pass_time(at);
                since_ = line.at_us;
                apply(line);
            } else if (line.kind() == "out" || line.kind() == "state") {
                kernel_.push_back(stamp(line.at_us) + line.text());
            } else if (line.kind() == "counter") {
                pass_time(at);
                count(line);
            }
        }
        std::sort(kernel_counts_.begin(), kernel_counts_.end());
        kernel_.insert(kernel_.end(), kernel_counts_.begin(), kernel_counts_.end());
        std::vector<std::string> counted;
        for (int i = 0; i < kMibCount; ++i) {
            const auto counter = static_cast<Mib>(i);
            if (bench_.count(0, counter) != 0) {
                counted.push_back("counter " + std::string(name(counter)) + " " +
                                  std::to_string(bench_.count(0, counter)));
            }
        }
        std::sort(counted.begin(), counted.end());
        model_.insert(model_.end(), counted.begin(), counted.end());
    }
    [[nodiscard]] const Lines& kernel() const { return kernel_; }
    [[nodiscard]] const Lines& model() const { return model_; }

  private:
    static constexpr std::size_t kPeers = 16;
    static constexpr Endpoint kSocket{kHostA, 8000};
    static constexpr std::uint16_t kFirstPeer = 9000;
    /// What follows a stimulus within this time belongs to it: the program itself takes time.
    static constexpr std::int64_t kSameMomentUs = 300;
    /// When the program looks at states while time passes.
    static constexpr Duration kLook = milliseconds(500);
    static constexpr Duration kLookAt = milliseconds(2);

    static HostConfig configured(const LoggedCase& measured) {
        HostConfig out = linux_host(kHostA);
        out.window_scale = 7;  // the measured machine had little memory
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
    void count(const Logged& line) {
        for (int i = 0; i < kMibCount; ++i) {
            if (name(static_cast<Mib>(i)) == line.words.at(1)) {
                kernel_counts_.push_back(line.text());
            }
        }
    }

    /// The number behind a word at the end of a line, "peer 3"; 0 when it is not there.
    static std::size_t number_after(const Logged& line, const std::string& word) {
        const std::size_t size = line.words.size();
        return size > 2 && line.words[size - 2] == word ? std::stoul(line.words[size - 1]) : 0;
    }
    static std::string suffix(const std::string& word, std::size_t number) {
        return number == 0 ? "" : " " + word + " " + std::to_string(number);
    }
    static Endpoint peer(std::size_t number) {
        return {kHostB, static_cast<std::uint16_t>(kFirstPeer + number)};
    }

    [[nodiscard]] std::string stamp(std::int64_t at_us) const {
        const bool same_moment = at_us - since_ < kSameMomentUs;
        return Bench::seconds_text(Instant{(same_moment ? since_ : at_us) * 1000}) + " ";
    }
    void tell_at(Instant t, const std::string& text) {
        model_.push_back(stamp(t.ns / 1000) + text);
    }

    void pass_time(Instant t) {
        Instant look{(bench_.now() - Instant{} + kLook - kLookAt).ns / kLook.ns * kLook.ns +
                     kLookAt.ns};
        while (bench_.next_timer() <= t || look <= t) {
            const Instant next = std::min(bench_.next_timer(), look);
            bench_.run_until(next);
            const bool sent = take_segments();
            if (sent || next == look) {
                look_at_states();
            }
            look = next == look ? look + kLook : look;
        }
        bench_.run_until(t);
    }
    bool take_segments() {
        const bool any = taken_ < bench_.sent.size();
        for (; taken_ < bench_.sent.size(); ++taken_) {
            const Packet& packet = bench_.sent[taken_].packet;
            const std::size_t number = packet.dst.port - kFirstPeer;
            LogOrigin& origin = origins_.at(number);
            const Segment& segment = packet.segment;
            if (segment.flags.syn()) {
                if (segment.seq != origin.socket) {
                    before_.at(number) = origin.socket;
                }
                origin.socket = segment.seq;
                if (segment.options.timestamps && !origin.timestamps) {
                    origin.timestamps = true;
                    origin.socket_timestamp =
                        segment.options.ts_val -
                        static_cast<std::uint32_t>(bench_.sent[taken_].t.ns / 1'000'000);
                }
            }
            tell_at(bench_.sent[taken_].t, logged_text(segment, origin) + suffix("peer", number));
        }
        return any;
    }
    void look_at_states() {
        const auto views = bench_.hosts[0].sockets();
        for (std::size_t i = 0; i < kPeers; ++i) {
            const auto found = std::ranges::find_if(views, [&](const SocketView& view) {
                return view.remote == peer(i) && view.local == kSocket;
            });
            const std::string now =
                found == views.end() ? "CLOSED" : std::string(rfc_name(found->state));
            if (now != states_.at(i)) {
                states_.at(i) = now;
                tell_at(bench_.now(), "state " + now + suffix("peer", i));
            }
        }
    }

    void apply(const Logged& line) {
        kernel_.push_back(stamp(line.at_us) + line.text());
        const std::size_t from = number_after(line, "peer");
        if (line.kind() == "call") {
            tell_at(Instant{line.at_us * 1000}, call(line));
        } else if (line.words.at(1) == "ICMP") {
            model_.push_back(kernel_.back());
            const auto type_code = split(line.words.at(2), '/');
            bench_.inject(
                0, IcmpError{.src = kSocket,
                             .dst = peer(from),
                             .seq = origins_.at(from).socket + detail::number(line.words.at(3)),
                             .type = static_cast<std::uint8_t>(std::stoi(type_code[0])),
                             .code = static_cast<std::uint8_t>(std::stoi(type_code[1]))});
        } else {
            model_.push_back(kernel_.back());
            LogOrigin origin = origins_.at(from);
            if (line.text().find(" old 1") != std::string::npos) {
                origin.socket = before_.at(from);
            }
            bench_.inject(0, Packet{peer(from), kSocket, logged_segment(line, origin)});
        }
        take_segments();
        look_at_states();
    }
    /// The line with the model's result in place of the kernel's.
    std::string call(const Logged& line) {
        const std::size_t number = number_after(line, "socket");
        std::vector<std::string> words(line.words.begin(),
                                       line.words.end() - (number == 0 ? 0 : 2));
        std::string out;
        words.back() = outcome(words, sockets_.at(number));
        for (const std::string& word : words) {
            out += (out.empty() ? "" : " ") + word;
        }
        return out + suffix("socket", number);
    }
    std::string outcome(const std::vector<std::string>& words, SocketId& socket) {
        if (!socket.valid()) {
            socket = bench_.socket(0);
        }
        const std::string& what = words.at(1);
        const std::int64_t argument =
            words.size() > 3 && what == "listen" ? std::stoll(words[2]) : 10;
        if (what == "set" || what == "get") {
            const auto option = socket_option_named(words.at(2));
            REQUIRE(option.has_value());
            return what == "get"
                       ? std::to_string(bench_.hosts[0].get_option(socket, *option))
                       : in_words(bench_.set_option(0, socket, *option, std::stoll(words.at(3))));
        }
        if (what == "bind") {
            return in_words(bench_.bind(0, socket, kSocket));
        }
        if (what == "listen") {
            return in_words(bench_.listen(0, socket, argument));
        }
        if (what == "accept") {
            const CallResult result = bench_.accept(0, socket);
            child_ = result.socket.valid() ? result.socket : child_;
            return in_words(result);
        }
        if (what == "recv") {
            return in_words(bench_.recv(0, child_, std::stoll(words.at(2))));
        }
        if (what == "send") {
            return in_words(bench_.send(0, child_, std::stoll(words.at(2))));
        }
        if (what == "hangup") {
            return in_words(bench_.close(0, child_));
        }
        REQUIRE(what == "unlisten");
        return in_words(bench_.close(0, std::exchange(socket, {})));
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
    std::array<LogOrigin, kPeers> origins_;
    std::array<Seq, kPeers> before_;  // the first number of the SYN-ACK before the last
    std::array<std::string, kPeers> states_;
    std::array<SocketId, 4> sockets_;
    SocketId child_;  // that was accepted last
    std::int64_t since_ = 0;
    std::size_t taken_ = 0;
    Lines kernel_counts_;
    Lines kernel_;
    Lines model_;
};

}  // namespace synq
