// The capture's blocks, read back octet by octet. What tshark makes of captures:
// tests/cli/pcap_test.sh.
#include "sim/trace/pcapng.h"

#include "model/wire/codec.h"
#include "tests/catch.h"
#include "tests/unit/trace_maker.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace synq {
namespace {

using test::kServer;
using test::TraceMaker;

constexpr Endpoint kClient{IpAddress::v4(10, 0, 0, 1), 40'000};
constexpr Endpoint kFarServer{IpAddress::v4(10, 0, 0, 2), 8'000};
constexpr Endpoint kSpoofed{IpAddress::v4(198, 18, 0, 1), 1'024};

std::uint32_t word(std::string_view text, std::size_t at, std::size_t octets = 4) {
    std::uint32_t out = 0;
    for (std::size_t i = octets; i > 0; --i) {
        out = out << 8U | static_cast<std::uint8_t>(text[at + i - 1]);
    }
    return out;
}

struct BlockRead {
    std::uint32_t type = 0;
    std::string body;
};

/// The blocks, whose two lengths agree.
std::vector<BlockRead> blocks_of(const std::string& capture) {
    std::vector<BlockRead> out;
    for (std::size_t at = 0; at < capture.size();) {
        const std::uint32_t length = word(capture, at + 4);
        REQUIRE(length % 4 == 0);
        REQUIRE(length >= 12);
        REQUIRE(at + length <= capture.size());
        REQUIRE(word(capture, at + length - 4) == length);
        out.push_back({word(capture, at), capture.substr(at + 8, length - 12)});
        at += length;
    }
    return out;
}

/// Options from an offset on, by code.
std::map<std::uint32_t, std::string> options_of(const BlockRead& block, std::size_t at) {
    std::map<std::uint32_t, std::string> out;
    while (at < block.body.size()) {
        const std::uint32_t code = word(block.body, at, 2);
        const std::uint32_t length = word(block.body, at + 2, 2);
        out[code] = block.body.substr(at + 4, length);
        at += 4 + (length + 3) / 4 * 4;
    }
    REQUIRE(at == block.body.size());
    return out;
}

Trace two_hosts() {
    TraceMaker make(1);
    make.trace.hosts = {"client", "server"};
    make.trace.addresses = {kClient.address, kFarServer.address};
    make.at(Duration{5'000'000'001});
    make.passes(kClient, kFarServer, test::segment(kSyn, 100, 0));
    make.passes(kFarServer, kClient, test::segment(kSyn | kAck, 900, 101));
    make.passes(kClient, kFarServer, test::segment(kPsh | kAck, 101, 901, 5));
    make.passes(kSpoofed, kFarServer, test::segment(kSyn, 7, 0), Drop::AcceptQueueFull)
        .retransmission = true;
    return make.finish();
}

}  // namespace

TEST_CASE("a capture names its origin, its interfaces and its hosts") {
    const auto blocks = blocks_of(pcapng(two_hosts(), "synq 1"));
    REQUIRE(blocks.size() == 9);
    CHECK(blocks[0].type == 0x0a0d'0d0a);
    CHECK(word(blocks[0].body, 0) == 0x1a2b'3c4d);
    CHECK(word(blocks[0].body, 4) == 1);  // version 1.0
    auto section = options_of(blocks[0], 16);
    CHECK(section[1] == "hand-made, seed 7, profile linux-6.18");
    CHECK(section[4] == "synq 1");
    const std::vector<std::string> names{"client", "server", "elsewhere"};
    for (std::size_t i = 0; i < names.size(); ++i) {
        const BlockRead& block = blocks[1 + i];
        CHECK(block.type == 1);
        CHECK(word(block.body, 0, 2) == 101);
        CHECK(options_of(block, 8)[2] == names[i]);
        CHECK(options_of(block, 8)[9] == std::string(1, '\x09'));
    }
    CHECK(blocks[4].type == 4);
    CHECK(blocks[4].body == std::string("\1\0\13\0\12\0\0\1client\0\0"
                                        "\1\0\13\0\12\0\0\2server\0\0"
                                        "\0\0\0\0",
                                        36));
}

TEST_CASE("a packet stands at its sender, with its time and what became of it") {
    const Trace trace = two_hosts();
    const auto blocks = blocks_of(pcapng(trace));
    const std::vector<std::uint32_t> interfaces{0, 1, 0, 2};
    for (std::size_t i = 0; i < interfaces.size(); ++i) {
        const BlockRead& block = blocks[5 + i];
        CHECK(block.type == 6);
        CHECK(word(block.body, 0) == interfaces[i]);
        CHECK(std::uint64_t{word(block.body, 4)} << 32U == std::uint64_t{1} << 32U);
        CHECK(word(block.body, 8) == 5'000'000'001 - (std::uint64_t{1} << 32U));
        const std::uint32_t length = word(block.body, 12);
        CHECK(word(block.body, 16) == length);
        const auto decoded = decode(std::as_bytes(std::span(block.body).subspan(20, length)));
        REQUIRE(decoded);
        CHECK(decoded->packet == trace.segments[i].packet);
        auto options = options_of(block, 20 + (length + 3) / 4 * 4);
        CHECK(options[2] == std::string("\2\0\0\0", 4));
        CHECK(options[1] ==
              (i == 3 ? "sent again; dropped: accept queue full (ListenOverflows)" : ""));
    }
}

TEST_CASE("an only host sends from any loopback address; without strangers nothing is elsewhere") {
    TraceMaker make(1);
    make.trace.addresses = {IpAddress::loopback_v4()};
    make.passes({IpAddress::v4(127, 0, 0, 9), 40'000}, kServer, test::segment(kSyn, 1, 0));
    const auto blocks = blocks_of(pcapng(make.finish()));
    REQUIRE(blocks.size() == 4);
    CHECK(word(blocks[3].body, 0) == 0);
}

}  // namespace synq
