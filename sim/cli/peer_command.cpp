#include "model/profile/profile.h"
#include "model/profile/sysctl.h"
#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/output.h"
#include "sim/cli/report.h"
#include "sim/peer/session.h"
#include "sim/scenario/diagnostic.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <expected>
#include <fmt/format.h>
#include <optional>
#include <poll.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace synq {
namespace {

using Problem = std::optional<std::string>;

/// ` (remedy)`, if there is one.
std::string in_brackets(const std::string& remedy) {
    return remedy.empty() ? "" : fmt::format(" ({})", remedy);
}

std::expected<const Profile*, std::string> profile_named(const std::string& name) {
    const std::string wanted = name.empty() ? "linux-6.18" : name;
    if (const Profile* const found = find_profile(wanted)) {
        return found;
    }
    return std::unexpected(
        fmt::format("--profile: unknown profile '{}'{}", wanted,
                    in_brackets(suggest(wanted, profile_names(), "known profiles"))));
}

Problem set_sysctl(const std::string& name, const std::string& value, Sysctls& out) {
    const SysctlInfo* const info = find_sysctl(name);
    if (info == nullptr) {
        std::vector<std::string_view> names;
        for (const SysctlInfo& known : sysctl_table()) {
            names.push_back(known.name);
        }
        return fmt::format("--set: unknown sysctl '{}'{}", name,
                           in_brackets(suggest(name, names, "known sysctls")));
    }
    const auto setting = read_setting(*info, value);
    if (!setting) {
        return fmt::format("--set: {} is {} from {} to {}, not '{}'", name,
                           info->pair ? "two numbers, the lower first," : "a whole number",
                           info->min, info->max, value);
    }
    out.*(info->field) = *setting;
    return std::nullopt;
}

/// Standard input. An interrupt that comes just before it waits ends the waiting, too.
class Input {
  public:
    explicit Input(const std::atomic<bool>& interrupted) : interrupted_(interrupted) {
        sigemptyset(&signals_);
        sigaddset(&signals_, SIGINT);
        sigaddset(&signals_, SIGTERM);
    }

    /// What there is, as soon as there is something. Empty: the end, an error or an interrupt.
    std::string_view read() {
        while (wait()) {
            const ssize_t octets = ::read(STDIN_FILENO, buffer_.data(), buffer_.size());
            if (octets >= 0) {
                return {buffer_.data(), static_cast<std::size_t>(octets)};
            }
            if (errno != EINTR && errno != EAGAIN) {
                error_ = errno;
                break;
            }
        }
        return {};
    }
    [[nodiscard]] bool interrupted() const { return interrupted_.load(std::memory_order_relaxed); }
    [[nodiscard]] int error() const { return error_; }

  private:
    /// False: interrupted. Signals are held back except while the process sleeps.
    bool wait() {
        pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
        sigset_t before;
        ::sigprocmask(SIG_BLOCK, &signals_, &before);
        if (!interrupted()) {
            ::ppoll(&input, 1, nullptr, &before);
        }
        ::sigprocmask(SIG_SETMASK, &before, nullptr);
        return !interrupted();
    }

    const std::atomic<bool>& interrupted_;
    sigset_t signals_{};
    std::array<char, 65'536> buffer_{};
    int error_ = 0;
};

/// One write for all lines that came together: a tester who waits has its answer, and one who does
/// not wait costs few system calls.
void converse(PeerSession& session, Input& input, Output& output) {
    std::string answers;
    const auto send = [&] {
        output.write(answers);
        output.flush();
        answers.clear();
    };
    while (output.usable()) {
        const std::string_view octets = input.read();
        if (octets.empty()) {
            break;
        }
        session.feed(octets, answers);
        send();
    }
    if (!input.interrupted()) {
        session.finish(answers);
        send();
    }
}

}  // namespace

int peer(const PeerCommand& command) {
    const auto profile = profile_named(command.profile);
    if (!profile) {
        return report_error(profile.error());
    }
    Sysctls sysctl = peer_sysctls(**profile);
    for (const auto& [name, value] : command.settings) {
        if (const Problem problem = set_sysctl(name, value, sysctl)) {
            return report_error(*problem);
        }
    }
    auto output = Output::open("");
    if (!output) {
        return report_error(output.error());
    }
    PeerSession session(**profile, sysctl);
    Input input(watch_interrupts());
    converse(session, input, *output);
    if (input.error() != 0) {
        return report_error(fmt::format("cannot read standard input: {}",
                                        std::generic_category().message(input.error())));
    }
    if (const auto finished = output->finish(); !finished) {
        return report_error(finished.error());
    }
    return input.interrupted() ? kInterrupted : kDone;
}

}  // namespace synq
