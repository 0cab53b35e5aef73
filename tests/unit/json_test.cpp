// The JSON object, read back by a parser that is not ours.
#include "sim/trace/json.h"

#include "sim/trace/digest.h"
#include "tests/catch.h"
#include "tests/unit/golden.h"
#include "tests/unit/trace_maker.h"

#include <nlohmann/json.hpp>

namespace synq {
namespace {

using Json = nlohmann::ordered_json;
using test::two_clients;

std::vector<std::string> keys_of(const Json& object) {
    std::vector<std::string> keys;
    for (const auto& item : object.items()) {
        keys.push_back(item.key());
    }
    return keys;
}

using Keys = std::vector<std::string>;

}  // namespace

TEST_CASE("the JSON of two clients reads as agreed") {
    const std::string text = json_text(two_clients(), {.segments = true});
    CHECK(text == test::golden("two-clients.json", text));
}

TEST_CASE("the JSON object has these keys in this order") {
    const Json json = Json::parse(json_text(two_clients(), {.segments = true}));
    CHECK(keys_of(json) == Keys{"scenario", "seed", "profile", "virtual_time_s", "processes",
                                "listeners", "counters", "segments", "digest"});
    CHECK(keys_of(json["processes"][0]) == Keys{"name", "calls"});
    CHECK(keys_of(json["processes"][0]["calls"][0]) ==
          Keys{"call", "start_s", "end_s", "result", "errno"});
    CHECK(keys_of(json["listeners"][0]) ==
          Keys{"host", "port", "backlog", "accept_queue_max", "request_queue_max"});
    CHECK(keys_of(json["segments"][0]) ==
          Keys{"t_s", "from", "to", "flags", "seq", "ack", "len", "dropped"});
}

TEST_CASE("segments are listed only when asked for") {
    CHECK_FALSE(Json::parse(json_text(two_clients())).contains("segments"));
}

TEST_CASE("the JSON tells what happened") {
    const Trace trace = two_clients();
    const Json json = Json::parse(json_text(trace, {.segments = true}));
    CHECK(json["scenario"] == "hand-made");
    CHECK(json["seed"] == 7);
    CHECK(json["virtual_time_s"] == 3.012);
    CHECK(json["counters"]["server"]["ListenOverflows"] == 2);
    CHECK(json["digest"] == digest_text(trace));

    const Json& connect = json["processes"][2]["calls"][1];
    CHECK(connect["call"] == "connect");
    CHECK(connect["start_s"] == 0);
    CHECK(connect["end_s"] == 3.012);
    CHECK(connect["result"] == 0);
    CHECK(connect["errno"].is_null());

    const Json& syn = json["segments"][5];
    CHECK(syn["from"] == "127.0.0.1:49153");
    CHECK(syn["flags"] == "SYN");
    CHECK(syn["ack"].is_null());
    CHECK(syn["dropped"] == "accept queue full (ListenOverflows)");
    CHECK(json["segments"][1]["ack"] == 1001);
    CHECK(json["segments"][1]["dropped"].is_null());
}

TEST_CASE("a call that has not returned has neither end nor result") {
    const Json json = Json::parse(json_text(two_clients()));
    const Json& accept = json["processes"][0]["calls"].back();
    CHECK(accept["end_s"].is_null());
    CHECK(accept["result"].is_null());
    CHECK(accept["errno"].is_null());
}

TEST_CASE("a failed call has an errno by name") {
    Trace trace = two_clients();
    trace.calls[4].result = -1;
    trace.calls[4].error = Errno::Etimedout;
    CHECK(json_text(trace).find(R"("result": -1, "errno": "ETIMEDOUT")") != std::string::npos);
}

TEST_CASE("times keep their nanoseconds and have no exponent") {
    Trace trace = two_clients();
    trace.end = {.ns = 100'000'000'000'000'001};
    CHECK(json_text(trace).find("\"virtual_time_s\": 100000000.000000001,") != std::string::npos);
    trace.end = {.ns = 1};
    CHECK(json_text(trace).find("\"virtual_time_s\": 0.000000001,") != std::string::npos);
}

TEST_CASE("what is not known is null, and nothing at all is valid JSON") {
    Trace trace = two_clients();
    trace.listeners[0].request_queue_max.reset();
    CHECK(Json::parse(json_text(trace))["listeners"][0]["request_queue_max"].is_null());
    const Json empty = Json::parse(json_text(Trace{}, {.segments = true}));
    CHECK(empty["processes"] == Json::array());
    CHECK(empty["counters"] == Json::object());
    CHECK(empty["segments"] == Json::array());
}

TEST_CASE("texts are escaped, even those that are no text") {
    Trace trace;
    trace.scenario = "a \"name\"\n\\ \xff";
    CHECK(Json::parse(json_text(trace))["scenario"] == "a \"name\"\n\\ \xef\xbf\xbd");
}

}  // namespace synq
