#include "tests/kernel/script.h"

namespace synq::test {
namespace {

constexpr std::int64_t kBacklog = 10;
constexpr std::uint32_t kUnread = 3;

void open_listener(Script& script) {
    script.push_back(call(CallKind::Socket));
    script.push_back(call(CallKind::Bind));
    script.push_back(call(CallKind::Listen, 0, kBacklog));
}

void open_actively(Script& script) {
    script.push_back(call(CallKind::Socket));
    script.push_back(call(CallKind::Bind));
    script.push_back(call(CallKind::Connect));
}

bool closes_first(const std::string& state) {
    return state.starts_with("FIN-WAIT") || state == "CLOSING" || state == "TIME-WAIT";
}

void leave_established(Script& script, const std::string& state) {
    const int socket = socket_of(state);
    if (state == "ESTABLISHED+unread data") {
        script.push_back(arrival(kPsh | kAck, 1, 1, kUnread));
    }
    if (state.starts_with("CLOSE-WAIT") || state == "LAST-ACK") {
        script.push_back(arrival(kFin | kAck, 1, 1));
        if (!state.ends_with("(ack owed)")) {
            script.push_back(arrival(kFin | kAck, 1, 1));  // the first one's ACK may wait
        }
    }
    if (state.ends_with("(close)") || state == "LAST-ACK") {
        script.push_back(call(CallKind::Close, socket));
    } else if (closes_first(state)) {
        script.push_back(shutdown(socket, ShutdownHow::Write));
    }
    if (state == "CLOSING") {
        script.push_back(arrival(kFin | kAck, 1, 1));
    }
    if (state.starts_with("FIN-WAIT-2") || state == "TIME-WAIT") {
        script.push_back(arrival(kAck, 1, 2));
    }
    if (state == "TIME-WAIT") {
        script.push_back(arrival(kFin | kAck, 1, 2));
    }
}

}  // namespace

int socket_of(const std::string& state) {
    const bool first = state == "CLOSED" || state.starts_with("LISTEN") || state == "SYN-SENT" ||
                       state.starts_with("SYN-RECEIVED");
    return first ? 0 : 1;
}

Script steps_to(const std::string& state) {
    Script out;
    if (state == "CLOSED") {
        return out;
    }
    if (state == "SYN-SENT" || state == "SYN-RECEIVED(active)") {
        open_actively(out);
        if (state == "SYN-RECEIVED(active)") {
            out.push_back(arrival(kSyn, 0));
        }
        return out;
    }
    open_listener(out);
    if (state == "LISTEN") {
        return out;
    }
    out.push_back(arrival(kSyn, 0));
    if (state == "SYN-RECEIVED(passive)" || state == "LISTEN+half-open") {
        return out;
    }
    out.push_back(arrival(kAck, 1, 1));
    if (!state.starts_with("LISTEN")) {
        out.push_back(call(CallKind::Accept));
        leave_established(out, state);
    }
    return out;
}

}  // namespace synq::test
