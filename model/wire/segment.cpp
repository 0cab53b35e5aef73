#include "model/wire/segment.h"

#include <array>
#include <string_view>

namespace synq {
namespace {

struct FlagText {
    std::uint8_t bit;
    std::string_view text;
};

// The order in which people say them: what opens or ends a connection first.
constexpr std::array<FlagText, 8> kNames{{{0x02, "SYN"},
                                          {0x01, "FIN"},
                                          {0x04, "RST"},
                                          {0x10, "ACK"},
                                          {0x08, "PSH"},
                                          {0x20, "URG"},
                                          {0x40, "ECE"},
                                          {0x80, "CWR"}}};

// The order of tcpdump.
constexpr std::array<FlagText, 8> kTcpdumpLetters{{{0x01, "F"},
                                                   {0x02, "S"},
                                                   {0x04, "R"},
                                                   {0x08, "P"},
                                                   {0x10, "."},
                                                   {0x20, "U"},
                                                   {0x40, "E"},
                                                   {0x80, "W"}}};

std::string joined(Flags flags, const std::array<FlagText, 8>& texts, std::string_view separator,
                   std::string_view if_none) {
    std::string out;
    for (const FlagText& flag : texts) {
        if ((flags.bits() & flag.bit) == 0) {
            continue;
        }
        if (!out.empty()) {
            out += separator;
        }
        out += flag.text;
    }
    return out.empty() ? std::string(if_none) : out;
}

}  // namespace

std::string flag_names(Flags flags) {
    return joined(flags, kNames, "+", "NONE");
}

std::string tcpdump_flags(Flags flags) {
    return joined(flags, kTcpdumpLetters, "", "none");
}

}  // namespace synq
