// Segments: per flow the exact sequence of both directions, and each one's distance in time from
// the transmission before it.
#include "sim/diff/compare_parts.h"

#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <iterator>
#include <optional>
#include <utility>

namespace synq {
namespace {

/// A bare ACK of data or of a FIN that the process' own next segment, soon after, repeats. Whether
/// it goes out depends on which comes first, the tick that ends the delay or the process: a
/// connection that has received no data delays by no time at all (Linux tcp_send_delayed_ack with
/// ato 0), so its ACK leaves at the next tick unless the process closes before that.
bool tick_decides(const Flow& flow, std::size_t i, Duration soon) {
    const FlowSegment& ack = flow.segments[i];
    if (ack.segment.flags != kAck || ack.segment.len != 0) {
        return false;
    }
    const auto begin = flow.segments.begin();
    const auto here = begin + static_cast<std::ptrdiff_t>(i);
    const auto other_way = [&](const FlowSegment& each) {
        return each.from_client != ack.from_client;
    };
    const auto before =
        std::find_if(std::make_reverse_iterator(here), flow.segments.rend(), other_way);
    const auto after = std::find_if_not(here + 1, flow.segments.end(), other_way);
    return before != flow.segments.rend() && after != flow.segments.end() &&
           !before->segment.flags.syn() && before->segment.length() > 0 &&
           after->segment.seq == ack.segment.seq && after->segment.ack == ack.segment.ack &&
           after->t - ack.t <= soon;
}

class FlowComparison {
  public:
    FlowComparison(const Sides& sides, std::string label, Comparison how, DiffReport& report)
        : sides_(sides), label_(std::move(label)), how_(how), report_(report) {}

    /// Returns how many ACKs more the kernel's client and server sent because a tick was first.
    std::array<int, 2> run(const Flow& model, const Flow& kernel) {
        ++report_.scope.flows;
        report_.scope.segments += kernel.segments.size();
        const Alignment aligned = align(model, kernel);
        compare_times(model, kernel, aligned.same);
        const bool ours_left = aligned.model < model.segments.size();
        const bool theirs_left = aligned.kernel < kernel.segments.size();
        if ((ours_left && theirs_left) ||
            ((ours_left || theirs_left) && !rest_is_cut_off(model, kernel, aligned))) {
            add_row(report_,
                    {fmt::format("{} segment {}", label_, aligned.kernel + 1), how_,
                     text_at(model, aligned.model), text_at(kernel, aligned.kernel), false});
        } else {
            add_row(report_, {label_ + " segments", aligned.skipped ? Comparison::Set : how_,
                              fmt::format("{} segments", aligned.model),
                              fmt::format("{} segments", aligned.kernel), true});
        }
        return aligned.more_acks;
    }

    /// Nothing to compare with: the other world has no such flow.
    void run_alone(const Flow* model, const Flow* kernel) {
        ++report_.scope.flows;
        const auto text = [](const Flow* flow) {
            return flow == nullptr ? std::string{"absent"}
                                   : fmt::format("{} segments", flow->segments.size());
        };
        add_row(report_, {label_ + " flow", how_, text(model), text(kernel), false});
    }

  private:
    /// Which segment of the model's stands beside which of the kernel's.
    struct Alignment {
        std::vector<std::pair<std::size_t, std::size_t>> same;
        std::size_t model = 0;  // the first that is not aligned
        std::size_t kernel = 0;
        std::array<int, 2> more_acks{};  // the kernel's, by the client and by the server
        bool skipped = false;            // something, or something stood in another order
    };

    [[nodiscard]] Alignment align(const Flow& model, const Flow& kernel) const {
        const Duration soon = jiffy(sides_.options.hz) + sides_.options.user_margin;
        Alignment out;
        while (out.model < model.segments.size() && out.kernel < kernel.segments.size()) {
            if (signature(model.segments[out.model]) == signature(kernel.segments[out.kernel])) {
                out.same.emplace_back(out.model++, out.kernel++);
            } else if (crossed(model, out.model, kernel, out.kernel)) {
                out.same.emplace_back(out.model, out.kernel + 1);
                out.same.emplace_back(out.model + 1, out.kernel);
                out.model += 2;
                out.kernel += 2;
                out.skipped = true;
            } else if (tick_decides(kernel, out.kernel, soon)) {
                ++out.more_acks[kernel.segments[out.kernel].from_client ? 0 : 1];
                ++out.kernel;
                out.skipped = true;
            } else if (tick_decides(model, out.model, soon)) {
                --out.more_acks[model.segments[out.model].from_client ? 0 : 1];
                ++out.model;
                out.skipped = true;
            } else {
                break;
            }
        }
        return out;
    }

    /// True when two segments passed each other on their way: neither end knew of the other's when
    /// it sent, so that their order is nobody's decision.
    [[nodiscard]] bool crossed(const Flow& model, std::size_t i, const Flow& kernel,
                               std::size_t k) const {
        return i + 1 < model.segments.size() && k + 1 < kernel.segments.size() &&
               signature(model.segments[i]) == signature(kernel.segments[k + 1]) &&
               signature(model.segments[i + 1]) == signature(kernel.segments[k]) &&
               passed_each_other(*sides_.model.trace, model, i) &&
               passed_each_other(*sides_.kernel.trace, kernel, k);
    }

    static bool passed_each_other(const Trace& trace, const Flow& flow, std::size_t i) {
        const FlowSegment& first = flow.segments[i];
        const FlowSegment& second = flow.segments[i + 1];
        return first.from_client != second.from_client &&
               second.t < trace.segments[first.index].arrived;
    }

    void compare_times(const Flow& model, const Flow& kernel,
                       const std::vector<std::pair<std::size_t, std::size_t>>& same) {
        WorstTime times;
        for (std::size_t i = 1; i < same.size(); ++i) {
            const auto [our_before, their_before] = same[reference(kernel, same, i)];
            const auto [our_now, their_now] = same[i];
            const Duration ours = model.segments[our_now].t - model.segments[our_before].t;
            const Duration theirs = kernel.segments[their_now].t - kernel.segments[their_before].t;
            times.add(fmt::format("segment {} {}", their_now + 1,
                                  flag_names(kernel.segments[their_now].segment.flags)),
                      ours, theirs,
                      tolerance(kernel, their_now, their_before, std::min(ours, theirs)));
        }
        if (times.any()) {
            add_row(report_, times.row(label_ + " intervals"));
        }
    }

    /// The transmission that an interval is measured from: a retransmission's timer was armed by
    /// the previous one in its own direction that wants an answer, anything else follows what the
    /// flow did last.
    static std::size_t reference(const Flow& kernel,
                                 const std::vector<std::pair<std::size_t, std::size_t>>& same,
                                 std::size_t i) {
        const FlowSegment& segment = kernel.segments[same[i].second];
        for (std::size_t k = i; segment.repeated && k-- > 0;) {
            const FlowSegment& before = kernel.segments[same[k].second];
            if (before.from_client == segment.from_client && before.segment.length() > 0) {
                return k;
            }
        }
        return i - 1;
    }

    /// A timer was armed for no longer than the shorter of the two intervals: it is late, never
    /// early. What is neither a timer's work nor an answer at once is a process' doing, and is
    /// off by what that process had gathered.
    [[nodiscard]] Duration tolerance(const Flow& kernel, std::size_t i, std::size_t before,
                                     Duration interval) const {
        const DiffOptions& options = sides_.options;
        const FlowSegment& now = kernel.segments[i];
        const bool at_once = now.t - kernel.segments[before].t <= kBurstGap;
        if (now.repeated || at_once) {
            return wheel_granule(interval, options.hz) + jiffy(options.hz) + options.kernel_margin;
        }
        return sides_.tolerances.segments[now.index] +
               sides_.tolerances.segments[kernel.segments[before].index] + jiffy(options.hz) +
               options.user_margin;
    }

    /// One flow goes on where the other ends, so late that the other's run may have been over.
    [[nodiscard]] bool rest_is_cut_off(const Flow& model, const Flow& kernel,
                                       const Alignment& aligned) const {
        if (aligned.kernel < kernel.segments.size()) {
            const FlowSegment& next = kernel.segments[aligned.kernel];
            return sides_.may_be_cut_off(next.t, sides_.tolerances.segments[next.index]);
        }
        const FlowSegment& next = model.segments[aligned.model];
        Duration gathered;
        if (!aligned.same.empty()) {
            const auto [ours, theirs] = aligned.same.back();
            gathered = sides_.tolerances.segments[kernel.segments[theirs].index] +
                       wheel_granule(next.t - model.segments[ours].t, sides_.options.hz);
        }
        return sides_.may_be_cut_off(next.t, gathered);
    }

    static std::string text_at(const Flow& flow, std::size_t i) {
        return i < flow.segments.size() ? signature(flow.segments[i]) : "none";
    }

    const Sides& sides_;
    std::string label_;
    Comparison how_;
    DiffReport& report_;
};

std::optional<std::size_t> host_at(const Trace& trace, const IpAddress& address) {
    const auto found = std::find(trace.addresses.begin(), trace.addresses.end(), address);
    return found == trace.addresses.end()
               ? std::nullopt
               : std::optional{static_cast<std::size_t>(found - trace.addresses.begin())};
}

/// The hosts of a flow's client and server. Over loopback they are the same.
std::array<std::size_t, 2> hosts_of(const Trace& trace, const Flow& flow) {
    const std::size_t client = flow.process ? trace.processes[*flow.process].host
                                            : host_at(trace, flow.client.address).value_or(0);
    return {client, flow.server.address.is_loopback()
                        ? client
                        : host_at(trace, flow.server.address).value_or(client)};
}

class FlowLists {
  public:
    FlowLists(const Sides& sides, DiffReport& report) : sides_(sides), report_(report) {
        more_.sent.resize(sides.kernel.trace->hosts.size());
        more_.received.resize(sides.kernel.trace->hosts.size());
    }

    void compare(const std::vector<const Flow*>& model, const std::vector<const Flow*>& kernel,
                 const std::string& label, Comparison how) {
        const std::size_t count = std::max(model.size(), kernel.size());
        for (std::size_t i = 0; i < count; ++i) {
            FlowComparison comparison{sides_, i == 0 ? label : fmt::format("{} #{}", label, i + 1),
                                      how, report_};
            if (i < model.size() && i < kernel.size()) {
                add(comparison.run(*model[i], *kernel[i]), *kernel[i]);
            } else {
                comparison.run_alone(i < model.size() ? model[i] : nullptr,
                                     i < kernel.size() ? kernel[i] : nullptr);
            }
        }
    }

    [[nodiscard]] const MoreAcks& more_acks() const { return more_; }

  private:
    void add(const std::array<int, 2>& more, const Flow& flow) {
        const auto hosts = hosts_of(*sides_.kernel.trace, flow);
        for (std::size_t side = 0; side < 2; ++side) {
            more_.sent[hosts[side]] += more[side];
            more_.received[hosts[1 - side]] += more[side];
        }
    }

    const Sides& sides_;
    DiffReport& report_;
    MoreAcks more_;
};

}  // namespace

MoreAcks compare_flows(const Sides& sides, const std::vector<ProcessPair>& pairs,
                       DiffReport& report) {
    FlowLists lists{sides, report};
    for (const ProcessPair& pair : pairs) {
        lists.compare(sides.model.flows_by(pair.model), sides.kernel.flows_by(pair.kernel),
                      pair.label, pair.swapped ? Comparison::Set : Comparison::Exact);
    }
    lists.compare(sides.model.unclaimed(), sides.kernel.unclaimed(), "nobody's", Comparison::Exact);
    return lists.more_acks();
}

}  // namespace synq
