#include "sim/trace/nstat_table.h"
#include "sim/trace/ss_table.h"
#include "tests/catch.h"
#include "tests/unit/trace_maker.h"

namespace synq {

using namespace test;

TEST_CASE("the socket table reads like ss") {
    TraceMaker make(2);
    make.trace.socket_tables.push_back({.t = {.ns = 19'500'000'000},
                                        .host = 0,
                                        .rows = {{.state = State::Listen,
                                                  .recv_q = 3,
                                                  .send_q = 2,
                                                  .local = kListener,
                                                  .remote = {},
                                                  .timer = "",
                                                  .process = "server"},
                                                 {.state = State::HalfOpen,
                                                  .local = kServer,
                                                  .remote = client_end(1),
                                                  .timer = "on,0.500sec,1",
                                                  .process = ""},
                                                 {.state = State::SynSent,
                                                  .send_q = 1,
                                                  .local = client_end(3),
                                                  .remote = kServer,
                                                  .timer = "on,15.984sec,8",
                                                  .process = "client.3"}}});
    CHECK(ss_tables(make.finish()) ==
          "sockets of server at 19.5 s\n"
          "State     Recv-Q  Send-Q  Local Address:Port  Peer Address:Port  Process   Timer\n"
          "LISTEN         3       2  0.0.0.0:8000        0.0.0.0:*          server\n"
          "SYN-RECV       0       0  127.0.0.1:8000      127.0.0.1:49153    -         "
          "timer:(on,0.500sec,1)\n"
          "SYN-SENT       0       1  127.0.0.1:49155     127.0.0.1:8000     client.3  "
          "timer:(on,15.984sec,8)\n");
}

TEST_CASE("a trace without tables prints none") {
    CHECK(ss_tables(two_clients()).empty());
}

TEST_CASE("counters have the names of nstat") {
    CHECK(nstat_name("ActiveOpens") == "TcpActiveOpens");
    CHECK(nstat_name("OutRsts") == "TcpOutRsts");
    CHECK(nstat_name("ListenDrops") == "TcpExtListenDrops");
    CHECK(nstat_name("TW") == "TcpExtTW");
}

TEST_CASE("counters stand side by side, host by host") {
    Trace trace = two_clients();
    trace.hosts = {"server", "client"};
    trace.counters = {{{"ListenDrops", 27}, {"PassiveOpens", 6}}, {{"ActiveOpens", 6}}};
    CHECK(nstat_table(trace) ==
          "counter            server  client\n"
          "TcpActiveOpens          0       6\n"
          "TcpPassiveOpens         6       0\n"
          "TcpExtListenDrops      27       0\n");
}

}  // namespace synq
