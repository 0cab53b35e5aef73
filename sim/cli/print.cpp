#include "sim/cli/print.h"

#include "sim/cli/exit_code.h"
#include "sim/cli/output.h"
#include "sim/cli/report.h"

namespace synq {

int print(std::string_view text, const std::string& path) {
    auto output = Output::open(path);
    if (!output) {
        return report_error(output.error());
    }
    output->write(text);
    if (const auto finished = output->finish(); !finished) {
        return report_error(finished.error());
    }
    return kDone;
}

}  // namespace synq
