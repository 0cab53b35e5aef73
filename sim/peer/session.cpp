#include "sim/peer/session.h"

#include "model/tcb/state.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace synq {
namespace {

// Enough to see that a line is too long, whether it ends with CR or not.
constexpr std::size_t kKept = kLongestPeerLine + 2;

void write_error(std::string_view reason, std::string& out) {
    fmt::format_to(std::back_inserter(out), "ERR {}\n", reason);
}

/// Does what a line says and writes the answer.
struct Perform {
    PeerHost& host;
    std::string& out;

    void operator()(const ResetLine& /*line*/) const {
        host.reset();
        write_sent();
    }
    void operator()(const CallLine& line) const {
        host.call(line.call);
        write_sent();
    }
    void operator()(const SegmentLine& line) const {
        host.arrive(line.segment);
        write_sent();
    }
    void operator()(const TimeLine& line) const {
        if (host.pass(line.span)) {
            write_sent();
        } else {
            write_error("more than 1000000000 seconds since RESET", out);
        }
    }
    void operator()(const StateLine& /*line*/) const {
        fmt::format_to(std::back_inserter(out), "STATE {}\n", rfc_name(host.state()));
    }

    void write_sent() const {
        for (const Segment& segment : host.sent()) {
            const Seq ack = segment.flags.ack() ? segment.ack : Seq{};
            fmt::format_to(std::back_inserter(out), "OUT {} {} {} {}\n", flag_names(segment.flags),
                           segment.seq.raw(), ack.raw(), segment.len);
        }
        out += "END\n";
    }
};

}  // namespace

Sysctls peer_sysctls(const Profile& profile) {
    Sysctls out = profile.sysctl;
    out.invalid_ratelimit_ms = 0;
    return out;
}

void PeerSession::answer(std::string_view line, std::string& out) {
    if (line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    if (const auto parsed = parse_peer_line(line)) {
        std::visit(Perform{host_, out}, *parsed);
    } else {
        write_error(parsed.error(), out);
    }
}

void PeerSession::feed(std::string_view octets, std::string& out) {
    while (true) {
        const std::size_t end = octets.find('\n');
        const std::string_view part = octets.substr(0, end);
        if (end == std::string_view::npos) {
            keep(part);
            return;
        }
        if (unfinished_.empty()) {
            answer(part, out);
        } else {
            keep(part);
            answer(unfinished_, out);
            unfinished_.clear();
        }
        octets.remove_prefix(end + 1);
    }
}

void PeerSession::finish(std::string& out) {
    if (!unfinished_.empty()) {
        answer(unfinished_, out);
        unfinished_.clear();
    }
}

void PeerSession::keep(std::string_view part) {
    unfinished_ += part.substr(0, kKept - unfinished_.size());
}

}  // namespace synq
