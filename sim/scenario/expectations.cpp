#include "sim/scenario/expectations.h"

#include "sim/scenario/condition.h"
#include "sim/scenario/expectation_text.h"
#include "sim/scenario/expectation_words.h"
#include "sim/scenario/flags_text.h"
#include "sim/scenario/host_port.h"
#include "sim/scenario/process_names.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <limits>
#include <optional>
#include <utility>

namespace synq {
namespace {

constexpr std::array<std::string_view, 19> kExpectKeys{
    "when",     "counter", "call",  "accept_queue_max", "request_queue_max", "segments", "sockets",
    "admitted", "at",      "host",  "process",          "listener",          "equals",   "min",
    "max",      "result",  "errno", "ends_min",         "ends_max"};

/// A subject's key and the keys that go with it.
struct SubjectKeys {
    std::string_view key;
    Expectation::Subject subject;
    std::array<std::string_view, 8> companions;
};
constexpr std::array<SubjectKeys, 7> kSubjects{{
    {"counter", Expectation::Subject::Counter, {"host", "equals", "min", "max"}},
    {"call",
     Expectation::Subject::CallsOf,
     {"process", "result", "errno", "ends_min", "ends_max", "equals", "min", "max"}},
    {"accept_queue_max", Expectation::Subject::AcceptQueue, {"listener"}},
    {"request_queue_max", Expectation::Subject::RequestQueue, {"listener"}},
    {"segments", Expectation::Subject::Segments, {"host", "equals", "min", "max"}},
    {"admitted", Expectation::Subject::Admitted, {"equals", "min", "max"}},
    {"sockets", Expectation::Subject::Sockets, {"host", "at", "equals", "min", "max"}},
}};

constexpr std::array<std::string_view, 2> kLimitKeys{"min", "max"};
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

class ExpectationLoader {
  public:
    ExpectationLoader(LoadContext& context, const Node& table, const ExpectationScope& scope)
        : context_(context),
          section_(context, table, "[[expect]]", kExpectKeys),
          scope_(scope),
          active_(scope.active) {
        expectation_.pos = table.pos;
    }

    void run(std::vector<Expectation>& out) {
        when();
        const SubjectKeys* const subject = find_subject();
        if (subject == nullptr) {
            return;
        }
        check_companions(*subject);
        expectation_.subject = subject->subject;
        switch (subject->subject) {
            case Expectation::Subject::Counter:
                counter();
                break;
            case Expectation::Subject::CallsOf:
                calls();
                break;
            case Expectation::Subject::AcceptQueue:
            case Expectation::Subject::RequestQueue:
                queue(subject->key);
                break;
            case Expectation::Subject::Segments:
                segments();
                break;
            case Expectation::Subject::Admitted:
                admitted();
                break;
            case Expectation::Subject::Sockets:
                sockets();
                break;
        }
        check_limits();
        expectation_.text = expectation_text(expectation_);
        if (active_ && !context_.failed()) {
            out.push_back(std::move(expectation_));
        }
    }

  private:
    void when() {
        const Node* const node = section_.find("when");
        const auto text = section_.text("when");
        if (!text) {
            return;
        }
        auto holds =
            evaluate_condition(*text, node->origin, Scope{.parameters = &context_.parameters});
        if (!holds) {
            context_.fail(holds.error().pos, std::move(holds.error().problem),
                          std::move(holds.error().remedy));
            return;
        }
        active_ = active_ && *holds;
    }

    const SubjectKeys* find_subject() {
        const SubjectKeys* found = nullptr;
        for (const SubjectKeys& subject : kSubjects) {
            if (!section_.has(subject.key)) {
                continue;
            }
            if (found != nullptr) {
                context_.fail(
                    section_.pos(subject.key),
                    fmt::format("[[expect]] with both '{}' and '{}'", found->key, subject.key),
                    "write one [[expect]] for each");
                return nullptr;
            }
            found = &subject;
        }
        if (found == nullptr) {
            context_.fail(section_.pos(), "[[expect]] does not say of what",
                          "give one of: counter, call, accept_queue_max, request_queue_max, "
                          "segments, sockets, admitted");
        }
        return found;
    }

    void check_companions(const SubjectKeys& subject) {
        for (const std::string_view key : kExpectKeys) {
            const bool allowed = key == "when" || key == subject.key ||
                                 std::find(subject.companions.begin(), subject.companions.end(),
                                           key) != subject.companions.end();
            if (!allowed && section_.has(key)) {
                context_.fail(
                    section_.find(key)->key_pos,
                    fmt::format("'{}' does not go with '{}'", key, subject.key),
                    fmt::format("with '{}' go: {}", subject.key, joined_keys(subject.companions)));
            }
        }
    }

    void read_limits(Section& section) {
        expectation_.min = section.number("min", kMin, kMax);
        expectation_.max = section.number("max", kMin, kMax);
        limits_pos_ = section.pos("min");
    }

    void value_limits() {
        read_limits(section_);
        expectation_.equals = section_.number("equals", kMin, kMax);
    }

    void need_limits() {
        if (!expectation_.equals && !expectation_.min && !expectation_.max) {
            context_.fail(section_.pos(), "[[expect]] promises nothing",
                          "give 'equals', 'min' or 'max'");
        }
    }

    void check_limits() {
        if (expectation_.equals && (expectation_.min || expectation_.max)) {
            context_.fail(section_.pos("equals"), "'equals' does not go with 'min' and 'max'");
        }
        const bool crossed =
            (expectation_.min && expectation_.max && *expectation_.min > *expectation_.max);
        const bool times_crossed = expectation_.ends_min && expectation_.ends_max &&
                                   *expectation_.ends_min > *expectation_.ends_max;
        if (active_ && (crossed || times_crossed)) {
            context_.fail(crossed ? limits_pos_ : section_.pos("ends_min"),
                          "the lower limit is above the upper one");
        }
    }

    void host() {
        section_.require("host");
        const std::string name = section_.text("host").value_or("");
        if (const auto found = scope_.topology.require(context_, section_.pos("host"), name)) {
            expectation_.host = scope_.topology.hosts[*found].name;
        }
    }

    void counter() {
        expectation_.counter = section_.text("counter").value_or("");
        check_counter(context_, section_.pos("counter"), expectation_.counter);
        host();
        value_limits();
        need_limits();
    }

    void calls() {
        const std::string call = section_.text("call").value_or("");
        expectation_.call = parse_call_kind(context_, section_.pos("call"), call);
        process();
        value_limits();
        expectation_.result = section_.number("result", kMin, kMax);
        expectation_.ends_min = section_.duration("ends_min");
        expectation_.ends_max = section_.duration("ends_max");
        if (const auto text = section_.text("errno")) {
            expectation_.error = parse_errno(context_, section_.pos("errno"), *text);
        }
        const bool selects = expectation_.result || expectation_.error || expectation_.ends_min ||
                             expectation_.ends_max;
        if (!selects && !expectation_.equals && !expectation_.min && !expectation_.max) {
            context_.fail(section_.pos(), "[[expect]] promises nothing",
                          "give result, errno, ends_min or ends_max, or how many calls there are");
        }
    }

    void process() {
        section_.require("process");
        const std::string wanted = section_.text("process").value_or("");
        expectation_.process = wanted;
        check_process_name(context_, section_.pos("process"), scope_.processes, wanted, active_);
    }

    /// The value is the longest queue, or a table of limits for it.
    void queue(std::string_view key) {
        const Node& node = *section_.find(key);
        if (node.kind == Node::Kind::Table) {
            Section limits(context_, node, std::string(key), kLimitKeys);
            read_limits(limits);
            need_limits();
        } else {
            expectation_.equals = context_.number(node, key, kMin, kMax);
        }
        section_.require("listener");
        listener(section_.text("listener").value_or(""));
    }

    void listener(const std::string& text) {
        const auto found = parse_host_port(context_, scope_.topology, section_.pos("listener"),
                                           text, "a listener");
        if (found) {
            expectation_.host = scope_.topology.hosts[found->host].name;
            expectation_.port = found->port;
        }
    }

    void segments() {
        const std::string flags = section_.text("segments").value_or("");
        expectation_.flags =
            parse_flags(context_, section_.pos("segments"), flags).value_or(Flags{});
        host();
        value_limits();
        need_limits();
    }

    void admitted() {
        expectation_.flood = section_.text("admitted").value_or("");
        std::vector<std::string_view> names;
        names.reserve(scope_.floods.size());
        for (const FloodSpec& flood : scope_.floods) {
            names.emplace_back(flood.name);
        }
        if (std::find(names.begin(), names.end(), expectation_.flood) == names.end()) {
            context_.fail(section_.pos("admitted"),
                          fmt::format("there is no flood '{}'", expectation_.flood),
                          suggest(expectation_.flood, names, "floods"));
        }
        value_limits();
        need_limits();
    }

    void sockets() {
        expectation_.state = parse_ss_state(context_, section_.pos("sockets"),
                                            section_.text("sockets").value_or(""));
        host();
        section_.require("at");
        expectation_.at = section_.duration("at").value_or(Duration{});
        if (active_ && std::find(scope_.table_times.begin(), scope_.table_times.end(),
                                 expectation_.at) == scope_.table_times.end()) {
            context_.fail(section_.pos("at"), "no table of sockets is taken at this time",
                          "add it to run.tables");
        }
        value_limits();
        need_limits();
    }

    LoadContext& context_;
    Section section_;
    const ExpectationScope& scope_;
    Expectation expectation_;
    SourcePos limits_pos_;
    bool active_;
};

}  // namespace

void load_expectations(LoadContext& context, const Section& section, const ExpectationScope& scope,
                       std::vector<Expectation>& out) {
    for (const Node* const table : tables_of(context, section, "expect")) {
        ExpectationLoader(context, *table, scope).run(out);
    }
}

}  // namespace synq
