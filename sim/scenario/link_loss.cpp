#include "sim/scenario/link_loss.h"

#include <cstdint>
#include <fmt/format.h>

namespace synq {
namespace {

constexpr std::int64_t kMillion = 1'000'000;

std::uint32_t parts(LoadContext& context, const Node& node) {
    return static_cast<std::uint32_t>(context.number(node, "loss_ppm", 0, kMillion).value_or(0));
}

}  // namespace

void load_loss(LoadContext& context, const Section& section, const Topology& topology,
               LinkSpec& link) {
    const Node* const node = section.find("loss_ppm");
    if (node == nullptr) {
        return;
    }
    if (node->kind == Node::Kind::Float) {
        context.fail(node->pos, "'loss_ppm' takes a plain number: so many packets of a million",
                     "1 % is 10_000");
        return;
    }
    if (node->kind != Node::Kind::Table) {
        link.loss_ppm_from_a = parts(context, *node);
        link.loss_ppm_from_b = link.loss_ppm_from_a;
        return;
    }
    for (const Node& each : node->children) {
        const auto from = topology.require(context, each.key_pos, each.key);
        if (from && *from != link.a && *from != link.b) {
            context.fail(each.key_pos, fmt::format("'{}' is not on this link", each.key));
        }
        (from == link.a ? link.loss_ppm_from_a : link.loss_ppm_from_b) = parts(context, each);
    }
}

}  // namespace synq
