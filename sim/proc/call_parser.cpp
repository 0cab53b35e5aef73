// The socket calls: how many arguments, of what kind, in which range.
#include "model/host/call.h"
#include "model/wire/address.h"
#include "sim/proc/parser_state.h"

#include <array>
#include <fmt/format.h>
#include <limits>
#include <vector>

namespace synq::detail {
namespace {

struct Shape {
    CallKind kind;
    std::size_t min_arguments;
    std::size_t max_arguments;
    std::string_view usage;
};
constexpr std::array<Shape, kCallKindCount> kShapes{{
    {CallKind::Socket, 2, 3, "socket(AF_INET, SOCK_STREAM)"},
    {CallKind::Bind, 2, 2, "bind(fd, 8000) or bind(fd, server:8000)"},
    {CallKind::Listen, 2, 2, "listen(fd, 128)"},
    {CallKind::Connect, 2, 2, "connect(fd, server:8000)"},
    {CallKind::Accept, 1, 1, "c = accept(fd)"},
    {CallKind::Send, 2, 2, "send(fd, 16), the number of octets"},
    {CallKind::Recv, 2, 2, "recv(fd, 512), the number of octets"},
    {CallKind::Shutdown, 2, 2, "shutdown(fd, SHUT_WR)"},
    {CallKind::Close, 1, 1, "close(fd)"},
    {CallKind::SetOption, 3, 3, "setsockopt(fd, TCP_DEFER_ACCEPT, 10)"},
    {CallKind::GetOption, 2, 2, "n = getsockopt(fd, TCP_DEFER_ACCEPT)"},
    {CallKind::Disconnect, 1, 1, "disconnect(fd)"},
}};

constexpr std::int64_t kMaxPort = 65'535;
constexpr std::int64_t kMaxInt = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kMinInt = std::numeric_limits<std::int32_t>::min();
constexpr std::int64_t kMaxOctets = 1LL << 30;

class CallParser {
  public:
    explicit CallParser(ParserState& state) : state_(state), stream_(state.stream) {}

    void run() {
        const std::size_t first = stream_.index();
        const Token name = stream_.next();
        const Shape* const shape = shape_of(name);
        if (shape == nullptr || !count_arguments(name, *shape)) {
            return;
        }
        call_ = name.text;
        operation_.kind = OpKind::Call;
        operation_.call = shape->kind;
        operation_.pos = name.pos;
        stream_.expect("(", fmt::format("after '{}'", call_));
        arguments(shape->kind);
        stream_.expect(")", fmt::format("after the arguments of {}()", call_));
        operation_.text = state_.render(first, stream_.index(), host_from_, host_to_);
        state_.program.operations.push_back(std::move(operation_));
    }

  private:
    const Shape* shape_of(const Token& name) {
        for (const Shape& shape : kShapes) {
            if (synq::name(shape.kind) == name.text) {
                return &shape;
            }
        }
        std::vector<std::string_view> calls;
        calls.reserve(kShapes.size() + 1);
        for (const Shape& shape : kShapes) {
            calls.push_back(synq::name(shape.kind));
        }
        if (name.text == "sleep") {
            stream_.fail(name.pos, "sleep() has no result", "it stands alone, as in sleep(20s)");
        } else if (!reserved_as(name.text).empty()) {
            stream_.fail(name.pos, fmt::format("'{}' is not a call", name.text),
                         suggest(name.text, calls, "calls"));
        } else {
            calls.emplace_back("sleep");
            stream_.fail(name.pos, fmt::format("unknown call '{}'", name.text),
                         suggest(name.text, calls, "calls"));
        }
        return nullptr;
    }

    // Counted before they are read: "2 arguments, 1 given" says more than "expected ','".
    bool count_arguments(const Token& name, const Shape& shape) {
        std::size_t depth = 0;
        std::size_t commas = 0;
        for (std::size_t i = 0; stream_.peek(i).kind != TokenKind::End; ++i) {
            const Token& token = stream_.peek(i);
            depth += token.is("(") ? 1U : 0U;
            commas += depth == 1 && token.is(",") ? 1U : 0U;
            if (!token.is(")") || --depth > 0) {
                continue;
            }
            const std::size_t given = i == 1 ? 0 : commas + 1;
            if (given >= shape.min_arguments && given <= shape.max_arguments) {
                return true;
            }
            stream_.fail(
                name.pos,
                fmt::format("{}() takes {} argument{}, {} given", name.text, shape.min_arguments,
                            shape.min_arguments == 1 ? "" : "s", given),
                fmt::format("write {}", shape.usage));
            return false;
        }
        return true;  // no ')': the reader will say where it is missing
    }

    void comma() { stream_.expect(",", fmt::format("between the arguments of {}()", call_)); }

    void arguments(CallKind kind) {
        if (kind == CallKind::Socket) {
            socket_arguments();
            return;
        }
        operation_.args[0] = state_.number(fmt::format("{}()", call_), kMinInt, kMaxInt).operand();
        switch (kind) {
            case CallKind::Bind:
            case CallKind::Connect:
                comma();
                endpoint(kind);
                break;
            case CallKind::Listen:
                comma();
                operation_.args[1] = state_.number("listen()", kMinInt, kMaxInt).operand();
                break;
            case CallKind::Send:
            case CallKind::Recv:
                comma();
                operation_.args[1] =
                    state_.number(fmt::format("{}()", call_), 0, kMaxOctets).operand();
                break;
            case CallKind::Shutdown:
                comma();
                operation_.args[1] = one_of({0, 1, 2}, "SHUT_RD, SHUT_WR or SHUT_RDWR");
                break;
            case CallKind::SetOption:
            case CallKind::GetOption:
                comma();
                option(kind);
                break;
            default:
                break;
        }
    }

    void option(CallKind kind) {
        const Token token = stream_.next();
        const auto known = socket_option_named(token.text);
        const bool gets = kind == CallKind::GetOption;
        if (!known) {
            std::vector<std::string_view> names;
            names.reserve(kSocketOptionCount);
            for (int i = 0; i < kSocketOptionCount; ++i) {
                names.push_back(synq::name(static_cast<SocketOption>(i)));
            }
            stream_.fail(token.pos, fmt::format("unknown socket option {}", quoted(token)),
                         suggest(token.text, names, "options"));
            return;
        }
        operation_.option = *known;
        if (gets && (*known == SocketOption::Linger || *known == SocketOption::QuickAck)) {
            stream_.fail(token.pos, fmt::format("getsockopt() does not read {}", token.text));
        }
        if (!gets) {
            comma();
            // close() that waits is not modelled: SO_LINGER is 0, reset, or -1, off.
            const bool lingers = *known == SocketOption::Linger;
            operation_.args[1] =
                state_.number(token.text, lingers ? -1 : kMinInt, lingers ? 0 : kMaxInt).operand();
        }
    }

    void socket_arguments() {
        operation_.args[0] = one_of({kAfInet, kAfInet6}, "AF_INET or AF_INET6");
        comma();
        operation_.args[1] = one_of({kSockStream}, "SOCK_STREAM");
        if (stream_.accept(",")) {
            one_of({0, kIpprotoTcp}, "0 or IPPROTO_TCP");
        }
    }

    Operand one_of(std::initializer_list<std::int64_t> values, std::string_view names) {
        const std::size_t first = stream_.index();
        const SourcePos pos = stream_.peek().pos;
        const Term term = parse_expression(stream_, state_.scope);
        if (term.constant() && !term.value.is_duration()) {
            for (const std::int64_t value : values) {
                if (term.value.amount == value) {
                    return term.operand();
                }
            }
        }
        stream_.fail(pos,
                     fmt::format("{}() does not take {} here", call_,
                                 stream_.source(first, stream_.index())),
                     fmt::format("say {}", names));
        return {};
    }

    void endpoint(CallKind kind) {
        const Token token = stream_.peek();
        if (token.kind == TokenKind::Address) {
            stream_.next();
            if (const auto address = parse_address(token.text)) {
                operation_.host = to_string(*address);
            }
        } else if (host_name_length() > 0) {
            host(host_name_length());
        } else if (kind == CallKind::Bind) {
            operation_.args[1] = state_.number("a port", 0, kMaxPort).operand();
            return;
        } else {
            stream_.fail(token.pos,
                         fmt::format("connect() needs a host and a port, found {}", quoted(token)),
                         "as in connect(fd, server:8000), connect(fd, 10.0.0.1:8000) or "
                         "connect(fd, [2001:db8::1]:8000)");
            return;
        }
        stream_.expect(":", "between a host and its port");
        operation_.args[1] = state_.number("a port", 0, kMaxPort).operand();
    }

    // Host names may contain '-': how many tokens up to ':' make one; 0: this is no host. In
    // connect() a name is one even where the ':' was forgotten.
    [[nodiscard]] std::size_t host_name_length() const {
        if (stream_.peek().kind != TokenKind::Name) {
            return 0;
        }
        std::size_t length = 1;
        while (stream_.peek(length).kind != TokenKind::End &&
               stream_.peek(length).begin == stream_.peek(length - 1).end &&
               (stream_.peek(length).is("-") || stream_.peek(length).kind == TokenKind::Name ||
                stream_.peek(length).kind == TokenKind::Literal)) {
            ++length;
        }
        return operation_.call == CallKind::Connect || stream_.peek(length).is(":") ? length : 0;
    }

    void host(std::size_t tokens) {
        const SourcePos pos = stream_.peek().pos;
        host_from_ = stream_.index();
        host_to_ = host_from_ + tokens;
        const std::string name(stream_.source(host_from_, host_to_));
        for (std::size_t i = 0; i < tokens; ++i) {
            stream_.next();
        }
        const auto found = state_.context.hosts->find(name);
        if (found != state_.context.hosts->end()) {
            operation_.host = found->second;
            return;
        }
        std::vector<std::string_view> names;
        for (const auto& [known, canonical] : *state_.context.hosts) {
            names.emplace_back(known);
        }
        stream_.fail(pos, fmt::format("there is no host '{}'", name),
                     suggest(name, names, "hosts"));
    }

    ParserState& state_;
    TokenStream& stream_;
    std::string_view call_;
    Operation operation_;
    std::size_t host_from_ = 0;
    std::size_t host_to_ = 0;
};

}  // namespace

void parse_call(ParserState& state) {
    CallParser(state).run();
}

}  // namespace synq::detail
