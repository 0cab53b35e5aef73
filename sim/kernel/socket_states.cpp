#include "sim/kernel/socket_states.h"

#include "sim/kernel/socket_address.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <utility>

namespace synq {
namespace {

struct Question {
    nlmsghdr header;
    inet_diag_req_v2 request;
};

std::string because(const std::string& what, int error) {
    return what + ": " + std::strerror(error);
}

Question question_about(const FlowKey& flow, std::uint32_t number) {
    Question out{};
    out.header.nlmsg_len = sizeof out;
    out.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    out.header.nlmsg_flags = NLM_F_REQUEST;
    out.header.nlmsg_seq = number;
    out.request.sdiag_family = AF_INET;
    out.request.sdiag_protocol = IPPROTO_TCP;
    out.request.idiag_states = ~0U;
    inet_diag_sockid& id = out.request.id;
    id.idiag_sport = htons(flow.local.port);
    id.idiag_dport = htons(flow.remote.port);
    std::memcpy(&id.idiag_src[0], &flow.local.address.octets()[12], 4);
    std::memcpy(&id.idiag_dst[0], &flow.remote.address.octets()[12], 4);
    id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
    id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
    return out;
}

State state_of(unsigned kernel_state) {
    switch (kernel_state) {
        case TCP_ESTABLISHED:
            return State::Established;
        case TCP_SYN_SENT:
            return State::SynSent;
        case TCP_SYN_RECV:
        case 12:  // a request, by the kernel's own number
            return State::SynReceived;
        case TCP_FIN_WAIT1:
            return State::FinWait1;
        case TCP_FIN_WAIT2:
            return State::FinWait2;
        case TCP_TIME_WAIT:
            return State::TimeWait;
        case TCP_CLOSE_WAIT:
            return State::CloseWait;
        case TCP_LAST_ACK:
            return State::LastAck;
        case TCP_CLOSING:
            return State::Closing;
        default:
            return State::Closed;  // a listener, which takes what nobody else does
    }
}

}  // namespace

std::expected<SocketStates, std::string> SocketStates::open() {
    UniqueFd fd{socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)};
    if (!fd.valid()) {
        return std::unexpected(because("open a socket for inet_diag", errno));
    }
    return SocketStates{std::move(fd)};
}

SocketStates::SocketStates(UniqueFd socket) : socket_(std::move(socket)) {}

std::expected<State, std::string> SocketStates::find(const FlowKey& flow) {
    const Question question = question_about(flow, ++asked_);
    if (send(socket_.get(), &question, sizeof question, 0) != sizeof question) {
        return std::unexpected(because("ask inet_diag", errno));
    }
    alignas(nlmsghdr) std::array<std::byte, 8'192> answer{};
    const ssize_t size = recv(socket_.get(), answer.data(), answer.size(), 0);
    if (size < static_cast<ssize_t>(sizeof(nlmsghdr))) {
        return std::unexpected(because("read inet_diag", errno));
    }
    nlmsghdr header{};
    std::memcpy(&header, answer.data(), sizeof header);
    const std::byte* const body = answer.data() + NLMSG_HDRLEN;
    if (header.nlmsg_type == NLMSG_ERROR) {
        nlmsgerr error{};
        std::memcpy(&error, body, sizeof error);
        if (error.error == -ENOENT) {
            return State::Closed;
        }
        return std::unexpected(because("inet_diag", -error.error));
    }
    inet_diag_msg found{};
    std::memcpy(&found, body, sizeof found);
    return state_of(found.idiag_state);
}

}  // namespace synq
