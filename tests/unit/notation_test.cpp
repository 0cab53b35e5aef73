#include "sim/trace/notation.h"

#include "tests/catch.h"
#include "tests/unit/trace_maker.h"

namespace synq {
namespace {

using test::client_end;
using test::kServer;
using test::segment;

SegmentRecord record(Endpoint src, Endpoint dst, Segment segment, bool again = false) {
    return {.t = {}, .packet = {src, dst, segment}, .retransmission = again};
}

}  // namespace

TEST_CASE("numbers are relative to each end's SYN") {
    Notation notation;
    const Endpoint client = client_end(0);
    CHECK(notation.describe(record(client, kServer, segment(kSyn, 0xffff'ffff, 0))) ==
          "[S] seq 0 win 65495 mss 65495");
    CHECK(notation.describe(record(kServer, client, segment(kSyn | kAck, 700, 0))) ==
          "[S.] seq 0 ack 1 win 65495 mss 65495");
    CHECK(notation.describe(record(client, kServer, segment(kAck, 0, 701))) == "[.] ack 1 win 512");
    CHECK(notation.describe(record(client, kServer, segment(kPsh | kAck, 0, 701, 16))) ==
          "[P.] seq 1:17 ack 1 win 512 length 16");
    CHECK(notation.describe(record(kServer, client, segment(kFin | kAck, 701, 16))) ==
          "[F.] seq 1 ack 17 win 512");
    CHECK(notation.describe(record(kServer, client, segment(kRst, 699, 0))) ==
          "[R] seq -1 win 512");
}

TEST_CASE("numbers of a flow without a SYN are raw") {
    Notation notation;
    CHECK(notation.describe(record(client_end(0), kServer, segment(kRst | kAck, 41, 42))) ==
          "[R.] seq 41 ack 42 win 512");
}

TEST_CASE("a new SYN on the same ports starts the count anew") {
    Notation notation;
    const Endpoint client = client_end(0);
    static_cast<void>(notation.describe(record(client, kServer, segment(kSyn, 10, 0))));
    static_cast<void>(notation.describe(record(client, kServer, segment(kSyn, 5000, 0))));
    CHECK(notation.describe(record(kServer, client, segment(kSyn | kAck, 1, 5001))) ==
          "[S.] seq 0 ack 1 win 65495 mss 65495");
}

TEST_CASE("retransmissions are numbered and do not repeat what is known") {
    Notation notation;
    const Endpoint client = client_end(0);
    static_cast<void>(notation.describe(record(client, kServer, segment(kSyn, 9, 0))));
    CHECK(notation.describe(record(client, kServer, segment(kSyn, 9, 0), true)) ==
          "[S] seq 0 win 65495 retry 1");
    CHECK(notation.describe(record(client, kServer, segment(kSyn, 9, 0), true)) ==
          "[S] seq 0 win 65495 retry 2");
    const Segment data = segment(kPsh | kAck, 10, 0, 16);
    static_cast<void>(notation.describe(record(client, kServer, data)));
    static_cast<void>(notation.describe(record(client, kServer, segment(kAck, 26, 0))));
    CHECK(notation.describe(record(client, kServer, data, true)) ==
          "[P.] seq 1:17 ack 0 win 512 retry 1");
}

TEST_CASE("a retransmitted SYN with another MSS says so") {
    Notation notation;
    Segment syn = segment(kSyn, 9, 0);
    static_cast<void>(notation.describe(record(client_end(0), kServer, syn)));
    syn.options.mss = 536;
    CHECK(notation.describe(record(client_end(0), kServer, syn, true)) ==
          "[S] seq 0 win 65495 mss 536 retry 1");
}

TEST_CASE("options have short names") {
    CHECK(option_text({}) == "none");
    CHECK(option_text(segment(kSyn, 0, 0).options) == "sackOK TS wscale 10");
    CHECK(option_text({.window_scale = 0}) == "wscale 0");
}

}  // namespace synq
