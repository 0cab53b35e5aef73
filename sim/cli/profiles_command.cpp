#include "model/profile/profile.h"
#include "sim/cli/commands.h"
#include "sim/cli/print.h"

#include <fmt/format.h>

namespace synq {

int profiles() {
    return print(fmt::format("{}\n", fmt::join(profile_names(), "\n")));
}

}  // namespace synq
