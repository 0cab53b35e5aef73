#include "sim/scenario/expectation_words.h"

#include "model/profile/mib.h"

#include <algorithm>
#include <fmt/format.h>
#include <string>
#include <vector>

namespace synq {
namespace {

/// The names of the enumerators from `first` to before `end`.
template <class Enum>
std::vector<std::string_view> names_of(int first, int end) {
    std::vector<std::string_view> names;
    for (int i = first; i < end; ++i) {
        names.push_back(name(static_cast<Enum>(i)));
    }
    return names;
}

}  // namespace

void check_counter(LoadContext& context, SourcePos pos, std::string_view counter) {
    const auto names = names_of<Mib>(0, kMibCount);
    if (std::find(names.begin(), names.end(), counter) == names.end()) {
        context.fail(pos, fmt::format("unknown counter '{}'", counter),
                     suggest(counter, names, "counters"));
    }
}

CallKind parse_call_kind(LoadContext& context, SourcePos pos, std::string_view call) {
    const auto names = names_of<CallKind>(0, kCallKindCount);
    const auto found = std::find(names.begin(), names.end(), call);
    if (found == names.end()) {
        context.fail(pos, fmt::format("unknown call '{}'", call), suggest(call, names, "calls"));
        return CallKind::Socket;
    }
    return static_cast<CallKind>(found - names.begin());
}

Errno parse_errno(LoadContext& context, SourcePos pos, std::string_view error) {
    const Errno known = errno_named(error);
    if (known == Errno::None && error != "none") {
        auto names = names_of<Errno>(1, static_cast<int>(Errno::Other) + 1);
        names.emplace_back("none");
        context.fail(pos, fmt::format("unknown errno '{}'", error), suggest(error, names, "known"));
    }
    return known;
}

State parse_ss_state(LoadContext& context, SourcePos pos, std::string_view state) {
    std::vector<std::string_view> names;
    for (int i = 0; i < kStateCount; ++i) {
        const auto known = static_cast<State>(i);
        if (ss_name(known) == state) {
            return known;
        }
        if (rfc_name(known) == state) {
            context.fail(pos, fmt::format("'{}' is the RFC's word", state),
                         fmt::format("ss calls it '{}'", ss_name(known)));
            return known;
        }
        if (std::find(names.begin(), names.end(), ss_name(known)) == names.end()) {
            names.push_back(ss_name(known));
        }
    }
    context.fail(pos, fmt::format("unknown state '{}'", state), suggest(state, names, "states"));
    return State::Closed;
}

}  // namespace synq
