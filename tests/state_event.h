// The measured table of states and segments, tests/data/state_event_linux618.csv: its probes and
// its notation. "ACK(SND.NXT;RCV.NXT;0)" names numbers by the connection's variables before the
// probe.
#pragma once

#include "model/wire/segment.h"
#include "tests/csv.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace synq {

/// The connection's numbers at the moment before the probe.
struct Numbers {
    Seq una;
    Seq nxt;
    Seq rcv_nxt;
    std::uint32_t rcv_wnd = 65'535;
};

/// A row's segment. It carries no options.
inline Segment probe_of(const CsvRow& row, const Numbers& n) {
    constexpr std::uint32_t data_octets = 5;
    constexpr std::uint32_t far_away = 1U << 30U;
    static const std::map<std::string, Flags> kFlags{
        {"SYN", kSyn}, {"FIN", kFin}, {"RST", kRst}, {"ACK", kAck}};
    Segment out{.window = 64'240};
    for (const std::string& word : split(row.at("flags"), '+')) {
        if (word == "DATA") {
            out.len = data_octets;
        } else if (word != "NONE") {
            out.flags = out.flags | kFlags.at(word);
        }
    }
    const std::map<std::string, Seq> seqs{{"exact", n.rcv_nxt},
                                          {"left-1", n.rcv_nxt - 1},
                                          {"in-window", n.rcv_nxt + 10},
                                          {"right-edge", n.rcv_nxt + n.rcv_wnd},
                                          {"far-left", n.rcv_nxt - far_away},
                                          {"far-right", n.rcv_nxt + far_away}};
    const std::map<std::string, Seq> acks{{"-", Seq{}},
                                          {"una", n.una},
                                          {"nxt", n.nxt},
                                          {"nxt+1", n.nxt + 1},
                                          {"very-old", n.una - far_away}};
    out.seq = seqs.at(row.at("seq"));
    out.ack = acks.at(row.at("ack"));
    return out;
}

/// "ACK(SND.NXT;RCV.NXT;0)" with numbers in the names' places.
inline std::string expected_text(std::string text, const Numbers& n, const Segment& seg, Seq iss) {
    const std::pair<std::string, Seq> names[] = {{"SND.NXT+65537", n.nxt + 65'537},
                                                 {"SEG.SEQ+SEG.LEN", seg.end()},
                                                 {"SEG.SEQ+1", seg.seq + 1},
                                                 {"SND.UNA", n.una},
                                                 {"SND.NXT", n.nxt},
                                                 {"RCV.NXT", n.rcv_nxt},
                                                 {"SEG.ACK", seg.ack},
                                                 {"newISS", iss}};
    for (const auto& [word, value] : names) {
        if (const auto at = text.find(word); at != std::string::npos) {
            text.replace(at, word.size(), std::to_string(value.raw()));
        }
    }
    return text;
}

/// "SYN+ACK(4000;1001;0)", one segment in the table's notation.
inline std::string table_text(const Segment& s) {
    return flag_names(s.flags) + "(" + std::to_string(s.seq.raw()) + ";" +
           (s.flags.ack() ? std::to_string(s.ack.raw()) : "-") + ";" + std::to_string(s.len) + ")";
}

}  // namespace synq
