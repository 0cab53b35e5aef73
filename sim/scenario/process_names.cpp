#include "sim/scenario/process_names.h"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>
#include <vector>

namespace synq {
namespace {

bool is_group(const Processes& processes, const std::string& name) {
    return std::find(processes.groups.begin(), processes.groups.end(), name) !=
           processes.groups.end();
}

bool is_number(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

void check_process_name(LoadContext& context, SourcePos pos, const Processes& processes,
                        const std::string& wanted, bool chosen) {
    const auto named = [&](const ProcessSpec& process) { return process.name == wanted; };
    if (is_group(processes, wanted) ||
        std::any_of(processes.all.begin(), processes.all.end(), named)) {
        return;
    }
    const std::string group = wanted.substr(0, wanted.find('.'));
    const auto count =
        std::count_if(processes.all.begin(), processes.all.end(),
                      [&](const ProcessSpec& process) { return process.group == group; });
    const bool counted =
        std::any_of(processes.all.begin(), processes.all.end(), [&](const ProcessSpec& process) {
            return process.group == group && process.name != group;
        });
    if (!is_group(processes, group) || (!counted && count != 0)) {
        const std::vector<std::string_view> groups(processes.groups.begin(),
                                                   processes.groups.end());
        context.fail(pos, fmt::format("there is no process '{}'", wanted),
                     suggest(wanted, groups, "processes"));
    } else if (chosen || !is_number(wanted.substr(group.size() + 1))) {
        context.fail(pos, fmt::format("there is no process '{}'", wanted),
                     count == 0
                         ? "its count is 0"
                         : fmt::format("its instances are {0}.0 to {0}.{1}", group, count - 1));
    }
}

}  // namespace synq
