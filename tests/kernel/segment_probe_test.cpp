// Every state and every kind of segment (tests/data/state_event_linux618.csv), asked of this
// machine's kernel and of the model at once: everything that can be seen must be equal.
#include "tests/catch.h"
#include "tests/kernel/known_gaps.h"
#include "tests/kernel/private_network.h"
#include "tests/state_event.h"

#include <cstdio>

namespace synq::test {
namespace {

constexpr int kLateMs = 1'000;  // for an ACK that the table has and that waits for a timer
constexpr std::uint32_t kOffered = 64'240;  // in the SYN-ACK
constexpr std::size_t kMostShown = 5;

struct Probe {
    std::string state;
    Script script;    // ends with the segment
    Segment segment;  // as the model gets it
    Numbers before;   // of the model
    Seq model_iss;
};

/// A FIN uses up one octet of the window that was offered: the right edge stays where it is.
bool fin_received(const std::string& state) {
    return state.starts_with("CLOSE-WAIT") || state == "CLOSING" || state == "LAST-ACK" ||
           state == "TIME-WAIT";
}

/// The numbers of a row's segment are those of the model in that state. They are the kernel's too,
/// or the transcripts of the way there differ.
Probe make_probe(const CsvRow& row, const std::string& state) {
    Probe out{
        .state = state, .script = steps_to(state), .segment = {}, .before = {}, .model_iss = {}};
    ModelSubject model;
    Player player(model);
    for (const Step& step : out.script) {
        player.play(step);
    }
    out.model_iss = player.host_iss(0);
    const Numbers nobody{.una = out.model_iss, .nxt = out.model_iss, .rcv_nxt = Player::kPeerIss};
    out.before = model.numbers(model.flow(0)).value_or(nobody);
    if (fin_received(state)) {
        out.before.rcv_wnd = kOffered - 1;
    }
    out.segment = probe_of(row, out.before);
    out.script.push_back(
        {.arrives = true,
         .flags = out.segment.flags,
         .seq = distance(Player::kPeerIss, out.segment.seq),
         .ack = out.segment.flags.ack() ? distance(out.model_iss, out.segment.ack) : 0U,
         .len = out.segment.len});
    return out;
}

/// The table's text with the numbers that the kernel has.
std::string expected_of_kernel(const CsvRow& row, const Probe& probe, const Played& kernel) {
    const auto shift = distance(probe.model_iss, kernel.host_iss);
    Numbers numbers = probe.before;
    numbers.una += shift;
    numbers.nxt += shift;
    Segment segment = probe.segment;
    segment.ack += segment.flags.ack() ? shift : 0U;
    const Seq first = kernel.sent.empty() ? Seq{} : kernel.sent.front().segment.seq;
    return expected_text(row.at("emitted"), numbers, segment, first);
}

std::string emitted(const std::vector<Packet>& sent) {
    std::string out;
    for (const Packet& packet : sent) {
        out += (out.empty() ? "" : " & ") + table_text(packet.segment);
    }
    return out.empty() ? "-" : out;
}

std::string name_of(const CsvRow& row, const std::string& state) {
    return state + " " + row.at("flags") + " seq " + row.at("seq") + " ack " + row.at("ack");
}

std::string compare_with_table(KernelLab& lab, const CsvRow& row, const Probe& probe) {
    KernelSubject subject(lab);
    Played kernel = play(subject, probe.script);
    const std::string expected = expected_of_kernel(row, probe, kernel);
    if (emitted(kernel.sent) != expected &&
        (kernel.sent.empty() || expected.starts_with(emitted(kernel.sent)))) {
        for (const Packet& late : subject.wait_for_sent(kLateMs)) {
            kernel.sent.push_back(late);
        }
    }
    std::string next{rfc_name(subject.state(subject.flow(0)))};
    if (next == "CLOSED" && (probe.state == "LISTEN" || probe.state == "SYN-RECEIVED(passive)")) {
        next = "LISTEN";
    }
    const auto socket = static_cast<std::size_t>(socket_of(probe.state));
    const std::string error{socket < kernel.errors.size() ? name(kernel.errors[socket])
                                                          : std::string_view{}};
    const std::string found = emitted(kernel.sent) + " " + next + " " + error;
    const std::string wanted = expected + " " + row.at("next") + " " + row.at("so_error");
    return found == wanted ? "" : name_of(row, probe.state) + ": " + found + ", table " + wanted;
}

std::string compare_with_model(KernelLab& lab, const CsvRow& row, const Probe& probe) {
    ModelSubject subject;
    const Played model = play(subject, probe.script);
    const Played kernel = play_between_ticks(lab, probe.script);
    return kernel.text == model.text
               ? ""
               : name_of(row, probe.state) + "\n" + difference(kernel.text, model.text);
}

void add(Findings& findings, const std::string& text) {
    if (!text.empty()) {
        findings.push_back(text);
    }
}

void report(const Findings& findings) {
    for (std::size_t i = 0; i < std::min(findings.size(), kMostShown); ++i) {
        UNSCOPED_INFO(findings[i]);
    }
    CHECK(findings.size() == 0);  // NOLINT(readability-container-size-empty): shows how many
}

}  // namespace

TEST_CASE("kernel and model answer every segment in every state alike") {
    const auto rows = read_csv("state_event_linux618.csv");
    REQUIRE(rows.size() == 1794);
    report(in_private_network([&](KernelLab& lab) {
        Findings out;
        const bool owed = open_gaps().contains("owed-ack");
        for (const CsvRow& row : rows) {
            add(out, compare_with_model(lab, row, make_probe(row, row.at("state"))));
            if (owed && row.at("state") == "CLOSE-WAIT") {
                add(out, compare_with_model(lab, row, make_probe(row, "CLOSE-WAIT(ack owed)")));
            }
        }
        return out;
    }));
}

TEST_CASE("this machine's kernel answers every segment in every state as the table says") {
    const auto rows = read_csv("state_event_linux618.csv");
    report(in_private_network([&](KernelLab& lab) {
        Findings out;
        for (const CsvRow& row : rows) {
            add(out, compare_with_table(lab, row, make_probe(row, row.at("state"))));
        }
        return out;
    }));
}

}  // namespace synq::test
