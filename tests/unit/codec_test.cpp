// The codec against octets written by hand, and against every way in which a packet can be wrong.
#include "model/wire/codec.h"

#include "model/wire/octets.h"
#include "tests/catch.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <span>
#include <vector>

namespace synq {
namespace {

using Octets = std::vector<std::byte>;

Octets octets(std::initializer_list<int> values) {
    Octets out;
    for (const int value : values) {
        out.push_back(static_cast<std::byte>(value));
    }
    return out;
}

Packet syn_v4() {
    return {.src = {IpAddress::v4(10, 0, 0, 2), 40000},
            .dst = {IpAddress::v4(10, 0, 0, 1), 8000},
            .segment = {.seq = Seq{0x0102'0304},
                        .flags = kSyn,
                        .window = 64240,
                        .options = {.ts_val = 0x1122'3344,
                                    .mss = 1460,
                                    .window_scale = 10,
                                    .sack_permitted = true,
                                    .timestamps = true}}};
}

Packet data_v6() {
    return {.src = {*parse_address("2001:db8::2"), 40000},
            .dst = {*parse_address("2001:db8::1"), 8000},
            .segment = {.seq = Seq{1},
                        .ack = Seq{2},
                        .flags = kPsh | kAck,
                        .window = 502,
                        .len = 5,
                        .options = {.ts_val = 3, .ts_ecr = 4, .timestamps = true}}};
}

Octets encoded(const Packet& packet, const Octets& payload = {}) {
    Octets out(encoded_size(packet));
    const auto size = encode(packet, payload, out);
    REQUIRE(size);
    REQUIRE(*size == out.size());
    return out;
}

// What decode() says once checksums have been put right again: the fault meant, not a side effect.
DecodeError error_of(const Octets& packet) {
    const auto decoded = decode(packet, Checksums::Ignore);
    REQUIRE_FALSE(decoded);
    return decoded.error();
}

// `extra` put into a packet behind its first `at` octets.
Octets spliced(const Octets& packet, std::size_t at, const Octets& extra) {
    Octets out;
    for (std::size_t i = 0; i < packet.size(); ++i) {
        if (i == at) {
            std::ranges::copy(extra, std::back_inserter(out));
        }
        out.push_back(packet[i]);
    }
    return out;
}

Octets options_of(const Packet& packet) {
    const Octets all = encoded(packet);
    return {all.begin() + 40,
            all.begin() + 20 + static_cast<int>(tcp_header_size(packet.segment.options))};
}

// A SYN whose option field holds these octets, padded with end-of-options.
Octets syn_with_options(Octets field) {
    field.resize((field.size() + 3) / 4 * 4);
    Packet packet = syn_v4();
    packet.segment.options = {};
    packet.segment.len = static_cast<std::uint32_t>(field.size());
    Octets out = encoded(packet, field);
    put8(out, 32, static_cast<std::uint8_t>((20 + field.size()) / 4 * 16));
    return out;
}

Options decoded_options(const Octets& field) {
    const auto decoded = decode(syn_with_options(field), Checksums::Ignore);
    REQUIRE(decoded);
    CHECK(decoded->payload.empty());
    return decoded->packet.segment.options;
}

}  // namespace

TEST_CASE("a SYN is encoded as Linux sends it, octet for octet") {
    const Octets expected = octets({
        0x45, 0x00, 0x00, 0x3c, 0x00, 0x00, 0x40, 0x00, 0x40, 0x06, 0x26, 0xba,  // IPv4
        10,   0,    0,    2,    10,   0,    0,    1,                             // addresses
        0x9c, 0x40, 0x1f, 0x40, 0x01, 0x02, 0x03, 0x04, 0x00, 0x00, 0x00, 0x00,  // ports, seq, ack
        0xa0, 0x02, 0xfa, 0xf0, 0x35, 0x1d, 0x00, 0x00,                          // 40 octets, SYN
        0x02, 0x04, 0x05, 0xb4,                                                  // MSS 1460
        0x04, 0x02, 0x08, 0x0a, 0x11, 0x22, 0x33, 0x44, 0x00, 0x00, 0x00, 0x00,  // SACK, times
        0x01, 0x03, 0x03, 0x0a,                                                  // scale 10
    });
    CHECK(encoded(syn_v4()) == expected);
}

TEST_CASE("options are packed as Linux packs them", "[MUST-68/69]") {
    Packet packet = syn_v4();
    Options& options = packet.segment.options;
    options = {.sack_permitted = true};
    CHECK(options_of(packet) == octets({1, 1, 4, 2}));
    options = {.mss = 536, .window_scale = 0, .sack_permitted = true};
    CHECK(options_of(packet) == octets({2, 4, 2, 24, 1, 1, 4, 2, 1, 3, 3, 0}));
    options = {.ts_val = 1, .ts_ecr = 2, .timestamps = true};
    CHECK(options_of(packet) == octets({1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2}));
    options = {};
    CHECK(options_of(packet).empty());
}

TEST_CASE("the Fast Open option is packed as Linux packs it") {
    Packet packet = syn_v4();
    Options& options = packet.segment.options;
    options = {.mss = 1460, .fast_open = {.size = FastOpenCookie::kRequest}};
    CHECK(options_of(packet) == octets({2, 4, 5, 180, 34, 2, 1, 1}));
    options = {.fast_open = {.octets = {1, 2, 3, 4, 5, 6, 7, 8}, .size = 8}};
    CHECK(options_of(packet) == octets({34, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 1}));
    options = {.fast_open = {.octets = {1, 2, 3, 4, 5, 6}, .size = 6}};
    CHECK(options_of(packet) == octets({34, 8, 1, 2, 3, 4, 5, 6}));
}

TEST_CASE("a Fast Open option of impossible length is as none", "[7413-4.1.1]") {
    Packet packet = syn_v4();
    packet.segment.options = {.fast_open = {.size = FastOpenCookie::kLongest}};
    Octets whole = encoded(packet);
    std::byte& length = whole.at(whole.size() - 20 + 1);
    REQUIRE(length == std::byte{18});
    for (const int size : {2, 3, 4, 5, 6, 7, 8, 15, 16, 17, 18}) {
        length = static_cast<std::byte>(size);
        whole.at(whole.size() - 20 + 18) = std::byte{1};
        const auto back = decode(whole, Checksums::Ignore);
        REQUIRE(back);
        const FastOpenCookie& cookie = back->packet.segment.options.fast_open;
        INFO(size);
        CHECK(cookie.present() == (size % 2 == 0 && size != 4));
        CHECK((!cookie.present() || cookie.size == size - 2));
    }
}

TEST_CASE("an IPv6 packet with a payload comes back as it was") {
    const Octets payload = octets({'h', 'e', 'l', 'l', 'o'});
    const Octets packet = encoded(data_v6(), payload);
    CHECK(packet.size() == 40 + 32 + 5);
    const auto decoded = decode(packet);
    REQUIRE(decoded);
    CHECK(decoded->packet == data_v6());
    CHECK(Octets(decoded->payload.begin(), decoded->payload.end()) == payload);
    CHECK(decoded->size == packet.size());
    CHECK(decoded->ip.ttl == 64);
}

TEST_CASE("a payload of odd length is summed as if a zero followed") {
    // The checksum was computed by another program.
    CHECK(get16(encoded(data_v6(), octets({'h', 'e', 'l', 'l', 'o'})), 40 + 16) == 0x19e9);
}

TEST_CASE("the fields of the IP header come back as they were") {
    IpFields ip{.identification = 0xbeef, .ttl = 3, .traffic_class = 2, .dont_fragment = false};
    Octets v4(encoded_size(syn_v4()));
    REQUIRE(encode(syn_v4(), {}, v4, ip));
    CHECK(decode(v4)->ip == ip);
    ip = {.flow_label = 0xa'bcde, .ttl = 255, .traffic_class = 0xb8};
    Octets v6(encoded_size(data_v6()));
    REQUIRE(encode(data_v6(), {}, v6, ip));
    CHECK(decode(v6)->ip == ip);
}

TEST_CASE("a payload that is not given is zeros") {
    Packet packet = syn_v4();
    packet.segment.len = 3;
    Octets out(encoded_size(packet), std::byte{0xff});
    REQUIRE(encode(packet, {}, out));
    CHECK(decode(out)->packet.segment.len == 3);
    CHECK(Octets(out.end() - 3, out.end()) == octets({0, 0, 0}));
}

TEST_CASE("what cannot be encoded is refused") {
    Octets out(100'000);
    Packet packet = syn_v4();
    packet.dst.address = *parse_address("::1");
    CHECK(encode(packet, {}, out).error() == EncodeError::MixedFamilies);
    CHECK(encode(syn_v4(), octets({1}), out).error() == EncodeError::PayloadLength);
    CHECK(encode(syn_v4(), {}, std::span(out).first(59)).error() == EncodeError::BufferTooSmall);
    CHECK(encode(syn_v4(), {}, std::span(out).first(60)));
}

TEST_CASE("the longest packet is the one that IP's length field can say") {
    Octets out(100'000);
    Packet packet = syn_v4();
    packet.segment.len = 65535 - 60;
    CHECK(encode(packet, {}, out));
    ++packet.segment.len;
    CHECK(encode(packet, {}, out).error() == EncodeError::PacketTooLong);
    packet = data_v6();
    packet.segment.len = 65535 - 32;
    CHECK(encode(packet, {}, out));
    ++packet.segment.len;
    CHECK(encode(packet, {}, out).error() == EncodeError::PacketTooLong);
}

TEST_CASE("octets behind the packet are padding") {
    Octets packet = encoded(syn_v4());
    const std::size_t size = packet.size();
    packet.resize(size + 6, std::byte{0xee});
    const auto decoded = decode(packet);
    REQUIRE(decoded);
    CHECK(decoded->size == size);
    CHECK(decoded->payload.empty());
}

TEST_CASE("every fault of an IPv4 packet has its name") {
    const Octets good = encoded(syn_v4());
    Octets bad = good;
    SECTION("nothing") {
        CHECK(error_of({}) == DecodeError::Truncated);
    }
    SECTION("version") {
        put8(bad, 0, 0x55);
        CHECK(error_of(bad) == DecodeError::BadVersion);
    }
    SECTION("header length") {
        put8(bad, 0, 0x44);
        CHECK(error_of(bad) == DecodeError::BadIpHeaderLength);
    }
    SECTION("header longer than the packet") {
        put8(bad, 0, 0x4f);
        put16(bad, 2, 59);
        CHECK(error_of(bad) == DecodeError::BadTotalLength);
    }
    SECTION("total length beyond the octets") {
        put16(bad, 2, 61);
        CHECK(error_of(bad) == DecodeError::Truncated);
    }
    SECTION("total length without a TCP header") {
        put16(bad, 2, 39);
        CHECK(error_of(bad) == DecodeError::Truncated);
    }
    SECTION("IP checksum") {
        put8(bad, 8, 63);
        CHECK(decode(bad).error() == DecodeError::BadIpChecksum);
        CHECK(decode(bad, Checksums::Ignore));
    }
    SECTION("first fragment") {
        put16(bad, 6, 0x2000);
        CHECK(error_of(bad) == DecodeError::Fragment);
    }
    SECTION("later fragment") {
        put16(bad, 6, 0x0001);
        CHECK(error_of(bad) == DecodeError::Fragment);
    }
    SECTION("protocol") {
        put8(bad, 9, 17);
        CHECK(error_of(bad) == DecodeError::NotTcp);
    }
    SECTION("short TCP header") {
        put8(bad, 32, 0x40);
        CHECK(error_of(bad) == DecodeError::BadTcpHeaderLength);
    }
    SECTION("long TCP header") {
        put8(bad, 32, 0xb0);
        CHECK(error_of(bad) == DecodeError::BadTcpHeaderLength);
    }
    SECTION("TCP checksum") {
        put8(bad, 25, 0xff);
        CHECK(decode(bad).error() == DecodeError::BadTcpChecksum);
        CHECK(decode(bad, Checksums::Ignore));
    }
}

TEST_CASE("a TCP checksum covers the addresses") {
    Octets packet = encoded(data_v6());
    put8(packet, 23, 9);
    CHECK(decode(packet).error() == DecodeError::BadTcpChecksum);
}

TEST_CASE("IPv4 options are stepped over") {
    Octets packet = spliced(encoded(syn_v4()), 20, Octets(8, std::byte{1}));
    put8(packet, 0, 0x47);
    put16(packet, 2, static_cast<std::uint16_t>(packet.size()));
    const auto decoded = decode(packet, Checksums::Ignore);
    REQUIRE(decoded);
    CHECK(decoded->packet == syn_v4());
}

TEST_CASE("IPv6 extension headers are stepped over, and their faults named") {
    const Octets plain = encoded(data_v6());
    const auto with_extension = [&](std::uint8_t kind, const Octets& extension) {
        Octets packet = spliced(plain, 40, extension);
        put8(packet, 6, kind);
        put16(packet, 4, static_cast<std::uint16_t>(packet.size() - 40));
        return packet;
    };
    for (const std::uint8_t kind : {std::uint8_t{0}, std::uint8_t{43}, std::uint8_t{60}}) {
        // Two in a row: destination options of 8 octets behind one of 16.
        const Octets chain = octets({60, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  //
                                     6,  0, 1, 4,  0, 0, 0, 0});
        const auto decoded = decode(with_extension(kind, chain));
        REQUIRE(decoded);
        CHECK(decoded->packet == data_v6());
    }
    CHECK(error_of(with_extension(44, octets({6, 0, 0, 0, 0, 0, 0, 0}))) == DecodeError::Fragment);
    CHECK(error_of(with_extension(17, {})) == DecodeError::NotTcp);
    CHECK(error_of(with_extension(59, {})) == DecodeError::NotTcp);
    CHECK(error_of(with_extension(0, octets({6, 200, 0, 0, 0, 0, 0, 0}))) ==
          DecodeError::Truncated);
}

TEST_CASE("an IPv4-mapped address does not travel in IPv6") {
    Octets packet = encoded(data_v6());
    for (std::size_t i = 8; i < 18; ++i) {
        put8(packet, i, 0);
    }
    put16(packet, 18, 0xffff);
    CHECK(error_of(packet) == DecodeError::MappedAddress);
}

TEST_CASE("unknown options are skipped", "[MUST-6][MUST-4]") {
    const Options expected{.mss = 1460, .window_scale = 7};
    CHECK(decoded_options(octets({254, 4, 0xf9, 0x89, 2, 4, 5, 180, 35, 2, 3, 3, 7})) == expected);
}

TEST_CASE("options need no alignment", "[MUST-64]") {
    const Options expected{.mss = 1460, .window_scale = 7};
    CHECK(decoded_options(octets({1, 2, 4, 5, 180, 3, 3, 7})) == expected);
}

TEST_CASE("a known option of a wrong size is skipped, as in Linux tcp_parse_options") {
    CHECK(decoded_options(octets({2, 3, 5, 3, 4, 7, 7, 4, 3, 0, 8, 4, 0, 0})) == Options{});
}

TEST_CASE("of two options of a kind the last one counts") {
    CHECK(decoded_options(octets({2, 4, 5, 180, 2, 4, 2, 24})).mss == 536);
    CHECK(decoded_options(octets({3, 3, 2, 3, 3, 9})).window_scale == 9);
}

TEST_CASE("nothing is read behind the end of options", "[MUST-4]") {
    CHECK(decoded_options(octets({1, 0, 4, 2, 2, 0})) == Options{});
}

TEST_CASE("a window scale above 14 reads as 14", "[7323-2.3]") {
    CHECK(decoded_options(octets({3, 3, 14})).window_scale == 14);
    CHECK(decoded_options(octets({3, 3, 15})).window_scale == 14);
    CHECK(decoded_options(octets({3, 3, 255})).window_scale == 14);
}

TEST_CASE("an option without a possible length is an error", "[MUST-7]") {
    CHECK(error_of(syn_with_options(octets({2, 0}))) == DecodeError::BadTcpOptionLength);
    CHECK(error_of(syn_with_options(octets({2, 1}))) == DecodeError::BadTcpOptionLength);
    CHECK(error_of(syn_with_options(octets({1, 1, 2, 4}))) == DecodeError::BadTcpOptionLength);
    CHECK(error_of(syn_with_options(octets({1, 1, 1, 8}))) == DecodeError::BadTcpOptionLength);
    CHECK(error_of(syn_with_options(octets({254, 5, 0, 0}))) == DecodeError::BadTcpOptionLength);
}

TEST_CASE("errors read as sentences") {
    CHECK(describe(DecodeError::BadTcpChecksum) == "TCP checksum wrong");
    CHECK(describe(EncodeError::BufferTooSmall) == "buffer too small");
}

}  // namespace synq
