#include "sim/cli/report.h"

#include "sim/cli/exit_code.h"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <string>

namespace synq {
namespace {

void print_line(std::string line) {
    std::replace(line.begin(), line.end(), '\n', ' ');
    line += '\n';
    std::fputs(line.c_str(), stderr);
}

}  // namespace

int report_error(std::string_view problem) {
    print_line(fmt::format("synq: error: {}", problem));
    return kWrong;
}

int report_error(const Diagnostic& diagnostic) {
    std::string text = diagnostic.file;
    if (diagnostic.pos.line != 0) {
        text += fmt::format(":{}:{}", diagnostic.pos.line, diagnostic.pos.column);
    }
    text += text.empty() ? "" : ": ";
    text += diagnostic.problem;
    if (!diagnostic.remedy.empty()) {
        text += fmt::format(" ({})", diagnostic.remedy);
    }
    return report_error(text);
}

void report_note(std::string_view text) {
    print_line(fmt::format("synq: {}", text));
}

}  // namespace synq
