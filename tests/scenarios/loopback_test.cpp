// The runs of docs/notes/2026-11-loopback-handshake.md on the model: every segment, every call's
// end, in the kernel's order, at the kernel's time; and the counters.
#include "sim/world/world.h"
#include "tests/scenarios/lab_notation.h"

#include <map>
#include <string>
#include <vector>

namespace synq {
namespace {

using Lines = std::vector<std::string>;

/// Rows of a data file by run.
std::map<std::string, std::vector<CsvRow>> by_run(const std::string& file) {
    std::map<std::string, std::vector<CsvRow>> out;
    for (CsvRow& row : read_csv(file)) {
        out[row.at("run")].push_back(std::move(row));
    }
    return out;
}

/// A trace in the words of loopback_log.csv.
class LabLog {
  public:
    explicit LabLog(const Trace& trace) {
        for (const Entry& entry : trace.order) {
            if (entry.kind == EntryKind::SegmentSent) {
                add(trace.segments[entry.index]);
            } else if (entry.kind == EntryKind::CallEnd) {
                add(trace.calls[entry.index]);
            } else if (entry.kind == EntryKind::CallStart) {
                started(trace.calls[entry.index]);
            }
        }
    }
    [[nodiscard]] const Lines& lines() const { return lines_; }

  private:
    void started(const CallRecord& call) {
        if (call.kind == CallKind::Connect) {
            connecting_ = call.process;
        }
    }
    void add(const SegmentRecord& record) {
        const Packet& packet = record.packet;
        const Segment& s = packet.segment;
        const bool from_server = packet.src.port == 8000;
        const std::uint16_t port = from_server ? packet.dst.port : packet.src.port;
        // The first SYN of a port leaves inside its process' connect().
        const auto owner = owners_.try_emplace(port, connecting_).first->second;
        const std::string client = "C" + std::to_string(owner);
        if (s.flags.syn()) {
            first_[{port, from_server}] = s.seq;
        }
        std::string line = from_server ? "S>" + client : client + ">S";
        line += " " + words(s.flags) + " " + relative(s.seq, port, from_server);
        if (s.flags.ack()) {
            line += "/" + relative(s.ack, port, !from_server);
        }
        if (s.len != 0) {
            line += " len " + std::to_string(s.len);
        }
        enter(record.t, line);
    }
    void add(const CallRecord& call) {
        const bool wanted = call.kind == CallKind::Connect || call.kind == CallKind::Send ||
                            call.kind == CallKind::Recv || call.kind == CallKind::Close ||
                            call.kind == CallKind::Shutdown || call.kind == CallKind::Accept;
        if (!wanted) {
            return;
        }
        std::string line = "P" + std::to_string(call.process) + " " + std::string(name(call.kind));
        if (call.error != Errno::None) {
            line += " " + std::string(name(call.error));
        } else if (call.kind != CallKind::Accept) {
            line += " " + std::to_string(call.result);
        }
        enter(call.end, line);
    }
    void enter(Instant t, const std::string& line) {
        // The model computes in no time, so whatever happens, happens on a whole millisecond.
        REQUIRE(t.ns % 1'000'000 == 0);
        lines_.push_back(std::to_string(t.ns / 1'000'000) + " " + line);
    }
    std::string relative(Seq seq, std::uint16_t port, bool of_server) const {
        return std::to_string(seq - first_.at({port, of_server}));
    }
    static std::string words(Flags flags) {
        std::string out;
        const auto word = [&](bool set, const char* text) {
            out += set ? (out.empty() ? "" : "+") + std::string(text) : "";
        };
        word(flags.syn(), "SYN");
        word(flags.rst(), "RST");
        word(flags.fin(), "FIN");
        word(flags.psh(), "PSH");
        word(flags.ack(), "ACK");
        return out;
    }

    std::uint32_t connecting_ = 0;
    std::map<std::uint16_t, std::uint32_t> owners_;  // client port -> process
    std::map<std::pair<std::uint16_t, bool>, Seq> first_;
    Lines lines_;
};

/// The first difference and what led to it.
std::string difference(const Lines& measured, const Lines& model) {
    std::size_t at = 0;
    while (at < measured.size() && at < model.size() && measured[at] == model[at]) {
        ++at;
    }
    std::string out;
    for (std::size_t i = at < 5 ? 0 : at - 5; i < at; ++i) {
        out += "  both    " + measured[i] + "\n";
    }
    for (std::size_t i = at; i < at + 3; ++i) {
        out += "  kernel  " + (i < measured.size() ? measured[i] : "-") + "\n";
        out += "  model   " + (i < model.size() ? model[i] : "-") + "\n";
    }
    return out;
}

}  // namespace

TEST_CASE(
    "the model repeats what Linux 6.18 did on loopback, segment by segment and call by call") {
    const auto measured = by_run("loopback_log.csv");
    const auto counters = by_run("loopback_counters.csv");
    for (const CsvRow& run : read_csv("loopback_runs.csv")) {
        const std::string& which = run.at("run");
        const Scenario scenario = lab_scenario(run);
        const auto trace = run_scenario(scenario, {});
        REQUIRE(trace.has_value());

        Lines expected;
        for (const CsvRow& row : measured.at(which)) {
            expected.push_back(row.at("at_ms") + " " + row.at("event"));
        }
        const LabLog log(*trace);
        {
            INFO(which << "\n" << difference(expected, log.lines()));
            CHECK((log.lines() == expected));
        }
        std::map<std::string, std::uint64_t> changes;
        for (const CsvRow& row : counters.at(which)) {
            changes[row.at("counter")] = std::stoull(row.at("change"));
        }
        INFO(which);
        CHECK(trace->counters.at(0) == changes);
    }
}

TEST_CASE("with room for everybody cookies make no difference") {
    for (CsvRow run : read_csv("loopback_runs.csv")) {
        if (run.at("run") == "q1_A20") {
            const auto with = run_scenario(lab_scenario(run), {});
            run["syncookies"] = "0";
            const auto without = run_scenario(lab_scenario(run), {});
            REQUIRE((with.has_value() && without.has_value()));
            REQUIRE(LabLog(*with).lines() == LabLog(*without).lines());
            REQUIRE(with->counters == without->counters);
            return;
        }
    }
    FAIL("the run is missing");
}

}  // namespace synq
