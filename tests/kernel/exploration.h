// Random scripts near the edges of every test that TCP makes, and their shrinking.
#pragma once

#include "sim/des/random.h"
#include "tests/kernel/model_subject.h"
#include "tests/kernel/player.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace synq::test {

/// Kinds of steps that are left out because model and kernel are known to part there.
struct KnownGap {
    std::string_view name;
    std::string_view reason;
};
std::span<const KnownGap> known_gaps();

/// Makes one script; the model plays along, so that the numbers fall where they matter.
class ScriptMaker {
  public:
    /// `open_gaps`: names of known gaps whose steps are made all the same.
    ScriptMaker(RandomStream& random, const std::set<std::string>& open_gaps);

    Script make();

  private:
    void add(const Step& step);
    void begin_passive();
    void begin_active();
    Step random_step();
    Step random_arrival();
    Step random_call();
    [[nodiscard]] std::string_view gap_of(const Step& step) const;
    [[nodiscard]] bool both_directions_shut(const Step& step) const;

    [[nodiscard]] Numbers numbers(int flow) const;
    [[nodiscard]] std::uint32_t near_seq(const Numbers& now, std::uint32_t len);
    [[nodiscard]] std::uint32_t near_ack(const Numbers& now, int flow);
    Options random_offer();
    Options options_for(Flags flags, int flow);
    template <class T, std::size_t N>
    T one_of(const T (&choices)[N]) {
        return choices[random_.uniform(N)];
    }

    RandomStream& random_;
    const std::set<std::string>& open_gaps_;
    ModelSubject model_;
    Player player_;
    Script script_;
    std::map<int, Options> offered_;             // by each flow's peer
    std::map<int, Numbers> last_;                // by flow
    std::map<int, std::set<ShutdownHow>> shut_;  // by socket
    std::uint32_t ts_val_ = 1'000;
    std::int64_t sent_octets_ = 0;
};

/// Leaves out and simplifies steps as long as `fails` still holds.
Script shrink(Script script, const std::function<bool(const Script&)>& fails);

}  // namespace synq::test
