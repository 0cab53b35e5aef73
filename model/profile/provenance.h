// Where a profile's rules come from, and how sure they are.
#pragma once

#include <cstdint>
#include <string_view>

namespace synq {

enum class Confidence : std::uint8_t {
    Measured,      // the kernel itself was asked
    ReadInSource,  // from the stack's source code, not run
    Documented,    // from its maker's documents
    OldDocuments,  // from documents of systems no longer made
    Standard,      // what the RFCs ask
};
std::string_view name(Confidence confidence);

struct Provenance {
    std::string_view title;  // what the profile is, in a few words
    std::string_view alias;  // another name for it; empty: none
    Confidence confidence = Confidence::ReadInSource;
    std::string_view year;     // of the system described
    std::string_view sources;  // separated by "; "
    std::string_view unsure;   // what is assumed, or not modelled; sentences
};

}  // namespace synq
