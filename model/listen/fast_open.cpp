#include "model/listen/fast_open.h"

#include "model/listen/store.h"

namespace synq {
namespace {

constexpr std::uint64_t kCookieTweak = 0x7413;
constexpr std::uint8_t kCookieSize = 8;  // Linux TCP_FASTOPEN_COOKIE_SIZE
constexpr Duration kResetHoldsPlace = seconds(60);

}  // namespace

FastOpenCookie make_fast_open_cookie(const Secret& secret, const FlowKey& flow) {
    const FlowKey hosts{.local = {flow.local.address, 0}, .remote = {flow.remote.address, 0}};
    std::uint64_t value = secret.hash(hosts, kCookieTweak);
    FastOpenCookie out{.size = kCookieSize};
    for (std::size_t i = 0; i < kCookieSize; ++i) {
        out.octets.at(i) = static_cast<std::uint8_t>(value);
        value >>= 8U;
    }
    return out;
}

void take_fast_open_place(Listener& listener) {
    if (listener.fast_open_queue >= static_cast<std::int64_t>(listener.options.fast_open)) {
        listener.fast_open_resets.erase(listener.fast_open_resets.begin());
        --listener.fast_open_queue;
    }
}

void hold_fast_open_place(Listener& listener, Instant now) {
    ++listener.fast_open_queue;
    listener.fast_open_resets.push_back(now + kResetHoldsPlace);
}

RequestId Store::add_fast_open(ConnectionId connection, ListenerId listener) {
    const RequestId id = requests.acquire();
    requests[id].flow = connections[connection].flow;
    requests[id].listener = listener;
    extra(connection).fast_open = id;
    connections[connection].fast_open = true;
    ++listeners[listener].fast_open_queue;
    ++listeners[listener].fast_open_records;
    return id;
}

void Store::remove_fast_open(ConnectionId connection) {
    Extra& its = extra(connection);
    const ListenerId owner = requests[its.fast_open].listener;
    requests.release(its.fast_open);
    its.fast_open = {};
    connections[connection].fast_open = false;
    --listeners[owner].fast_open_queue;
    --listeners[owner].fast_open_records;
    release_unused(owner);
}

void Store::move_fast_open(ConnectionId connection, ListenerId to) {
    Request& request = requests[extra(connection).fast_open];
    --listeners[request.listener].fast_open_records;
    request.listener = to;
    ++listeners[to].fast_open_records;
}

}  // namespace synq
