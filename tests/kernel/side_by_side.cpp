#include "tests/kernel/side_by_side.h"

#include "sim/diff/diff_scenario.h"
#include "sim/kernel/unique_fd.h"
#include "sim/world/world.h"
#include "tests/catch.h"
#include "tests/skip.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <map>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

namespace synq::test {
namespace {

constexpr std::size_t kMostAtOnce = 50;
constexpr int kMostRepeats = 2;
constexpr char kPart = '\1';  // between the parts of a child's message

/// "connect: 6 ok, 34 waiting; recv: 6 waiting", of the processes but the server.
std::string outcomes_of(const Trace& trace) {
    std::map<CallKind, std::map<std::string, int>> kinds;
    for (const CallRecord& call : trace.calls) {
        const bool waits = call.kind == CallKind::Connect || call.kind == CallKind::Recv;
        if (waits && trace.processes[call.process].name != "server") {
            const std::string error{name(call.error)};
            ++kinds[call.kind][!call.returned()            ? "waiting"
                               : call.error == Errno::None ? "ok"
                                                           : error];
        }
    }
    std::ostringstream out;
    for (const auto& [kind, results] : kinds) {
        out << (out.str().empty() ? "" : "; ") << name(kind) << ":";
        const char* separator = " ";
        for (const auto& [result, count] : results) {
            out << separator << count << " " << result;
            separator = ", ";
        }
    }
    return out.str();
}

std::string message_of(const DiffOutcome& outcome) {
    std::string text = outcome.report.agree ? "agree" : "differ";
    text += kPart + to_table(outcome.report, true) + outcome.invalid.value_or("");
    text += kPart + outcomes_of(outcome.kernel);
    for (const auto& [name, value] : outcome.kernel.counters.at(0)) {
        text += kPart + name + " " + std::to_string(value);
    }
    return text;
}

std::string run(const Experiment& experiment) {
    Overrides overrides;
    overrides.parameters = experiment.parameters;
    overrides.case_name = experiment.case_name;
    const std::string path = SYNQ_TEST_DATA_DIR "/kernel/" + experiment.file + ".toml";
    const auto scenario = load_scenario(experiment.shipped ? experiment.file : path, overrides);
    if (!scenario) {
        return std::string{"differ"} + kPart + scenario.error().problem;
    }
    DiffRunOptions options;
    options.kernel.catch_interrupt = false;
    const auto model = [](const Scenario& what, const Replay& replay) {
        return run_scenario(what, {.replay = &replay});
    };
    const auto outcome = diff_scenario(*scenario, model, options);
    if (outcome) {
        return message_of(*outcome);
    }
    const auto* unavailable = std::get_if<KernelUnavailable>(&outcome.error());
    return unavailable != nullptr
               ? std::string{"unavailable"} + kPart + unavailable->reason
               : std::string{"differ"} + kPart + std::get<Diagnostic>(outcome.error()).problem;
}

struct Child {
    pid_t process = -1;
    UniqueFd answer;
};

Child start(const Experiment& experiment) {
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    UniqueFd answer{ends[0]};
    const UniqueFd to_parent{ends[1]};
    const pid_t process = fork();
    REQUIRE(process >= 0);
    if (process == 0) {
        answer.reset();
        const std::string message = run(experiment);
        for (std::size_t sent = 0; sent < message.size();) {
            const ssize_t written =
                write(to_parent.get(), message.data() + sent, message.size() - sent);
            if (written <= 0) {
                _exit(1);
            }
            sent += static_cast<std::size_t>(written);
        }
        _exit(0);
    }
    return {process, std::move(answer)};
}

std::string wait_for(const Child& child) {
    std::string message;
    std::array<char, 65'536> chunk{};
    for (;;) {
        const ssize_t got = read(child.answer.get(), chunk.data(), chunk.size());
        if (got <= 0 && (got == 0 || errno != EINTR)) {
            break;
        }
        message.append(chunk.data(), static_cast<std::size_t>(got > 0 ? got : 0));
    }
    int status = 0;
    while (waitpid(child.process, &status, 0) < 0 && errno == EINTR) {
    }
    return message;
}

Outcome read_message(const std::string& message) {
    std::vector<std::string> parts;
    std::istringstream stream{message};
    for (std::string part; std::getline(stream, part, kPart);) {
        parts.push_back(part);
    }
    parts.resize(std::max<std::size_t>(parts.size(), 3));
    if (parts[0] == "unavailable") {
        skip(parts[1]);
    }
    Outcome out{.agree = parts[0] == "agree", .text = parts[1], .calls = parts[2], .counters = {}};
    for (std::size_t i = 3; i < parts.size(); ++i) {
        const std::size_t space = parts[i].find(' ');
        out.counters.emplace_back(parts[i].substr(0, space), parts[i].substr(space + 1));
    }
    return out;
}

}  // namespace

std::string Experiment::name() const {
    std::string text = file;
    for (const auto& [parameter, value] : parameters) {
        text += ' ';
        text += parameter;
        text += '=';
        text += value;
    }
    return case_name ? text + " --case " + *case_name : text;
}

std::string Outcome::counter(const std::string& name) const {
    for (const auto& [each, value] : counters) {
        if (each == name) {
            return value;
        }
    }
    return "0";
}

std::vector<Outcome> side_by_side(const std::vector<Experiment>& experiments) {
    REQUIRE(experiments.size() <= kMostAtOnce);
    std::fflush(nullptr);
    std::vector<Child> children;
    children.reserve(experiments.size());
    for (const Experiment& experiment : experiments) {
        children.push_back(start(experiment));
    }
    std::vector<std::string> messages;
    messages.reserve(children.size());
    for (const Child& child : children) {
        messages.push_back(wait_for(child));
    }
    std::vector<Outcome> outcomes;
    outcomes.reserve(messages.size());
    for (const std::string& message : messages) {
        outcomes.push_back(read_message(message));
    }
    for (std::size_t i = 0; i < experiments.size(); ++i) {
        for (int again = 0; again < kMostRepeats && !outcomes[i].agree; ++again) {
            std::printf("made again: %s\n%s\n", experiments[i].name().c_str(),
                        outcomes[i].text.c_str());
            std::fflush(stdout);
            outcomes[i] = read_message(wait_for(start(experiments[i])));
        }
    }
    return outcomes;
}

}  // namespace synq::test
