// Where model and kernel are known to part. What stands here is left out of the comparisons, by
// name, until the model has learned it; then the name goes.
#pragma once

#include "tests/kernel/model_subject.h"
#include "tests/kernel/player.h"

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace synq::test {

struct KnownGap {
    std::string_view name;
    std::string_view reason;
};
std::span<const KnownGap> known_gaps();

/// Those that the environment opens: SYNQ_GAPS=all, or names with commas between them. An open gap
/// is compared like everything else.
std::set<std::string> open_gaps();

using GapNames = std::vector<std::string_view>;

/// Follows a script on the model and knows which steps would meet a gap.
class GapWatch {
  public:
    GapWatch(const ModelSubject& model, const Player& player) : model_(model), player_(player) {}

    /// Does the next step meet a gap that is not open?
    [[nodiscard]] bool meets_gap(const Step& step, const std::set<std::string>& open) const;
    /// A step has been played.
    void note();

    /// The numbers of the record that answers a flow, or the last that did.
    [[nodiscard]] Numbers numbers(int flow) const;

  private:
    [[nodiscard]] GapNames gaps_of_call(const Step& step) const;
    [[nodiscard]] GapNames gaps_of_arrival(const Step& step) const;

    const ModelSubject& model_;
    const Player& player_;
    std::set<int> connected_;      // flows that have had a full record
    std::map<int, Numbers> last_;  // by flow
};

}  // namespace synq::test
