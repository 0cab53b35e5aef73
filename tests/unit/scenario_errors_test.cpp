// Mistakes in scenario files: the file itself, settings and parameters.
#include "tests/unit/scenario_mistakes.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

namespace synq {
namespace {

Overrides set(std::string name, std::string value) {
    Overrides overrides;
    overrides.parameters = {{std::move(name), std::move(value)}};
    return overrides;
}

std::string loading(const std::string& path) {
    const auto scenario = load_scenario(path, {});
    return scenario ? "" : to_string(scenario.error());
}

}  // namespace

TEST_CASE("the frame of these tests is a correct scenario") {
    CHECK(mistake(kRest).empty());
}

TEST_CASE("an empty file is a mistake") {
    CHECK(mistake("") == "0:0 the file is empty (begin with a copy of a shipped scenario)");
    CHECK(mistake(" \n\t\r\n").starts_with("0:0 the file is empty"));
    CHECK(mistake("# nothing\n").starts_with("0:0 there is no [[process]]"));
}

TEST_CASE("a mistake of TOML has its place") {
    CHECK(mistake("title = \"x\nseed = 1\n").starts_with("1:"));
    CHECK(mistake("seed = 1\nseed 2\n").starts_with("2:"));
    CHECK(mistake("seed = 1\nseed = 2\n").starts_with("2:"));
    CHECK(mistake("a = [1, \n").find("(the file format is TOML 1.0)") != std::string::npos);
    CHECK(mistake("\xff\xfe").find("TOML") != std::string::npos);
}

TEST_CASE("tables in tables without end do not exhaust the stack") {
    std::string dots = "a";
    for (int i = 0; i < 100'000; ++i) {
        dots += ".a";
    }
    CHECK(mistake(dots + " = 1\n") == "0:0 too many dotted keys");
    CHECK(mistake("[" + dots + "]\n") == "0:0 too many dotted keys");
    CHECK(mistake("a = " + std::string(100'000, '[')).starts_with("1:"));
    CHECK(mistake("[" + dots.substr(0, 3999) + "]\n").find("nested too deeply") !=
          std::string::npos);
    // Dots in comments and strings nest nothing.
    CHECK(before_rest("# " + std::string(5000, '.')).empty());
    CHECK(before_rest("title = \"" + std::string(5000, '.') + "\"").empty());
    CHECK(before_rest("title = '''" + std::string(5000, '.') + "'''").empty());
}

TEST_CASE("an unknown key suggests the right one and lists those that are known") {
    CHECK(before_rest("titel = \"x\"") ==
          "1:1 unknown key 'titel' in the file (did you mean 'title'? known keys: title, seed, "
          "parameters, clock, run, host, link, process, flood, case, expect)");
    CHECK(before_rest("[clock]\nhertz = 250") ==
          "2:1 unknown key 'hertz' in [clock] (known keys: mode, hz, phase)");
    CHECK(before_rest("[run]\nuntill = \"1s\"")
              .starts_with("2:1 unknown key 'untill' in [run] (did you mean 'until'?"));
    CHECK(after_rest("[[host]]\nnmae = \"x\"")
              .starts_with("10:1 unknown key 'nmae' in [[host]] (did you mean 'name'?"));
    CHECK(after_rest("[[process]]\n  prgram = \"x\"")
              .starts_with("10:3 unknown key 'prgram' in [[process]] (did you mean 'program'?"));
    CHECK(after_rest("[[link]]\nbetwen = []")
              .starts_with("10:1 unknown key 'betwen' in [[link]] (did you mean 'between'?"));
    CHECK(after_rest("[[expect]]\ncuonter = \"x\"")
              .starts_with("10:1 unknown key 'cuonter' in [[expect]] (did you mean 'counter'?"));
    CHECK(after_rest("[[link]]\nbetween = [\"server\", \"client\"]\nrtt = \"1s\"\n"
                     "drop = [{form = \"client\"}]")
              .starts_with("12:10 unknown key 'form' in drop (did you mean 'from'?"));
    CHECK(after_rest("[[expect]]\naccept_queue_max = {mix = 1}\nlistener = \"server:1\"")
              .starts_with("10:21 unknown key 'mix' in accept_queue_max (did you mean 'min'?"));
}

TEST_CASE("a section written in the wrong way says which is right") {
    CHECK(before_rest("parameters = 5") ==
          "1:1 'parameters' is an integer here (write [parameters], once)");
    CHECK(before_rest("clock = \"exact\"") == "1:1 'clock' is a string here (write [clock], once)");
    CHECK(mistake("[host]\nname = \"x\"") ==
          "1:2 'host' is a table here (write [[host]], once for each)");
    CHECK(mistake("host = [1]") == "1:9 'host' is an integer here (write [[host]], once for each)");
    CHECK(mistake("[[host]]\nname = \"server\"\nsysctl = 1") ==
          "3:1 'sysctl' is an integer here (write [sysctl], once)");
}

TEST_CASE("values of the wrong type say what is wanted") {
    CHECK(before_rest("title = 5") ==
          "1:9 'title' takes a string, not an integer (put it in quotes)");
    CHECK(before_rest("seed = 1.5") ==
          "1:8 'seed' takes a plain number, not a floating-point number "
          "(write seed = 5, or an expression over parameters in quotes)");
    CHECK(before_rest("seed = -1") ==
          "1:8 'seed' takes a number from 0 to 9223372036854775807, not -1");
    CHECK(before_rest("seed = \"2s\"")
              .starts_with("1:8 'seed' takes a plain number, and 2s is a dur"));
    CHECK(before_rest("[run]\nuntil = 20") ==
          "2:9 'until' takes a duration, and 20 is a plain number "
          "(say \"20s\" or \"20ms\", with quotes)");
    CHECK(before_rest("[run]\nuntil = 07:32:00")
              .starts_with("2:9 'until' takes a duration, not a d"));
    CHECK(before_rest("[run]\ntables = \"1s\"") ==
          "2:10 'tables' takes an array, not a string (put it in square brackets)");
    CHECK(before_rest("[run]\ntables = [\"1s\", 5]").starts_with("2:17 'tables' takes a duration"));
}

TEST_CASE("a negative duration is refused wherever one stands") {
    CHECK(before_rest("[run]\nuntil = \"-1s\"") ==
          "2:9 'until' cannot be negative, and this is -1s");
    CHECK(before_rest("[run]\nwakeup = \"0s - 1ns\"")
              .starts_with("2:10 'wakeup' cannot be negative"));
    CHECK(before_rest("[parameters]\nx = \"-1s\"") == "2:5 'x' is a negative duration, -1s");
    CHECK(after_rest("[[link]]\nbetween = [\"server\", \"client\"]\nrtt = \"-1s\"") ==
          "11:7 'rtt' cannot be negative, and this is -1s");
    CHECK(after_rest("[[process]]\nname = \"q\"\nhost = \"server\"\nprogram = \"exit\"\ncount = 3\n"
                     "start = \"1s - 1s * index\"") ==
          "14:9 'start' cannot be negative, and this is -1s");
    CHECK(before_rest("[run]\nuntil = \"9000min * 60\"") ==
          "2:9 'until' takes at most 365 days, not 32400000s");
}

TEST_CASE("the clock has two modes and Linux's frequencies") {
    CHECK(before_rest("[clock]\nmode = \"whell\"") ==
          "2:8 unknown clock mode 'whell' (did you mean 'wheel'? modes: exact, wheel)");
    CHECK(before_rest("[clock]\nhz = 300") == "2:6 hz = 300 is not offered (say 100, 250 or 1000)");
    CHECK(before_rest("[clock]\nhz = 0") == "2:6 'hz' takes a number from 1 to 2147483647, not 0");
}

TEST_CASE("parameters have names and values that can be used") {
    CHECK(before_rest("[parameters]\nx-y = 1") ==
          "2:1 'x-y' cannot name a parameter (a name is a letter or '_', then letters, digits and "
          "'_')");
    CHECK(before_rest("[parameters]\nlisten = 1") ==
          "2:1 'listen' cannot name a parameter: it is a call (use another name)");
    CHECK(
        before_rest("[parameters]\nindex = 1").starts_with("2:1 'index' cannot name a parameter"));
    CHECK(before_rest("[parameters]\nx = 1.5") ==
          "2:5 parameter 'x' is a floating-point number (a "
          "parameter is an integer, or a duration in quotes "
          "as in \"1.5s\")");
    CHECK(
        before_rest("[parameters]\nx = \"fast\"") ==
        "2:6 parameter 'x': unknown name 'fast' (a parameter is a number, or a duration in quotes "
        "as in \"20s\")");
    CHECK(before_rest("[parameters]\na = 1\nb = \"a + 1\"")
              .starts_with("3:6 parameter 'b': unknown"));
    CHECK(before_rest("[parameters]\nx = [1]").starts_with("2:5 parameter 'x' is an array"));
    CHECK(before_rest("[parameters.x]\ny = 1").starts_with("1:1 parameter 'x' is a table"));
}

TEST_CASE("the command line sets parameters that exist, to values of their kind") {
    constexpr std::string_view text = "# first line\n[parameters]\nbacklog = 2\npause = \"1s\"";
    CHECK(before_rest(text, set("backlgo", "3")) ==
          "2:2 --set backlgo=3: unknown parameter 'backlgo' (did you mean 'backlog'? parameters: "
          "backlog, pause)");
    CHECK(before_rest("", set("x", "3")) ==
          "0:0 --set x=3: unknown parameter 'x' (this scenario has no parameters)");
    CHECK(before_rest(text, set("pause", "3")) ==
          "2:2 --set pause=3: 'pause' is a duration, and 3 is "
          "a plain number (say pause=3s or pause=3ms)");
    CHECK(before_rest(text, set("backlog", "3s")) ==
          "2:2 --set backlog=3s: 'backlog' is a plain "
          "number, and 3s is a duration (as in backlog=2)");
    CHECK(before_rest(text, set("backlog", "many")) ==
          "2:2 --set backlog=many: unknown name 'many'");
    CHECK(before_rest(text, set("backlog", ""))
              .starts_with("2:2 --set backlog=: expected a number, a duration or a name"));
    CHECK(before_rest(text, set("pause", "-3s")) == "2:2 'pause' is a negative duration, -3s");
}

TEST_CASE("a mistake in an expression is shown in the file") {
    CHECK(before_rest("[run]\nuntil = \"1s + lat\"") == "2:15 unknown name 'lat'");
    CHECK(before_rest("[parameters]\nlate = \"1s\"\n[run]\nuntil = \"1s + lat\"") ==
          "4:15 unknown name 'lat' (did you mean 'late'?)");
}

TEST_CASE("a path that is no readable file says so") {
    CHECK(loading("/") ==
          "/: error: is a directory (name a scenario file, as in six-clients.toml)");
    CHECK(
        loading("no-such-file.toml")
            .starts_with("no-such-file.toml: error: there is no such file, and no shipped scenario "
                         "of that name (shipped scenarios: "));
    CHECK(loading("six-client").find("(did you mean 'six-clients'? ") != std::string::npos);
    CHECK(loading("").find("error: there is no such file") != std::string::npos);
}

#ifdef __linux__
TEST_CASE("a file that cannot be read or never ends says so") {
    CHECK(loading("/proc/self/mem").starts_with("/proc/self/mem: error: cannot be read: "));
    CHECK(loading("/dev/zero") == "/dev/zero: error: is larger than 1 MiB: this is no scenario");
    CHECK(loading("/dev/null") ==
          "/dev/null: error: the file is empty (begin with a copy of a "
          "shipped scenario)");
}
#endif

TEST_CASE("a path wins over a shipped name and diagnostics use the path as given") {
    const auto path = std::filesystem::temp_directory_path() / "synq-scenario-errors-test.toml";
    {
        std::ofstream out(path);
        out << "titel = 1\n";
    }
    CHECK(loading(path.string()).starts_with(path.string() + ":1:1: error: unknown key 'titel'"));
    std::filesystem::remove(path);
}

}  // namespace synq
