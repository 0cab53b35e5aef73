#include "tests/kernel/known_gaps.h"

#include "model/fsm/segments.h"
#include "tests/csv.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace synq::test {
namespace {

constexpr std::uint32_t kMostSackOctets = 36;
constexpr Duration kShortRoundTrip = milliseconds(1);

constexpr std::array kGaps{
    KnownGap{"burst-by-round-trip",
             "how many segments leave at once depends on the measured round trip, which the clock "
             "in a cookie's timestamp makes up"},
    KnownGap{"congestion-window",
             "near ten segments in flight, or more than five at once after acknowledgments: the "
             "congestion window, and what Linux defers because of it, are not modelled"},
    KnownGap{"deferred-burst",
             "before the first RTT sample Linux keeps back a packet of several segments where less "
             "than a third of the window is left; the model sends what fits"},
    KnownGap{
        "cookie-by-chance",
        "an echo of what is no SYN-ACK's timestamp, where a cookie is looked for: its low bits "
        "name options by chance"},
};

}  // namespace

std::span<const KnownGap> known_gaps() {
    return kGaps;
}

std::set<std::string> open_gaps() {
    const char* const setting = std::getenv("SYNQ_GAPS");
    const std::string text = setting == nullptr ? "" : setting;
    const auto named = split(text, ',');
    std::set<std::string> out;
    for (const KnownGap& gap : kGaps) {
        if (text == "all" || std::find(named.begin(), named.end(), gap.name) != named.end()) {
            out.emplace(gap.name);
        }
    }
    return out;
}

void GapWatch::note() {
    for (int flow = 0; flow < Player::kFlows; ++flow) {
        last_[flow] = numbers(flow);
        if (model_.connection_at(model_.flow(flow)) != nullptr) {
            connected_.insert(flow);
        }
    }
}

Numbers GapWatch::numbers(int flow) const {
    const auto known = last_.find(flow);
    const Seq iss = player_.host_iss(flow);
    const Numbers last = known == last_.end()
                             ? Numbers{.una = iss, .nxt = iss + 1, .rcv_nxt = Player::kPeerIss + 1}
                             : known->second;
    return model_.numbers(model_.flow(flow)).value_or(last);
}

GapNames GapWatch::gaps_of_call(const Step& step) const {
    GapNames out;
    const Connection* const conn = model_.connection_of(step.socket);
    if (conn == nullptr) {
        return out;
    }
    if (step.call == CallKind::Send && step.value > 0) {
        const std::uint32_t mss = segment_payload(*conn) - kMostSackOctets;
        const auto pending = static_cast<std::uint32_t>(conn->snd.queued - conn->snd.una) +
                             static_cast<std::uint32_t>(step.value);
        const bool acknowledged = conn->snd.una - conn->snd.iss > 1;
        if (pending > 6 * mss || (acknowledged && pending > 5 * mss)) {
            out.emplace_back("congestion-window");
        }
        if (!conn->rtt.has_sample() && conn->snd.wnd > 3 * mss && pending > conn->snd.wnd / 3 * 2) {
            out.emplace_back("deferred-burst");
        }
        if (conn->rtt.srtt() > kShortRoundTrip && pending > 2 * mss) {
            out.emplace_back("burst-by-round-trip");
        }
    }
    return out;
}

GapNames GapWatch::gaps_of_arrival(const Step& step) const {
    GapNames out;
    const auto add = [&](bool met, std::string_view gap) {
        if (met) {
            out.push_back(gap);
        }
    };
    const FlowKey flow = model_.flow(step.flow);
    const State state = model_.state_of(flow);
    add(state == State::Closed && step.flags.ack() && step.options.timestamps &&
            connected_.contains(step.flow),
        "cookie-by-chance");
    return out;
}

bool GapWatch::meets_gap(const Step& step, const std::set<std::string>& open) const {
    const GapNames gaps = step.arrives ? gaps_of_arrival(step) : gaps_of_call(step);
    return std::any_of(gaps.begin(), gaps.end(),
                       [&](std::string_view gap) { return !open.contains(std::string{gap}); });
}

}  // namespace synq::test
