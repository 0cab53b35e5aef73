#include "sim/kernel/mib_files.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <iterator>
#include <sstream>
#include <vector>

namespace synq {
namespace {

/// The group's words, without its name, of the line after `from` that starts with the name.
std::vector<std::string> words_of_line(std::string_view file, std::string_view prefix,
                                       std::size_t& from) {
    while (from < file.size()) {
        const std::size_t stop = std::min(file.find('\n', from), file.size());
        const std::string_view line = file.substr(from, stop - from);
        from = stop + 1;
        if (line.starts_with(prefix)) {
            std::istringstream words{std::string{line.substr(prefix.size())}};
            return {std::istream_iterator<std::string>{words}, {}};
        }
    }
    return {};
}

bool is_counter(std::string_view name) {
    static constexpr std::array<std::string_view, 5> kNotCounters{"RtoAlgorithm", "RtoMin",
                                                                  "RtoMax", "MaxConn", "CurrEstab"};
    return std::find(kNotCounters.begin(), kNotCounters.end(), name) == kNotCounters.end();
}

}  // namespace

bool parse_counters(std::string_view file, std::string_view group, CounterMap& into) {
    const std::string prefix = std::string{group} + ":";
    std::size_t at = 0;
    const std::vector<std::string> names = words_of_line(file, prefix, at);
    const std::vector<std::string> values = words_of_line(file, prefix, at);
    if (names.empty() || names.size() != values.size()) {
        return false;
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
        std::uint64_t value = 0;
        const std::string& text = values[i];
        if (is_counter(names[i]) &&
            std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc{}) {
            into[names[i]] = value;
        }
    }
    return true;
}

std::expected<CounterMap, std::string> read_counters() {
    CounterMap counters;
    for (const auto& [name, group] : {std::pair{"snmp", "Tcp"}, std::pair{"netstat", "TcpExt"}}) {
        const std::string path = std::string{"/proc/thread-self/net/"} + name;
        std::ifstream stream{path};
        const std::string text{std::istreambuf_iterator<char>{stream}, {}};
        if (!parse_counters(text, group, counters)) {
            return std::unexpected(path + " has no readable group " + group);
        }
    }
    return counters;
}

CounterMap counter_changes(const CounterMap& before, const CounterMap& after) {
    CounterMap changes;
    for (const auto& [name, value] : after) {
        const auto found = before.find(name);
        const std::uint64_t was = found == before.end() ? 0 : found->second;
        if (value != was) {
            changes[name] = value - was;
        }
    }
    return changes;
}

}  // namespace synq
