// ICMP "fragmentation needed" about a SYN (RFC 1191; docs/notes/2026-11-connection-timers.md 4).
#include "model/fsm/segments.h"
#include "tests/unit/prepared.h"

namespace synq {
namespace {

IcmpError too_big(const Prepared& host, std::uint16_t mtu) {
    const Endpoint self{kHostA, kPort};
    const Seq iss = host.peer.connection().snd.iss;
    return {.src = self, .dst = host.peer.self(), .seq = iss, .type = 3, .code = 4, .mtu = mtu};
}

}  // namespace

TEST_CASE("a SYN that is repeated offers what fits the path") {
    const auto& [mtu, mss] = GENERATE(std::pair{1'400, 1'360}, std::pair{1'500, 1'460},
                                      std::pair{551, 1'460}, std::pair{0, 1'460});
    Prepared host("SYN-SENT", linux_host(kHostA));
    host.bench.icmp(0, too_big(host, static_cast<std::uint16_t>(mtu)));
    REQUIRE(host.peer.heard().empty());
    host.bench.run_for(seconds(1));
    CHECK(host.peer.last().options.mss == mss);
    CHECK(host.peer.last().window == 64'240);
}

TEST_CASE("a later, larger MTU changes nothing; segments keep to the smaller one") {
    Prepared host("SYN-SENT", linux_host(kHostA));
    host.bench.icmp(0, too_big(host, 1'000));
    host.bench.icmp(0, too_big(host, 1'400));
    host.peer.send(kSyn | kAck, 0, 1, {.options = {.mss = 1'460}});
    CHECK(segment_payload(host.peer.connection()) == 960);
}

TEST_CASE("so does the SYN-ACK of a simultaneous open") {
    Prepared host("SYN-RECEIVED(active)", linux_host(kHostA));
    host.bench.icmp(0, too_big(host, 1'400));
    host.bench.run_for(seconds(1));
    CHECK(host.peer.last().options.mss == 1'360);
}

}  // namespace synq
