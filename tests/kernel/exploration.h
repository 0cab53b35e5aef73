// Random scripts near the edges of every test that TCP makes.
#pragma once

#include "sim/des/random.h"
#include "tests/kernel/known_gaps.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace synq::test {

/// Makes one script; the model plays along, so that the numbers fall where they matter.
class ScriptMaker {
  public:
    /// `open_gaps`: known gaps whose steps are made all the same.
    ScriptMaker(RandomStream& random, const std::set<std::string>& open_gaps,
                const Settings& settings);

    Script make();
    /// False when the script meets a known gap that is not open.
    bool replay(const Script& script);

  private:
    void add(const Step& step);
    void begin_passive();
    void begin_active();
    void begin_crowded();
    void begin_with_heir();
    void begin_fast();
    Step peer_syn(int flow);
    Step peer_ack(int flow);
    Step random_step();
    Step random_arrival();
    Step random_call();
    [[nodiscard]] bool known_gap(const Step& step) const;

    std::uint32_t near_seq(const Numbers& now, std::uint32_t len);
    std::uint32_t near_ack(const Numbers& now, int flow);
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
    GapWatch watch_;
    Script script_;
    bool fast_open_;                  // listeners take text in a SYN
    std::map<int, Options> offered_;  // by each flow's peer
    std::uint32_t ts_val_ = 1'000;
    std::int64_t sent_octets_ = 0;
};

}  // namespace synq::test
