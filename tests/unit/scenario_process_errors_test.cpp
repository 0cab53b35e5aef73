// Mistakes in scenario files: processes, their programs, and expectations.
#include "tests/unit/scenario_mistakes.h"

#include <fmt/format.h>
#include <string>

namespace synq {

TEST_CASE("processes have a name, a host, a program and a sensible count") {
    CHECK(mistake("[[host]]\nname = \"x\"") ==
          "0:0 there is no [[process]] (a scenario needs at least one, with a name, a host and a "
          "program)");
    CHECK(after_rest("[[process]]\nhost = \"server\"\nprogram = \"exit\"") ==
          "9:1 [[process]] without 'name'");
    CHECK(after_rest("[[process]]\nname = \"q\"\nprogram = \"exit\"") ==
          "9:1 [[process]] without 'host'");
    CHECK(after_rest("[[process]]\nname = \"q\"\nhost = \"server\"") ==
          "9:1 [[process]] without 'program'");
    CHECK(after_rest("[[process]]\nname = \"p\"\nhost = \"server\"\nprogram = \"exit\"") ==
          "10:8 there are two processes named 'p' (one [[process]] with a count makes several of a "
          "kind)");
    CHECK(after_rest("[[process]]\nname = \"q.1\"\nhost = \"server\"\nprogram = \"exit\"")
              .starts_with("10:8 'q.1' cannot name a process"));
    CHECK(after_rest("[[process]]\nname = \"q\"\nhost = \"sevrer\"\nprogram = \"exit\"") ==
          "11:8 there is no host 'sevrer' (did you mean 'server'? hosts: client, server)");
    const auto count = [](std::string_view value) {
        return after_rest(fmt::format(
            "[[process]]\nname = \"q\"\nhost = \"server\"\nprogram = \"exit\"\ncount = {}", value));
    };
    CHECK(count("-1") == "13:9 'count' takes a number from 0 to 100000, not -1");
    CHECK(count("100001") == "13:9 'count' takes a number from 0 to 100000, not 100001");
    CHECK(count("\"1s\"").starts_with("13:9 'count' takes a plain number, and 1s is a duration"));
    CHECK(count("\"index\"").starts_with("13:10 'index' has no meaning here"));
    CHECK(count("100000").empty());
}

TEST_CASE("a mistake in a program is shown in the file") {
    constexpr std::string_view head = "[[process]]\nname = \"q\"\nhost = \"server\"\n";
    CHECK(after_rest(std::string(head) + "program = \"\"\"\nfd = 1\n  lisetn(fd, 2)\n\"\"\"")
              .starts_with("14:3 unknown call 'lisetn'"));
    CHECK(after_rest(std::string(head) + "program = '''\nlisetn(fd, 2)'''")
              .starts_with("13:1 unknown call 'lisetn'"));
    CHECK(after_rest(std::string(head) + "program = \"\"\"lisetn(1, 2)\"\"\"")
              .starts_with("12:14 unknown call 'lisetn'"));
    CHECK(after_rest(std::string(head) + "program = \"x = 1; lisetn(x, 2)\"")
              .starts_with("12:19 unknown call 'lisetn'"));
    CHECK(after_rest(std::string(head) + "program = 5")
              .starts_with("12:11 'program' takes a string, not an integer"));
    CHECK(
        after_rest(std::string(head) + "program = \"\"").starts_with("12:12 the program is empty"));
}

TEST_CASE("escapes in a program's string do not shift the place of a mistake") {
    constexpr std::string_view head = "[[process]]\nname = \"q\"\nhost = \"server\"\n";
    CHECK(after_rest(std::string(head) + R"toml(program = "x = 1\nlisetn(x, 2)")toml")
              .starts_with("12:19 unknown call 'lisetn'"));
    CHECK(after_rest(std::string(head) + "program = \"\"\"\\\n   x = 1\n lisetn(x, 2)\"\"\"")
              .starts_with("14:2 unknown call 'lisetn'"));
    CHECK(after_rest(std::string(head) + "program = \"\"\"# \\u00e4\\t\\U0001F600\n $\"\"\"")
              .starts_with("13:2 '$' means nothing here"));
    CHECK(after_rest(std::string(head) + "program = \"\"\"# \xc3\xa4 \\\"\nx = 1 $\"\"\"")
              .starts_with("13:7 '$' means nothing here"));
    CHECK(after_rest(std::string(head) + "program = \"\"\"\r\nx = 1\r\n lisetn(x, 2)\r\n\"\"\"")
              .starts_with("14:2 unknown call 'lisetn'"));
}

TEST_CASE("an expectation has exactly one subject") {
    CHECK(after_rest("[[expect]]\nequals = 1") ==
          "9:1 [[expect]] does not say of what (give one of: counter, call, accept_queue_max, "
          "request_queue_max, segments, sockets, admitted)");
    CHECK(after_rest("[[expect]]\ncounter = \"ListenDrops\"\ncall = \"connect\"") ==
          "11:8 [[expect]] with both 'counter' and 'call' (write one [[expect]] for each)");
}

TEST_CASE("an expectation's keys go with its subject") {
    CHECK(after_rest("[[expect]]\ncounter = \"ListenDrops\"\nhost = \"server\"\nequals = 1\n"
                     "errno = \"EPIPE\"") ==
          "13:1 'errno' does not go with 'counter' (with 'counter' go: host, equals, min, max)");
    CHECK(
        after_rest("[[expect]]\naccept_queue_max = 1\nlistener = \"server:1\"\nequals = 1") ==
        "12:1 'equals' does not go with 'accept_queue_max' (with 'accept_queue_max' go: listener)");
    CHECK(after_rest("[[expect]]\ncall = \"connect\"\nprocess = \"p\"\nhost = \"server\"")
              .starts_with("12:1 'host' does not go with 'call'"));
}

TEST_CASE("an expectation promises something that can be kept") {
    constexpr std::string_view counter =
        "[[expect]]\ncounter = \"ListenDrops\"\nhost = \"server\"\n";
    CHECK(after_rest(counter) == "9:1 [[expect]] promises nothing (give 'equals', 'min' or 'max')");
    CHECK(after_rest(std::string(counter) + "equals = 1\nmin = 1") ==
          "12:10 'equals' does not go with 'min' and 'max'");
    CHECK(after_rest(std::string(counter) + "min = 2\nmax = 1") ==
          "12:7 the lower limit is above the upper one");
    CHECK(after_rest("[[expect]]\ncall = \"connect\"\nprocess = \"p\"") ==
          "9:1 [[expect]] promises nothing (give result, errno, ends_min or ends_max, or how many "
          "calls there are)");
    CHECK(after_rest("[[expect]]\ncall = \"connect\"\nprocess = \"p\"\nends_min = \"2s\"\n"
                     "ends_max = \"1s\"") == "12:12 the lower limit is above the upper one");
    CHECK(after_rest("[[expect]]\naccept_queue_max = {}\nlistener = \"server:1\"")
              .starts_with("9:1 [[expect]] promises nothing"));
}

TEST_CASE("an expectation's words are known") {
    CHECK(after_rest("[[expect]]\ncounter = \"ListenOverflow\"\nhost = \"server\"\nequals = 1")
              .starts_with("10:11 unknown counter 'ListenOverflow' (did you mean "
                           "'ListenOverflows'? counters: ActiveOpens, "));
    CHECK(after_rest("[[expect]]\ncounter = \"ListenDrops\"\nequals = 1") ==
          "9:1 [[expect]] without 'host'");
    CHECK(after_rest("[[expect]]\ncall = \"conect\"\nprocess = \"p\"\nresult = 0")
              .starts_with("10:8 unknown call 'conect' (did you mean 'connect'? calls: socket, "));
    CHECK(after_rest("[[expect]]\ncall = \"connect\"\nprocess = \"p\"\nerrno = \"ETIMEOUT\"")
              .starts_with("12:9 unknown errno 'ETIMEOUT' (did you mean 'ETIMEDOUT'? known: "));
    CHECK(after_rest("[[expect]]\ncall = \"connect\"\nprocess = \"pp\"\nresult = 0") ==
          "11:11 there is no process 'pp' (did you mean 'p'? processes: p)");
    CHECK(after_rest("[[expect]]\ncall = \"connect\"\nprocess = \"p.0\"\nresult = 0")
              .starts_with("11:11 there is no process 'p.0'"));
    CHECK(after_rest("[[expect]]\nsegments = \"SIN\"\nhost = \"server\"\nequals = 1")
              .starts_with("10:12 'SIN' are not flags of a segment"));
    CHECK(after_rest("[[expect]]\naccept_queue_max = 1\nlistener = \"server\"") ==
          "11:12 'server' is not a listener (write its host and port, as in \"server:8000\")");
    CHECK(after_rest("[[expect]]\naccept_queue_max = 1\nlistener = \"server:70000\"")
              .starts_with("11:12 'server:70000' is not a listener"));
    CHECK(after_rest("[[expect]]\naccept_queue_max = 1\nlistener = \"serve:80\"")
              .starts_with("11:12 there is no host 'serve'"));
    CHECK(after_rest("[[expect]]\naccept_queue_max = 1") == "9:1 [[expect]] without 'listener'");
}

TEST_CASE("an instance must exist only where its expectation is in force") {
    constexpr std::string_view text =
        "[parameters]\nn = 2\n[[process]]\nname = \"q\"\n"
        "host = \"server\"\nprogram = \"exit\"\ncount = \"n\"\n"
        "[[expect]]\ncall = \"connect\"\nprocess = \"q.2\"\nresult = 0\n";
    CHECK(after_rest(text) == "18:11 there is no process 'q.2' (its instances are q.0 to q.1)");
    CHECK(after_rest(std::string(text) + "when = \"n > 2\"").empty());
    // What does not depend on parameters is wrong all the same.
    CHECK(after_rest(std::string(text) + "when = \"n > 2\"\nhost = \"server\"")
              .starts_with("21:1 'host' does not go with 'call'"));
}

TEST_CASE("a mistake in a condition is shown in the file") {
    CHECK(after_rest("[[expect]]\nwhen = \"1 == 1 && 2\"\ncounter = \"ListenDrops\"\n"
                     "host = \"server\"\nequals = 1") ==
          "10:20 expected a comparison, found the end of the text (as in backlog == 2)");
}

}  // namespace synq
