// Mistakes in programs: each is one message with its place in the file and, where there is one, the
// way out.
#include "sim/proc/parser.h"
#include "tests/catch.h"

#include <fmt/format.h>
#include <string>

namespace synq {
namespace {

const ParameterMap& parameters() {
    static const ParameterMap map{{"backlog", Value::number(2)},
                                  {"accept_after", Value::duration(seconds(20))}};
    return map;
}
const HostNames& hosts() {
    static const HostNames map{{"server", "server"}, {"client", "server"}};
    return map;
}

/// "line:column problem (remedy)" of a program that begins in line 10, column 1; "" when all is
/// well.
std::string mistake(std::string_view text) {
    const auto program =
        parse_program(text, ProgramContext{.origin = {.file = "f", .first = {10, 1}},
                                           .parameters = &parameters(),
                                           .hosts = &hosts()});
    if (program) {
        return "";
    }
    const Diagnostic& error = program.error();
    CHECK(error.file == "f");
    return fmt::format("{}:{} {}{}", error.pos.line, error.pos.column, error.problem,
                       error.remedy.empty() ? "" : " (" + error.remedy + ")");
}

/// The same after a line that opens `fd`: mistakes are in line 11.
std::string after_socket(std::string_view text) {
    return mistake("fd = socket(AF_INET, SOCK_STREAM)\n" + std::string(text));
}

const std::string kCalls =
    "calls: socket, bind, listen, connect, accept, send, recv, shutdown, close, setsockopt, "
    "getsockopt, disconnect";
const std::string kStatements =
    "statements: socket, bind, listen, connect, accept, send, recv, shutdown, close, setsockopt, "
    "getsockopt, disconnect, sleep, loop, repeat, while, if, exit";

}  // namespace

TEST_CASE("an empty program is a mistake") {
    CHECK(mistake("") ==
          "10:1 the program is empty (write at least one call, as in fd = "
          "socket(AF_INET, SOCK_STREAM))");
    CHECK(mistake("\n # nothing\n").starts_with("10:1 the program is empty"));
}

TEST_CASE("a misspelt call suggests the right one") {
    CHECK(after_socket("lisetn(fd, 2)") ==
          "11:1 unknown call 'lisetn' (did you mean 'listen'? " + kCalls + ", sleep)");
    CHECK(after_socket("x = recieve(fd, 2)").starts_with("11:5 unknown call 'recieve'"));
    CHECK(after_socket("while raed(fd, 2) > 0 { }").starts_with("11:7 unknown call 'raed'"));
    CHECK(after_socket("backlog(fd)") == "11:1 unknown call 'backlog' (" + kCalls + ", sleep)");
}

TEST_CASE("a word that is no statement is shown with those that are") {
    CHECK(mistake("lop { }") ==
          "10:1 'lop' is not a statement (did you mean 'loop'? " + kStatements + ")");
    CHECK(mistake("break") == "10:1 'break' is not a statement (" + kStatements + ")");
    CHECK(mistake("5") == "10:1 expected a statement, found '5'");
    CHECK(mistake("= 5") == "10:1 expected a statement, found '='");
    CHECK(mistake("{ sleep(1s) }") ==
          "10:1 expected a statement, found '{' (a block stands after "
          "loop, repeat, while, if or else)");
}

TEST_CASE("sleep is not a value and words of the language are not calls") {
    CHECK(mistake("x = sleep(1s)") ==
          "10:5 sleep() has no result (it stands alone, as in sleep(20s))");
    CHECK(mistake("x = loop(1)") == "10:5 'loop' is not a call (" + kCalls + ")");
    CHECK(mistake("AF_INET(1)") == "10:1 'AF_INET' is not a call (" + kCalls + ")");
}

TEST_CASE("a call with too few or too many arguments says how many it takes") {
    CHECK(after_socket("listen(fd)") ==
          "11:1 listen() takes 2 arguments, 1 given (write listen(fd, 128))");
    CHECK(after_socket("close(fd, 1)") ==
          "11:1 close() takes 1 argument, 2 given (write close(fd))");
    CHECK(after_socket("accept()") ==
          "11:1 accept() takes 1 argument, 0 given (write c = accept(fd))");
    CHECK(mistake("fd = socket()").starts_with("10:6 socket() takes 2 arguments, 0 given"));
    CHECK(mistake("socket(AF_INET, SOCK_STREAM, 0, 0)")
              .starts_with("10:1 socket() takes 2 arguments, 4 given"));
    CHECK(after_socket("recv(fd, (1 + 2), 0)").starts_with("11:1 recv() takes 2 arguments, 3"));
}

TEST_CASE("an unclosed parenthesis or brace is found") {
    CHECK(after_socket("listen(fd, 2") ==
          "11:13 expected ')' after the arguments of listen(), found the end of the text");
    CHECK(after_socket("loop { close(fd)") == "11:6 '{' without '}' (close the block of 'loop')");
    CHECK(after_socket("close(fd) }") == "11:11 '}' without '{'");
    CHECK(mistake("loop sleep(1s)") == "10:6 expected '{' after 'loop', found 'sleep'");
    CHECK(mistake("sleep 1s") == "10:7 expected '(' after 'sleep', found '1s'");
    CHECK(mistake("sleep(1s") ==
          "10:9 expected ')' after the duration of sleep(), found the end of the text");
}

TEST_CASE("two statements on one line need a semicolon") {
    CHECK(mistake("sleep(1s) sleep(2s)") == "10:11 expected a new line or ';', found 'sleep'");
    CHECK(mistake("x = 1 2") == "10:7 expected a new line or ';', found '2'");
    CHECK(mistake("x = 2 s") == "10:7 expected a new line or ';', found 's'");
    CHECK(mistake("loop { sleep(1s) } exit") == "10:20 expected a new line or ';', found 'exit'");
}

TEST_CASE("socket() takes TCP only") {
    CHECK(mistake("socket(3, SOCK_STREAM)") ==
          "10:8 socket() does not take 3 here (say AF_INET or AF_INET6)");
    CHECK(mistake("socket(AF_INET, 2)") == "10:17 socket() does not take 2 here (say SOCK_STREAM)");
    CHECK(mistake("socket(AF_INET, SOCK_STREAM, 17)") ==
          "10:30 socket() does not take 17 here (say 0 or IPPROTO_TCP)");
    CHECK(mistake("socket(AF_INET, SOCK_DGRAM)").starts_with("10:17 unknown name 'SOCK_DGRAM'"));
}

TEST_CASE("socket options go by the names of those that the model has") {
    CHECK(after_socket("setsockopt(fd, TCP_SYNCOUNT, 1)") ==
          "11:16 unknown socket option 'TCP_SYNCOUNT' (did you mean 'TCP_SYNCNT'? options: "
          "TCP_NODELAY, TCP_QUICKACK, SO_KEEPALIVE, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, "
          "TCP_USER_TIMEOUT, TCP_SYNCNT, SO_LINGER, TCP_LINGER2, TCP_DEFER_ACCEPT, SO_REUSEADDR, "
          "SO_REUSEPORT, IP_RECVERR, "
          "TCP_FASTOPEN)");
    CHECK(after_socket("setsockopt(fd, 9, 1)").starts_with("11:16 unknown socket option '9'"));
    CHECK(after_socket("setsockopt(fd, TCP_SYNCNT)") ==
          "11:1 setsockopt() takes 3 arguments, 2 given (write setsockopt(fd, TCP_DEFER_ACCEPT, "
          "10))");
    CHECK(after_socket("setsockopt(fd, TCP_SYNCNT, 1s)")
              .starts_with("11:28 TCP_SYNCNT takes a plain number"));
    CHECK(after_socket("setsockopt(fd, SO_LINGER, 5)") ==
          "11:27 SO_LINGER takes a number from -1 to 0, not 5");
    CHECK(after_socket("n = getsockopt(fd, SO_LINGER)") ==
          "11:20 getsockopt() does not read SO_LINGER");
    CHECK(after_socket("n = getsockopt(fd, TCP_QUICKACK)") ==
          "11:20 getsockopt() does not read TCP_QUICKACK");
    CHECK(mistake("TCP_SYNCNT = 1").starts_with("10:1 'TCP_SYNCNT' is a socket option"));
}

TEST_CASE("shutdown() takes one of its three directions") {
    CHECK(after_socket("shutdown(fd, 3)") ==
          "11:14 shutdown() does not take 3 here (say SHUT_RD, SHUT_WR or SHUT_RDWR)");
    CHECK(after_socket("shutdown(fd, fd)").starts_with("11:14 shutdown() does not take fd here"));
    CHECK(after_socket("shutdown(fd, SHUT_W)") ==
          "11:14 unknown name 'SHUT_W' (did you mean 'SHUT_WR'?)");
}

TEST_CASE("a duration is not a number and a number not a duration") {
    CHECK(mistake("sleep(20)") ==
          "10:7 sleep() takes a duration, and 20 is a plain number (say 20s or 20ms)");
    CHECK(mistake("sleep(backlog)") ==
          "10:7 sleep() takes a duration, and backlog = 2 is a plain "
          "number (multiply it by a unit, as in backlog * 1s)");
    CHECK(mistake("n = 20; sleep(n)") ==
          "10:15 sleep() takes a duration, and n is a plain number "
          "(assign it with a unit, as in 20s)");
    CHECK(after_socket("listen(fd, 2s)") ==
          "11:12 listen() takes a plain number, and 2s is a "
          "duration (leave the unit out, or divide by a duration)");
    CHECK(after_socket("send(fd, accept_after)")
              .starts_with(
                  "11:10 send() takes a plain number, and accept_after = 20s is a duration"));
    CHECK(after_socket("bind(fd, 80ms)").starts_with("11:10 a port takes a plain number"));
    CHECK(mistake("repeat 2s { }").starts_with("10:8 repeat takes a plain number"));
    CHECK(
        mistake("t = 1s; close(t)").starts_with("10:15 close() takes a plain number, and t is a"));
}

TEST_CASE("values outside of their range are refused") {
    CHECK(after_socket("bind(fd, 65536)") ==
          "11:10 a port takes a number from 0 to 65535, not 65536");
    CHECK(after_socket("connect(fd, server:-1)") ==
          "11:20 a port takes a number from 0 to 65535, not -1");
    CHECK(after_socket("listen(fd, 2147483648)") ==
          "11:12 listen() takes a number from -2147483648 to 2147483647, not 2147483648");
    CHECK(after_socket("send(fd, -1)") ==
          "11:10 send() takes a number from 0 to 1073741824, not -1");
    CHECK(mistake("repeat -1 { }") ==
          "10:8 repeat takes a number from 0 to 9223372036854775807, not -1");
    CHECK(mistake("sleep(-1s)") == "10:7 sleep() cannot take a negative duration, -1s");
    CHECK(mistake("sleep(365 * 24 * 60min + 1ns)") ==
          "10:7 sleep() takes at most 365 days, not 31536000000000001ns");
}

TEST_CASE("connect() needs a host that exists and a port") {
    CHECK(after_socket("connect(fd, 8000)") ==
          "11:13 connect() needs a host and a port, found '8000' (as in connect(fd, server:8000), "
          "connect(fd, 10.0.0.1:8000) or connect(fd, [2001:db8::1]:8000))");
    CHECK(after_socket("connect(fd, server)") ==
          "11:19 expected ':' between a host and its port, found ')'");
    CHECK(after_socket("connect(fd, sever:8000)") ==
          "11:13 there is no host 'sever' (did you mean 'server'? hosts: client, server)");
    CHECK(after_socket("bind(fd, my-server:80)") ==
          "11:10 there is no host 'my-server' (did you mean 'server'? hosts: client, server)");
    CHECK(after_socket("connect(fd, 10.0.0.1)") ==
          "11:21 expected ':' between a host and its port, found ')'");
    CHECK(after_socket("connect(fd, 10.0.0.999:80)") ==
          "11:13 '10.0.0.999' is neither a number nor an IPv4 address (an address is four numbers "
          "from 0 to 255, as in 10.0.0.1)");
}

TEST_CASE("an unknown name suggests variables, parameters and constants") {
    CHECK(after_socket("listen(fd, backlogg)") ==
          "11:12 unknown name 'backlogg' (did you mean 'backlog'?)");
    CHECK(after_socket("listen(df, 2)") == "11:8 unknown name 'df' (did you mean 'fd'?)");
    CHECK(mistake("fd = socket(AF_INTE, SOCK_STREAM)") ==
          "10:13 unknown name 'AF_INTE' (did you mean 'AF_INET'?)");
    CHECK(mistake("sleep(nonsense)") ==
          "10:7 unknown name 'nonsense' (parameters: accept_after, backlog)");
}

TEST_CASE("a variable that some path leaves unset cannot be used") {
    const std::string remedy = " (assign it on every path that leads here)";
    CHECK(mistake("listen(fd, 2)\nfd = 1") ==
          "10:8 'fd' may be used before it has a value" + remedy);
    CHECK(mistake("x = x") == "10:5 'x' may be used before it has a value" + remedy);
    CHECK(mistake("if backlog == 2 { fd = 3 }\nclose(fd)") ==
          "11:7 'fd' may be used before it has a value" + remedy);
    CHECK(mistake("if backlog == 2 { fd = 3 } else { sleep(1s) }\nclose(fd)") ==
          "11:7 'fd' may be used before it has a value" + remedy);
    CHECK(mistake("while backlog == 2 { fd = 3 }\nclose(fd)") ==
          "11:7 'fd' may be used before it has a value" + remedy);
    CHECK(mistake("repeat 0 { fd = 3 }\nclose(fd)") ==
          "11:7 'fd' may be used before it has a value" + remedy);
    CHECK(mistake("n = 1; repeat n { fd = 3 }\nclose(fd)") ==
          "11:7 'fd' may be used before it has a value" + remedy);
    CHECK(mistake("loop { close(fd); fd = 3 }") ==
          "10:14 'fd' may be used before it has a value" + remedy);
}

TEST_CASE("parameters, constants and words of the language cannot be assigned") {
    CHECK(mistake("backlog = 3") ==
          "10:1 'backlog' is a parameter: it cannot be assigned (use "
          "another name for the variable)");
    CHECK(
        mistake("SHUT_RD = 3").starts_with("10:1 'SHUT_RD' is a constant: it cannot be assigned"));
    CHECK(
        mistake("index = 3").starts_with("10:1 'index' is the number of the instance: it cannot"));
    CHECK(mistake("loop = 3").starts_with("10:1 'loop' is a word of the program language: it"));
    CHECK(mistake("bind = 3").starts_with("10:1 'bind' is a call: it cannot be assigned"));
    CHECK(mistake("x == 3") == "10:1 'x' is not a statement (" + kStatements + ")");
}

TEST_CASE("a variable keeps its kind") {
    CHECK(mistake("x = 1\nx = 1s") ==
          "11:1 'x' holds a plain number: a duration cannot be assigned to it (use another "
          "variable)");
    CHECK(mistake("x = 1s\nx = socket(AF_INET, SOCK_STREAM)")
              .starts_with("11:1 'x' holds a duration: a plain number cannot be assigned to it"));
}

TEST_CASE("arithmetic on a variable is refused") {
    CHECK(mistake("x = 1\nx = x + 1") ==
          "11:7 'x' is a variable: arithmetic is done when the file is read, and its value is not "
          "known then (use a variable alone, and calculate with numbers and parameters)");
    CHECK(mistake("x = 1; y = -x").starts_with("10:12 'x' is a variable"));
    CHECK(mistake("x = 1; sleep(x * 1s)").starts_with("10:16 'x' is a variable"));
    CHECK(mistake("x = 1 / 0") == "10:7 division by zero");
    CHECK(mistake("x = 1 + 1s") ==
          "10:7 1 is a plain number and 1s is a duration: they do not go "
          "together with '+'");
}

TEST_CASE("a condition is one comparison of two values of a kind") {
    CHECK(after_socket("while fd { }") ==
          "11:10 'while' needs a comparison, found '{' (as in recv(fd, 512) > 0)");
    CHECK(after_socket("if fd = 3 { }") ==
          "11:7 'if' needs a comparison, found '=' (to compare say '==')");
    CHECK(after_socket("if fd == 1s { }") ==
          "11:7 a plain number cannot be compared with a duration");
    CHECK(after_socket("if fd == 1 && fd == 2 { }") ==
          "11:12 a condition is a single comparison (put one 'if' inside another)");
    CHECK(after_socket("if (fd == 1 { }") ==
          "11:13 expected ')' to close the condition, found '{'");
    CHECK(after_socket("if sleep(1s) == 1 { }").starts_with("11:4 sleep() has no result"));
}

TEST_CASE("else needs an if") {
    CHECK(mistake("else { sleep(1s) }") == "10:1 'else' without 'if'");
    CHECK(mistake("loop { sleep(1s) }\nelse { sleep(1s) }") == "11:1 'else' without 'if'");
}

TEST_CASE("a loop in which no time can pass is refused") {
    CHECK(mistake("loop { }") ==
          "10:1 this 'loop' turns for ever without waiting (put a call or a sleep() in it)");
    CHECK(mistake("x = 1\nloop { x = 2 }").starts_with("11:1 this 'loop' turns for ever"));
    CHECK(mistake("x = 1\nwhile x > 0 { }").starts_with("11:1 this 'while' turns for ever"));
    CHECK(mistake("x = 1\nwhile x > 0 { x = 0 }").empty());
    CHECK(mistake("loop { exit }").empty());
}

TEST_CASE("there are 64 variables") {
    std::string text;
    for (int i = 0; i < 64; ++i) {
        text += fmt::format("v{} = {}\n", i, i);
    }
    CHECK(mistake(text).empty());
    CHECK(
        mistake(text + "v64 = 64") ==
        "74:1 more than 64 variables (use some of them again (repeat and calls in conditions take "
        "one, too))");
    CHECK(mistake(text + "repeat 2 { sleep(1s) }").starts_with("74:1 more than 64 variables"));
    CHECK(mistake(text + "while accept(v0) > 0 { }").starts_with("74:7 more than 64 variables"));
}

TEST_CASE("deep nesting is refused rather than followed into the ground") {
    const auto nested = [](int depth) {
        std::string text;
        for (int i = 0; i < depth; ++i) {
            text += "loop {\n";
        }
        text += "sleep(1s)\n";
        for (int i = 0; i < depth; ++i) {
            text += "}\n";
        }
        return text;
    };
    CHECK(mistake(nested(60)).empty());
    CHECK(mistake(nested(70)) ==
          "74:6 nested deeper than 64 levels (take it apart into smaller pieces)");
    CHECK(mistake(nested(100'000)).starts_with("74:6 nested deeper than 64 levels"));
    CHECK(mistake("x = " + std::string(100'000, '(')).starts_with("10:69 nested deeper than 64"));
    std::string chain = "x = 1; if x == 0 { exit }";
    for (int i = 0; i < 10'000; ++i) {
        chain += " else if x == 1 { exit }";
    }
    CHECK(mistake(chain).find("nested deeper than 64 levels") != std::string::npos);
}

TEST_CASE("a mistake of spelling inside a program has its place, too") {
    CHECK(after_socket("sleep(20sec)") ==
          "11:7 '20sec' has an unknown unit 'sec' (units are ns, us, "
          "ms, s and min, as in 250ms or 1.5s)");
    CHECK(
        after_socket("sleep(1s) // wait") ==
        "11:11 '//' does not begin a comment here (comments begin with '#' and end with the line)");
}

}  // namespace synq
