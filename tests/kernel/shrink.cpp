#include "tests/kernel/shrink.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace synq::test {
namespace {

constexpr std::uint16_t kUsualWindow = 64'240;

/// Simpler forms of one step.
std::vector<Step> simpler(const Step& step) {
    std::vector<Step> out;
    const auto propose = [&](auto change) {
        Step other = step;
        change(other);
        out.push_back(other);
    };
    if (step.arrives) {
        propose([](Step& s) { s.options = {}; });
        propose([](Step& s) { s.options.mss = 0; });
        propose([](Step& s) { s.options.sack_permitted = false; });
        propose([](Step& s) { s.options.timestamps = false; });
        propose([](Step& s) { s.options.fast_open = {}; });
        propose([](Step& s) { s.options.window_scale = Options::kNoScale; });
        propose([](Step& s) { s.options.ts_ecr = 0; });
        propose([](Step& s) { s.window = kUsualWindow; });
        propose([](Step& s) { s.len = 0; });
        propose([](Step& s) { s.len = std::min(s.len, 5U); });
        propose([](Step& s) { s.flow = 0; });
        propose([](Step& s) { s.flags = Flags{static_cast<std::uint8_t>(s.flags.bits() & ~8U)}; });
    } else if (step.call == CallKind::Send || step.call == CallKind::Recv) {
        propose([](Step& s) { s.value = std::min<std::int64_t>(s.value, 5); });
    }
    std::erase_if(out, [&](const Step& each) {
        return each.options == step.options && each.window == step.window && each.len == step.len &&
               each.flow == step.flow && each.flags == step.flags && each.value == step.value;
    });
    return out;
}

}  // namespace

Script shrink(Script script, const std::function<bool(const Script&)>& fails) {
    for (bool better = true; better;) {
        better = false;
        for (std::size_t i = script.size(); i-- > 0;) {
            Script shorter = script;
            shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(i));
            if (fails(shorter)) {
                script = std::move(shorter);
                better = true;
            }
        }
        for (std::size_t i = 0; i < script.size(); ++i) {
            for (const Step& each : simpler(script[i])) {
                Script other = script;
                other[i] = each;
                if (fails(other)) {
                    script = std::move(other);
                    better = true;
                    break;
                }
            }
        }
    }
    return script;
}

}  // namespace synq::test
