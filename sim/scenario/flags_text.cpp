#include "sim/scenario/flags_text.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace synq {
namespace {

struct NamedFlag {
    std::string_view name;
    Flags flag;
};
constexpr std::array<NamedFlag, 5> kFlags{
    {{"FIN", kFin}, {"SYN", kSyn}, {"RST", kRst}, {"PSH", kPsh}, {"ACK", kAck}}};

}  // namespace

std::optional<Flags> parse_flags(LoadContext& context, SourcePos pos, std::string_view text) {
    Flags flags;
    std::string_view rest = text;
    while (true) {
        const std::size_t plus = std::min(rest.find('+'), rest.size());
        const std::string_view word = rest.substr(0, plus);
        const auto* const found = std::find_if(
            kFlags.begin(), kFlags.end(), [&](const NamedFlag& flag) { return flag.name == word; });
        if (found == kFlags.end()) {
            context.fail(pos, fmt::format("'{}' are not flags of a segment", text),
                         "join FIN, SYN, RST, PSH and ACK by '+', as in \"SYN+ACK\"");
            return std::nullopt;
        }
        flags = flags | found->flag;
        if (plus == rest.size()) {
            return flags;
        }
        rest.remove_prefix(plus + 1);
    }
}

}  // namespace synq
