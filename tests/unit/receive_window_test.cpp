// The window that a host offers, octet by octet as Linux 6.18.44 was measured to
// (docs/notes/2026-11-segments-against-the-kernel.md).
#include "tests/peer.h"

namespace synq {
namespace {

constexpr std::size_t kHost = 0;
constexpr Options kWhole{.mss = 1'460};
constexpr Options kScaled{.mss = 1'460, .window_scale = 0};

/// A connection that the application has accepted.
struct Receiver {
    explicit Receiver(const Options& options = kWhole)
        : bench({linux_host(kHostA)}),
          listener(bench.listener(kHost, 10)),
          peer(bench, 4000),
          offer(options) {
        peer.open(offer);
        socket = bench.accept(kHost, listener).socket;
        peer.heard();
    }
    Lines text(std::uint32_t seq, std::uint32_t len, Flags flags = kAck) {
        peer.send(flags, seq, 1, {.len = len, .options = peer.echo(offer)});
        return peer.heard();
    }
    std::uint32_t window() const { return peer.last().window; }

    Bench bench;
    SocketId listener;
    Peer peer;
    Options offer;
    SocketId socket;
};

/// Windows that 1448 octets are answered with, again and again; nothing is read.
std::vector<std::uint32_t> windows(Receiver& receiver, int segments) {
    std::vector<std::uint32_t> out;
    for (int i = 0; i < segments; ++i) {
        const auto seq = 1 + 1'448 * static_cast<std::uint32_t>(i);
        if (!receiver.text(seq, 1'448).empty()) {
            out.push_back(receiver.window());
        }
    }
    return out;
}

using Windows = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("text that nobody reads: the window grows, then shrinks, then says nothing") {
    Receiver plain;
    Receiver scaled(kScaled);
    Receiver stamped({.ts_val = 1'000, .mss = 1'460, .window_scale = 0, .timestamps = true});
    CHECK(windows(plain, 40) == Windows{65535, 65535, 65535, 65535, 65535, 65535, 65535,
                                        65535, 65535, 65535, 65160, 63712, 62264, 60816,
                                        59368, 57920, 56472, 55024, 53576, 52128});
    CHECK(windows(scaled, 40) ==
          Windows{66, 69, 72, 75, 74, 73, 72, 71, 70, 69, 68, 67, 66, 65, 64, 63, 62, 61, 60, 59});
    CHECK(windows(stamped, 40) ==
          Windows{67, 70, 73, 75, 74, 73, 72, 71, 70, 69, 68, 67, 66, 65, 64, 63, 62, 61, 60, 59});
    for (Receiver* const each : {&plain, &scaled, &stamped}) {
        each->bench.recv(kHost, each->socket, 1'000'000);
        CHECK(each->peer.heard() == Lines{"ACK 1/57921"});
    }
    CHECK(plain.window() == 65'535);
    CHECK(scaled.window() == 75);
    CHECK(stamped.window() == 75);
}

TEST_CASE("how much of its memory a segment fills decides the window") {
    const std::vector<std::pair<std::uint32_t, std::uint32_t>> measured{
        {100, 64'140}, {152, 64'088}, {200, 64'040},   {536, 63'784},
        {537, 63'703}, {601, 63'639}, {1'000, 63'240}, {1'460, 65'535}};
    for (const auto& [len, window] : measured) {
        Receiver receiver;
        CAPTURE(len);
        CHECK(receiver.text(1, len) == Lines{"ACK 1/" + std::to_string(1 + len)});
        CHECK(receiver.window() == window);
    }
}

TEST_CASE("a FIN takes an octet of the window, whose edge stays") {
    Receiver receiver;
    CHECK(receiver.text(1, 0, kFin | kAck).empty());
    receiver.text(1, 0, kFin | kAck);
    CHECK(receiver.window() == 64'239);
}

TEST_CASE("text with a FIN is acknowledged at once only if the window is ready to move") {
    for (const std::uint32_t len : {1U, 601U, 1'000U}) {
        Receiver receiver;
        CAPTURE(len);
        CHECK(receiver.text(1, len, kFin | kAck).empty());
    }
    Receiver receiver;
    CHECK(receiver.text(1, 1'460, kFin | kAck) == Lines{"ACK 1/1462"});
    CHECK(receiver.window() == 65'535);
}

TEST_CASE("text ahead of a gap enlarges the buffer of an accepted connection") {
    Receiver receiver;
    receiver.text(64'240, 0, kFin | kAck);
    CHECK(receiver.window() == 64'240);
    receiver.text(1, 1'000);
    CHECK(receiver.window() == 65'535);

    Receiver scaled({.mss = 1'460, .window_scale = 5, .sack_permitted = true});
    scaled.text(64'236, 5);
    CHECK(scaled.window() == 63);
    scaled.text(2, 5);
    CHECK(scaled.window() == 64);
}

TEST_CASE("a FIN at the window's edge is not kept") {
    Receiver receiver({.mss = 1'460, .sack_permitted = true});
    receiver.text(64'241, 0, kFin | kAck);
    receiver.peer.send(kRst, 64'242);
    CHECK(receiver.peer.state() == State::Established);
}

TEST_CASE("an RST where text beyond the window ends is outside, too") {
    Receiver receiver({.mss = 1'460, .sack_permitted = true});
    receiver.text(64'162, 1'000);
    CHECK(receiver.peer.send(kRst, 65'162) == Drop::Unacceptable);
    CHECK(receiver.peer.state() == State::Established);
    receiver.text(64'000, 10);
    receiver.peer.send(kRst, 65'162);
    CHECK(receiver.peer.state() == State::Established);
}

TEST_CASE("two segments of one size without PSH are taken for whole ones") {
    Receiver receiver;
    receiver.text(1, 200);
    CHECK(receiver.peer.connection().rcv.mss == 536);
    receiver.text(201, 200);
    CHECK(receiver.peer.connection().rcv.mss == 200);

    Receiver pushed;
    pushed.text(1, 200, kPsh | kAck);
    pushed.text(201, 200, kPsh | kAck);
    CHECK(pushed.peer.connection().rcv.mss == 536);
}

TEST_CASE("a read FIN leaves the receive queue, and text may end beyond the window again") {
    Receiver receiver;
    receiver.text(1, 0, kFin | kAck);
    CHECK(receiver.peer.send(kAck, 64'000, 1, {.len = 1'000}) == Drop::Unacceptable);
    CHECK(receiver.bench.recv(kHost, receiver.socket).value == 0);
    CHECK(receiver.peer.send(kAck, 64'000, 1, {.len = 1'000}) == Drop::AfterFin);
}

TEST_CASE("what close() finds in the receive queue is gone, a FIN after it stays") {
    Receiver before;
    before.text(1, 0, kFin | kAck);
    before.bench.close(kHost, before.socket);
    CHECK(before.peer.send(kAck, 64'000, 2, {.len = 1'000}) == Drop::None);
    CHECK(before.peer.state() == State::Closed);

    Receiver after;
    after.bench.close(kHost, after.socket);
    after.text(1, 0, kFin | kAck);
    CHECK(after.peer.send(kAck, 64'000, 2, {.len = 1'000}) == Drop::Unacceptable);
    CHECK(after.peer.state() == State::Closing);
}

}  // namespace synq
