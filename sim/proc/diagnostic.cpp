#include "sim/proc/diagnostic.h"

#include <algorithm>
#include <cstddef>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <vector>

namespace synq {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// How many slips of the hand a suggestion may bridge: short words resemble everything.
std::size_t tolerance(std::size_t length) {
    if (length <= 3) {
        return 1;
    }
    return length <= 6 ? 2 : 3;
}

/// Damerau-Levenshtein distance (restricted: a pair is transposed once), blind to case.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_previous(b.size() + 1);
    std::vector<std::size_t> previous(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) {
        row[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before_previous.swap(previous);
        previous.swap(row);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = lower(a[i - 1]) == lower(b[j - 1]);
            row[j] = std::min({previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (same ? 0 : 1)});
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                lower(a[i - 2]) == lower(b[j - 1])) {
                row[j] = std::min(row[j], before_previous[j - 2] + 1);
            }
        }
    }
    return row[b.size()];
}

}  // namespace

std::string to_string(const Diagnostic& diagnostic) {
    std::string out;
    if (!diagnostic.file.empty()) {
        out += diagnostic.file + ":";
    }
    if (diagnostic.pos.line > 0) {
        out += fmt::format("{}:", diagnostic.pos.line);
        if (diagnostic.pos.column > 0) {
            out += fmt::format("{}:", diagnostic.pos.column);
        }
    }
    out += (out.empty() ? "error: " : " error: ") + diagnostic.problem;
    if (!diagnostic.remedy.empty()) {
        out += " (" + diagnostic.remedy + ")";
    }
    return out;
}

std::string nearest(std::string_view word, std::span<const std::string_view> candidates) {
    std::string_view best;
    std::size_t best_distance = tolerance(word.size()) + 1;
    for (const std::string_view candidate : candidates) {
        const std::size_t longer = std::max(word.size(), candidate.size());
        const std::size_t shorter = std::min(word.size(), candidate.size());
        // The difference in length is a lower bound of the distance.
        if (longer - shorter >= best_distance) {
            continue;
        }
        const std::size_t distance = edit_distance(word, candidate);
        // A word of which nothing remains is not a misspelling of it.
        if (distance < best_distance && distance < longer) {
            best = candidate;
            best_distance = distance;
        }
    }
    return std::string(best);
}

std::string suggest(std::string_view word, std::span<const std::string_view> candidates,
                    std::string_view what) {
    if (candidates.empty()) {
        return {};
    }
    const std::string near = nearest(word, candidates);
    return fmt::format("{}{}: {}", near.empty() ? "" : fmt::format("did you mean '{}'? ", near),
                       what, fmt::join(candidates, ", "));
}

}  // namespace synq
