// [[host]] as it is written, before links join hosts into one.
#pragma once

#include "model/wire/address.h"
#include "sim/scenario/section.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace synq {

inline constexpr std::size_t kMaxHosts = 250;

struct HostDraft {
    struct Setting {
        std::string name;  // full Linux name
        std::int64_t value = 0;
        SourcePos pos;
    };

    std::string name;
    SourcePos pos;
    std::optional<std::string> profile;
    SourcePos profile_pos;
    std::optional<IpAddress> address;
    SourcePos address_pos;
    std::vector<Setting> sysctls;
};

std::vector<HostDraft> load_hosts(LoadContext& context, const Section& top);

/// Fails unless there is such a profile.
void check_profile(LoadContext& context, SourcePos pos, std::string_view profile);

}  // namespace synq
