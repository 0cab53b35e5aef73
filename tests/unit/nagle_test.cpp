// What Nagle's rule holds back, and what TCP_NODELAY does about it (linux.md 1.4).
#include "tests/catch.h"
#include "tests/property/host_driver.h"

namespace synq {
namespace {

constexpr IpAddress kOwn = IpAddress::v4(10, 0, 0, 1);
constexpr IpAddress kFar = IpAddress::v4(10, 0, 0, 2);

HostConfig linux_config() {
    const Profile* profile = find_profile("linux-6.18");
    return {.profile = profile, .sysctl = profile->sysctl, .address = kOwn};
}

/// A host whose connect() a peer has answered.
struct Client {
    Client()
        : driver(linux_config(), kFar), socket(driver.call({.kind = CallKind::Socket}).socket) {
        driver.call({.kind = CallKind::Connect, .socket = socket, .endpoint = {kFar, 80}});
        const Packet syn = driver.outgoing.back();
        driver.arrive({.src = syn.dst,
                       .dst = syn.src,
                       .segment = {.ack = syn.segment.seq + 1,
                                   .flags = kSyn | kAck,
                                   .window = 64'240,
                                   .options = {.mss = 1'460}}});
        driver.outgoing.clear();
    }
    void send(std::int64_t octets) {
        driver.call({.kind = CallKind::Send, .socket = socket, .value = octets});
    }

    HostDriver driver;
    SocketId socket;
};

}  // namespace

TEST_CASE("TCP_NODELAY sends at once what Nagle's rule has held back") {
    Client client;
    client.send(10);
    client.send(20);
    REQUIRE(client.driver.outgoing.size() == 1);
    client.driver.set_option(client.socket, SocketOption::NoDelay, 1);
    REQUIRE(client.driver.outgoing.size() == 2);
    REQUIRE(client.driver.outgoing.back().segment.len == 20);
    client.send(30);
    REQUIRE(client.driver.outgoing.size() == 3);
    REQUIRE(client.driver.broken == nullptr);
}

}  // namespace synq
