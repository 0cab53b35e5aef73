// The cases of docs/notes/2026-11-orphans.md on the model: what each connection sends, in its
// order, and the counters.
#include "tests/csv.h"
#include "tests/peer.h"

#include <deque>
#include <map>
#include <string>

namespace synq {
namespace {

/// The measured machine looked at the number of its orphans 35 ms after each tenth of a second.
constexpr Duration kBefore = milliseconds(65);

const std::map<std::string, int> kLimits{
    {"none_allowed", 0}, {"five_at_once", 2}, {"one_more_later", 1},
    {"at_the_limit", 1}, {"acknowledged", 0}, {"soft_error", 1},
    {"long_silent", 1},  {"shut_window", 1},  {"queued_text", 0}};

class Replay {
  public:
    explicit Replay(int limit) : bench_({config(limit)}, {.tick = milliseconds(4)}) {
        listener_ = bench_.listener(0, 64);
    }

    /// One line of the log.
    void play(std::int64_t at_us, const std::vector<std::string>& words, bool shut) {
        if (words[0] == "out") {
            kernel_[words[1]].push_back(rest(words));
            return;
        }
        bench_.run_until(Instant{at_us * 1'000} + kBefore);
        if (words[0] == "counter") {
            check_counter(words);
        } else if (words[0] == "open") {
            open(shut);
        } else if (words[0] == "send") {
            bench_.send(0, sockets_[which(words)], std::stoi(words[2]));
        } else if (words[0] == "close") {
            bench_.close(0, sockets_[which(words)]);
        } else if (words[2] == "ACK") {
            peers_[which(words)].send(kAck, 1,
                                      static_cast<std::uint32_t>(std::stoul(words[3].substr(2))),
                                      {.window = 65'535});
        } else {
            const Peer& peer = peers_[which(words)];
            bench_.inject(0, IcmpError{.src = {kHostA, kPort},
                                       .dst = peer.self(),
                                       .seq = first_[which(words)] + 1,
                                       .code = 1});
        }
    }
    void compare() {
        std::map<std::string, Lines> model;
        for (const SentSegment& sent : bench_.sent) {
            const Segment& segment = sent.packet.segment;
            const std::size_t i = sent.packet.dst.port - kFirstPort;
            if (!segment.flags.syn()) {
                model[std::to_string(i)].push_back(text(segment, i));
            }
        }
        CHECK(model == kernel_);
    }

  private:
    static constexpr std::uint16_t kFirstPort = 9'000;

    static HostConfig config(int limit) {
        HostConfig out = linux_host(kHostA);
        out.sysctl.max_orphans = limit;
        return out;
    }
    static std::size_t which(const std::vector<std::string>& words) { return std::stoul(words[1]); }
    static std::string rest(const std::vector<std::string>& words) {
        std::string out;
        for (std::size_t i = 2; i < words.size(); ++i) {
            out += words[i] + (i + 1 == words.size() ? "" : " ");
        }
        return out;
    }
    void open(bool shut) {
        const std::size_t i = peers_.size();
        Peer& peer = peers_.emplace_back(bench_, static_cast<std::uint16_t>(kFirstPort + i));
        peer.syn({.mss = 1'460});
        first_.push_back(peer.last().seq);
        peer.send(kAck, 1, 1, {.window = static_cast<std::uint16_t>(shut ? 0 : 65'535)});
        sockets_.push_back(bench_.accept(0, listener_).socket);
    }
    void check_counter(const std::vector<std::string>& words) {
        for (int i = 0; i < kMibCount; ++i) {
            if (name(static_cast<Mib>(i)) == words[1]) {
                INFO(words[1]);
                CHECK(bench_.count(0, static_cast<Mib>(i)) == std::stoul(words[2]));
            }
        }
    }
    [[nodiscard]] std::string text(const Segment& segment, std::size_t i) const {
        std::string flags;
        for (const auto& [name, flag] :
             {std::pair{"FIN", kFin}, {"RST", kRst}, {"PSH", kPsh}, {"ACK", kAck}}) {
            if ((segment.flags.bits() & flag.bits()) != 0) {
                flags += (flags.empty() ? "" : "+") + std::string(name);
            }
        }
        return flags + " " + std::to_string(segment.seq - first_[i]) + "/" +
               std::to_string(segment.ack - peers_[i].iss()) + " len " +
               std::to_string(segment.len);
    }

    Bench bench_;
    SocketId listener_;
    std::deque<Peer> peers_;
    std::vector<SocketId> sockets_;
    std::vector<Seq> first_;
    std::map<std::string, Lines> kernel_;
};

}  // namespace

TEST_CASE("orphans beyond the limit are reset as measured") {
    std::map<std::string, std::vector<CsvRow>> cases;
    for (const CsvRow& row : read_csv("orphans.csv")) {
        cases[row.at("case")].push_back(row);
    }
    REQUIRE(cases.size() == kLimits.size());
    for (const auto& [name, rows] : cases) {
        INFO(name);
        Replay replay(kLimits.at(name));
        for (const CsvRow& row : rows) {
            replay.play(std::stoll(row.at("at_us")), split(row.at("event"), ' '),
                        name == "shut_window");
        }
        replay.compare();
    }
}

}  // namespace synq
