#include "model/wire/segment.h"

#include "tests/catch.h"

namespace synq {

TEST_CASE("SYN and FIN take one sequence number each") {
    Segment segment{.seq = Seq{0xffff'fffe}, .flags = kSyn};
    CHECK(segment.length() == 1);
    CHECK(segment.end() == Seq{0xffff'ffff});
    segment.flags = kFin | kAck;
    segment.len = 10;
    CHECK(segment.length() == 11);
    CHECK(segment.end() == Seq{9});
    segment.flags = kRst | kAck | kPsh;
    CHECK(segment.length() == 10);
}

TEST_CASE("flags have names") {
    CHECK(flag_names(kSyn) == "SYN");
    CHECK(flag_names(kSyn | kAck) == "SYN+ACK");
    CHECK(flag_names(kFin | kAck | kPsh) == "FIN+ACK+PSH");
    CHECK(flag_names(kRst | kAck) == "RST+ACK");
    CHECK(flag_names(Flags{}) == "NONE");
    CHECK(flag_names(Flags{0xe0}) == "URG+ECE+CWR");
}

TEST_CASE("flags have tcpdump's letters") {
    CHECK(tcpdump_flags(kSyn) == "S");
    CHECK(tcpdump_flags(kSyn | kAck) == "S.");
    CHECK(tcpdump_flags(kPsh | kAck) == "P.");
    CHECK(tcpdump_flags(kFin | kAck) == "F.");
    CHECK(tcpdump_flags(kFin | kPsh | kAck) == "FP.");
    CHECK(tcpdump_flags(kRst) == "R");
    CHECK(tcpdump_flags(kAck) == ".");
    CHECK(tcpdump_flags(Flags{}) == "none");
}

}  // namespace synq
