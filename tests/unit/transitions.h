// Rows of tests/data/transitions.csv, and answers of a host in the words of the measured tables:
// "ACK(SND.NXT;RCV.NXT;0) -> ESTABLISHED [D1] (36) / - -> ESTABLISHED (6)".
#pragma once

#include "tests/csv.h"
#include "tests/unit/prepared.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace synq {

/// The rows that are executed in one way: "call", "probe" or "case"; "" are the left-out ones.
inline std::vector<CsvRow> transitions(const std::string& how) {
    std::vector<CsvRow> out;
    for (CsvRow& row : read_csv("transitions.csv")) {
        if (row.at("how") == how) {
            out.push_back(std::move(row));
        }
    }
    return out;
}

/// `text` cut at every `separator`, which may be longer than one character.
inline std::vector<std::string> split_at(const std::string& text, const std::string& separator) {
    std::vector<std::string> out;
    std::size_t from = 0;
    for (std::size_t at = text.find(separator); at != std::string::npos;
         at = text.find(separator, from)) {
        out.push_back(text.substr(from, at - from));
        from = at + separator.size();
    }
    out.push_back(text.substr(from));
    return out;
}

/// What was sent from the `from`-th segment on, repetitions left out but those of a SYN,ACK, which
/// answer a SYN; "-": nothing.
inline std::string emitted(const Bench& bench, std::size_t from) {
    std::string out;
    for (std::size_t i = from; i < bench.sent.size(); ++i) {
        const Segment& s = bench.sent[i].packet.segment;
        if (!bench.sent[i].retransmission || s.flags == (kSyn | kAck)) {
            out += out.empty() ? "" : " & ";
            std::string text = table_text(s);
            if (text.starts_with("ACK+PSH")) {  // as the tables of calls write it
                text.replace(0, 7, "PSH+ACK");
            }
            out += text;
        }
    }
    return out.empty() ? "-" : out;
}

/// The sequence number of the first segment sent since, if any: a newly chosen ISS.
inline Seq first_seq(const Bench& bench, std::size_t from) {
    return bench.sent.size() == from ? Seq{} : bench.sent[from].packet.segment.seq;
}

}  // namespace synq
