// The program language, rule by rule: what each piece of text becomes.
#include "sim/proc/parser.h"
#include "tests/catch.h"

#include <string>

namespace synq {
namespace {

const ParameterMap& parameters() {
    static const ParameterMap map{{"backlog", Value::number(2)},
                                  {"accept_after", Value::duration(seconds(20))}};
    return map;
}
const HostNames& hosts() {
    static const HostNames map{
        {"server", "server"}, {"client", "server"}, {"web-1", "web-1"}, {"backlog", "backlog"}};
    return map;
}

Program parse(std::string_view text) {
    const auto program = parse_program(
        text, ProgramContext{.parameters = &parameters(), .hosts = &hosts(), .index = 4});
    INFO(text);
    INFO((program ? "" : to_string(program.error())));
    REQUIRE(program.has_value());
    return *program;
}

std::string code(std::string_view text) {
    return disassemble(parse(text));
}

constexpr std::string_view kFd = "fd = socket(AF_INET, SOCK_STREAM)\n";

/// The one operation after `fd = socket(...)`.
Operation after_socket(std::string_view text) {
    return parse(std::string(kFd) + std::string(text)).operations.at(1);
}

}  // namespace

TEST_CASE("a program is the list of its calls and ends with exit") {
    CHECK(code("fd = socket(AF_INET, SOCK_STREAM)\nlisten(fd, 5); close(fd)\n") ==
          "0: fd = socket(2, 1)\n"
          "1: listen(fd, 5)\n"
          "2: close(fd)\n"
          "3: exit\n");
}

TEST_CASE("socket() takes both families and an optional protocol") {
    CHECK(parse("fd = socket(AF_INET6, SOCK_STREAM)").operations[0].args[0].value == 10);
    CHECK(code("fd = socket(AF_INET, SOCK_STREAM, 0)") == "0: fd = socket(2, 1)\n1: exit\n");
    CHECK(code("fd = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP)") ==
          "0: fd = socket(2, 1)\n1: exit\n");
}

TEST_CASE("bind() takes a port, with or without a host") {
    CHECK(after_socket("bind(fd, 8000)").host.empty());
    CHECK(after_socket("bind(fd, 8000)").args[1].value == 8000);
    CHECK(after_socket("bind(fd, 8000 + index)").args[1].value == 8004);
    CHECK(after_socket("bind(fd, server:8000 + 1)").host == "server");
    CHECK(after_socket("bind(fd, server:8000 + 1)").args[1].value == 8001);
    CHECK(after_socket("bind(fd, 127.0.0.1:80)").host == "127.0.0.1");
    CHECK(after_socket("bind(fd, [::1]:80)").host == "::1");
    CHECK(after_socket("bind(fd, 0)").args[1].value == 0);
}

TEST_CASE("setsockopt() and getsockopt() take an option by its name") {
    const Operation set = after_socket("setsockopt(fd, TCP_DEFER_ACCEPT, 5 * backlog)");
    CHECK(set.option == SocketOption::DeferAccept);
    CHECK(set.args[1].value == 10);
    CHECK(set.text == "setsockopt(fd, TCP_DEFER_ACCEPT, 5 * 2)");
    CHECK(after_socket("getsockopt(fd, SO_REUSEPORT)").option == SocketOption::ReusePort);
    CHECK(after_socket("setsockopt(fd, SO_LINGER, -1)").args[1].value == -1);
    CHECK(
        code(std::string(kFd) + "n = getsockopt(fd, TCP_SYNCNT)\nsetsockopt(fd, TCP_SYNCNT, n)") ==
        "0: fd = socket(2, 1)\n"
        "1: n = getsockopt(fd, TCP_SYNCNT)\n"
        "2: setsockopt(fd, TCP_SYNCNT, n)\n"
        "3: exit\n");
}

TEST_CASE("connect() takes a host, an IPv4 or an IPv6 address") {
    CHECK(after_socket("connect(fd, server:8000)").host == "server");
    CHECK(after_socket("connect(fd, 10.0.0.1:8000)").host == "10.0.0.1");
    CHECK(after_socket("connect(fd, [2001:db8:0::1]:8000)").host == "2001:db8::1");
    CHECK(after_socket("connect(fd, [2001:db8:0::1]:8000)").text ==
          "connect(fd, [2001:db8:0::1]:8000)");
    CHECK(after_socket("connect(fd, web-1:65535)").host == "web-1");
    CHECK(after_socket("connect(fd, web-1:65535)").args[1].value == 65'535);
}

TEST_CASE("an alias of a host stands for the host") {
    const Operation operation = after_socket("connect(fd, client:80)");
    CHECK(operation.host == "server");
    CHECK(operation.text == "connect(fd, client:80)");
}

TEST_CASE("accept, send, recv, shutdown and close take what C's take") {
    CHECK(code(std::string(kFd) + "c = accept(fd); send(c, 16); recv(c, 512); "
                                  "shutdown(c, SHUT_RD); shutdown(c, SHUT_WR); "
                                  "shutdown(c, SHUT_RDWR); close(c)") ==
          "0: fd = socket(2, 1)\n"
          "1: c = accept(fd)\n"
          "2: send(c, 16)\n"
          "3: recv(c, 512)\n"
          "4: shutdown(c, 0)\n"
          "5: shutdown(c, 1)\n"
          "6: shutdown(c, 2)\n"
          "7: close(c)\n"
          "8: exit\n");
    CHECK(after_socket("listen(fd, SOMAXCONN)").args[1].value == 4096);
    CHECK(after_socket("listen(fd, -1)").args[1].value == -1);
}

TEST_CASE("the text of a call is as written, with the values of parameters") {
    CHECK(after_socket("listen(fd,  backlog)").text == "listen(fd, 2)");
    CHECK(after_socket("listen(fd, backlog*2)").text == "listen(fd, 2*2)");
    CHECK(after_socket("bind(fd, 8000 + index)").text == "bind(fd, 8000 + 4)");
    CHECK(after_socket("sleep(accept_after)").text == "sleep(20s)");
    CHECK(after_socket("x = accept(fd)").text == "accept(fd)");
    CHECK(after_socket("listen(\n  fd,  # the socket\n  3)").text == "listen( fd, 3)");
    // A host that happens to be called like a parameter keeps its name.
    CHECK(after_socket("connect(fd, backlog:80)").text == "connect(fd, backlog:80)");
}

TEST_CASE("sleep() takes a duration") {
    CHECK(code("sleep(250ms)") == "0: sleep 250ms\n1: exit\n");
    CHECK(code("sleep(accept_after / 2)") == "0: sleep 10s\n1: exit\n");
    CHECK(code("t = 1.5s; sleep(t)") == "0: t = 1500000000\n1: sleep t\n2: exit\n");
    CHECK(code("sleep(0s)") == "0: sleep 0s\n1: exit\n");
}

TEST_CASE("an assignment stores a value or copies a variable") {
    CHECK(code("x = 2 * 3; y = x") == "0: x = 6\n1: y = x\n2: exit\n");
    const Program program = parse("x = 2\ny = x\nx = y\n");
    CHECK(program.registers == std::vector<std::string>{"x", "y"});
    CHECK(program.operations[2].dest == 0);
    CHECK(program.operations[2].args[0].reg == 1);
}

TEST_CASE("loop turns for ever") {
    CHECK(code("loop { sleep(1s) }") == "0: sleep 1s\n1: goto 0\n2: exit\n");
}

TEST_CASE("repeat counts down a register of its own") {
    CHECK(code("repeat 3 { sleep(1s) }") ==
          "0: (repeat 1) = 3\n"
          "1: count down (repeat 1) else goto 4\n"
          "2: sleep 1s\n"
          "3: goto 1\n"
          "4: exit\n");
    CHECK(code("n = 2; repeat n { repeat backlog { sleep(1s) } }; repeat 1 { sleep(1s) }") ==
          "0: n = 2\n"
          "1: (repeat 1) = n\n"
          "2: count down (repeat 1) else goto 8\n"
          "3: (repeat 2) = 2\n"
          "4: count down (repeat 2) else goto 7\n"
          "5: sleep 1s\n"
          "6: goto 4\n"
          "7: goto 2\n"
          "8: (repeat 1) = 1\n"
          "9: count down (repeat 1) else goto 12\n"
          "10: sleep 1s\n"
          "11: goto 9\n"
          "12: exit\n");
}

TEST_CASE("while makes its call again for every turn") {
    CHECK(code(std::string(kFd) + "while recv(fd, 512) > 0 { }") ==
          "0: fd = socket(2, 1)\n"
          "1: (left) = recv(fd, 512)\n"
          "2: unless (left) > 0 goto 4\n"
          "3: goto 1\n"
          "4: exit\n");
    const Program program = parse(std::string(kFd) + "while recv(fd, 512) > 0 { }");
    CHECK(program.operations[1].text == "recv(fd, 512)");
    CHECK(program.operations[2].text == "while recv(fd, 512) > 0");
}

TEST_CASE("if jumps over its block, and over else after it") {
    CHECK(code("x = 1; if x == 1 { sleep(1s) }") ==
          "0: x = 1\n"
          "1: unless x == 1 goto 3\n"
          "2: sleep 1s\n"
          "3: exit\n");
    CHECK(code("x = 1\nif x != 1 { sleep(1s) }\nelse { sleep(2s) }\nsleep(3s)") ==
          "0: x = 1\n"
          "1: unless x != 1 goto 4\n"
          "2: sleep 1s\n"
          "3: goto 5\n"
          "4: sleep 2s\n"
          "5: sleep 3s\n"
          "6: exit\n");
}

TEST_CASE("else if makes a chain") {
    CHECK(code("x = 1; if x < 1 { sleep(1s) } else if x <= 2 { sleep(2s) } else { sleep(3s) }") ==
          "0: x = 1\n"
          "1: unless x < 1 goto 4\n"
          "2: sleep 1s\n"
          "3: goto 8\n"
          "4: unless x <= 2 goto 7\n"
          "5: sleep 2s\n"
          "6: goto 8\n"
          "7: sleep 3s\n"
          "8: exit\n");
}

TEST_CASE("conditions compare calls, variables, numbers and durations") {
    CHECK(code(std::string(kFd) + "if recv(fd, 1) >= send(fd, 1) { sleep(1s) }") ==
          "0: fd = socket(2, 1)\n"
          "1: (left) = recv(fd, 1)\n"
          "2: (right) = send(fd, 1)\n"
          "3: unless (left) >= (right) goto 5\n"
          "4: sleep 1s\n"
          "5: exit\n");
    CHECK(code("if accept_after > 10s { sleep(1s) }") ==
          "0: unless 20000000000 > 10000000000 goto 2\n1: sleep 1s\n2: exit\n");
}

TEST_CASE("a condition may stand in parentheses as in C") {
    CHECK(code("x = 1; while (x > 0) { x = 0 }") == code("x = 1; while x > 0 { x = 0 }"));
    CHECK(code("if ((1 + 1) * 2 == 4) { sleep(1s) }") == code("if 4 == 4 { sleep(1s) }"));
    CHECK(code("if (1 + 1) * 2 == 4 { sleep(1s) }") == code("if 4 == 4 { sleep(1s) }"));
}

TEST_CASE("exit ends the program where it stands") {
    CHECK(code("x = 1; if x == 1 { exit }; sleep(1s)") ==
          "0: x = 1\n1: unless x == 1 goto 3\n2: exit\n3: sleep 1s\n4: exit\n");
}

TEST_CASE("braces may stand on lines of their own") {
    CHECK(code("loop\n{\n sleep(1s)\n}\n") == code("loop { sleep(1s) }"));
    CHECK(code("x = 1\nif x == 1\n{\nexit\n}\nelse\n{\nsleep(1s)\n}") ==
          code("x = 1; if x == 1 { exit } else { sleep(1s) }"));
}

TEST_CASE("a program is endless when no path leads to its exit") {
    CHECK_FALSE(parse("sleep(1s)").endless());
    CHECK(parse("loop { sleep(1s) }").endless());
    CHECK_FALSE(parse("x = 1; loop { sleep(1s); if x == 1 { exit } }").endless());
    CHECK_FALSE(parse("x = 1; while x > 0 { sleep(1s) }").endless());
    CHECK(parse("while 1 == 1 { sleep(1s) }").endless());
    CHECK_FALSE(parse("while 1 == 2 { sleep(1s) }").endless());
    CHECK_FALSE(parse("repeat 5 { sleep(1s) }").endless());
    CHECK(parse("if backlog == 2 { loop { sleep(1s) } }").endless());
    CHECK_FALSE(parse("if backlog == 3 { loop { sleep(1s) } }").endless());
    CHECK_FALSE(Program{}.endless());
}

TEST_CASE("a variable is known where every path has assigned it") {
    parse("x = 1; if x == 1 { y = 1 } else { y = 2 }; z = y");
    parse("x = 1; if x == 1 { y = 1 } else { exit }; z = y");
    parse("repeat 1 { y = 1; sleep(1s) }; z = y");
    parse("x = 1; loop { if x == 1 { exit }; sleep(1s) }");
}

TEST_CASE("operations know their place in the file") {
    const auto program = parse_program("x = 1\n  sleep(1s); exit",
                                       ProgramContext{.origin = {.file = "f", .first = {40, 1}},
                                                      .parameters = &parameters(),
                                                      .hosts = &hosts()});
    REQUIRE(program.has_value());
    CHECK(program->operations[0].pos.line == 40);
    CHECK(program->operations[1].pos.line == 41);
    CHECK(program->operations[1].pos.column == 3);
    CHECK(program->operations[2].pos.column == 14);
}

}  // namespace synq
