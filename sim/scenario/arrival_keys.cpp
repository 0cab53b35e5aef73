#include "sim/scenario/arrival_keys.h"

#include <cstdint>
#include <fmt/format.h>
#include <string>

namespace synq {
namespace {

constexpr std::array<std::string_view, 2> kLaws{"constant", "poisson"};
constexpr std::int64_t kMostPerSecond = seconds(1).ns;

/// "20/s" is what people write first; here the second is understood.
bool names_the_second(LoadContext& context, const Section& section) {
    const Node* const rate = section.find("rate");
    if (rate == nullptr || rate->kind != Node::Kind::String || !rate->text.ends_with("/s")) {
        return false;
    }
    context.fail(rate->pos, "'rate' takes a plain number: so many a second",
                 "leave '/s' out; for less than one a second give 'every'");
    return true;
}

ArrivalLaw::Gaps load_gaps(LoadContext& context, Section& section) {
    const std::string law = section.text("arrivals").value_or("constant");
    if (law != "constant" && law != "poisson") {
        context.fail(section.pos("arrivals"), fmt::format("unknown arrivals '{}'", law),
                     suggest(law, kLaws, "arrivals"));
    }
    return law == "poisson" ? ArrivalLaw::Gaps::Exponential : ArrivalLaw::Gaps::Constant;
}

}  // namespace

std::optional<ArrivalLaw> load_arrivals(LoadContext& context, Section& section) {
    const bool rate_given = section.has("rate");
    if (rate_given && section.has("every")) {
        context.fail(section.pos("every"),
                     fmt::format("{} with both 'rate' and 'every'", section.title()),
                     "give one: 'rate' is how many a second, 'every' how far they are apart");
        return std::nullopt;
    }
    if (!rate_given && !section.has("every")) {
        if (section.has("arrivals")) {
            context.fail(section.pos("arrivals"), "'arrivals' without 'rate' or 'every'",
                         "say how many a second, or how far they are apart");
        }
        return std::nullopt;
    }
    ArrivalLaw law;
    law.gaps = load_gaps(context, section);
    if (rate_given) {
        if (names_the_second(context, section)) {
            return std::nullopt;
        }
        const auto rate = section.number("rate", 1, kMostPerSecond);
        law.every = seconds(1) / rate.value_or(1);
        return rate ? std::optional(law) : std::nullopt;
    }
    const auto every = section.duration("every");
    if (every && every->ns == 0) {
        context.fail(section.pos("every"), "'every' must be longer than 0s");
    }
    law.every = every.value_or(seconds(1));
    return context.failed() ? std::nullopt : std::optional(law);
}

}  // namespace synq
