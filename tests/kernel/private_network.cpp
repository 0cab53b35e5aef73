#include "tests/kernel/private_network.h"

#include "tests/catch.h"
#include "tests/skip.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <sys/wait.h>
#include <unistd.h>

namespace synq::test {
namespace {

constexpr int kUnavailable = 3;  // the child's exit status; its one finding is the reason
constexpr int kBroken = 4;

void tell(int pipe, const std::string& text) {
    const std::string message = text + '\0';
    for (std::size_t sent = 0; sent < message.size();) {
        const ssize_t written = write(pipe, message.data() + sent, message.size() - sent);
        if (written <= 0) {
            _exit(kBroken);
        }
        sent += static_cast<std::size_t>(written);
    }
}

[[noreturn]] void live_as_child(int pipe, const std::function<Findings(KernelLab&)>& work,
                                const Settings& settings) {
    try {
        auto lab = KernelLab::open(settings);
        if (!lab) {
            tell(pipe, lab.error());
            _exit(kUnavailable);
        }
        for (const std::string& each : work(*lab)) {
            tell(pipe, each);
        }
    } catch (const std::exception& problem) {
        tell(pipe, problem.what());
        _exit(kBroken);
    }
    _exit(0);
}

Findings listen_to(int pipe) {
    std::string all;
    std::array<char, 65'536> chunk{};
    for (;;) {
        const ssize_t got = read(pipe, chunk.data(), chunk.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            break;
        }
        all.append(chunk.data(), static_cast<std::size_t>(got));
    }
    Findings out;
    for (std::size_t at = 0; at < all.size();) {
        out.emplace_back(all.c_str() + at);
        at += out.back().size() + 1;
    }
    return out;
}

}  // namespace

Findings in_private_network(const std::function<Findings(KernelLab&)>& work,
                            const Settings& settings) {
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    const UniqueFd from_child{ends[0]};
    UniqueFd to_parent{ends[1]};
    std::fflush(nullptr);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        live_as_child(to_parent.get(), work, settings);
    }
    to_parent.reset();
    Findings out = listen_to(from_child.get());
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : kBroken;
    const std::string last = out.empty() ? "" : out.back();
    if (code == kUnavailable) {
        skip(last);
    }
    INFO("the child in the private network: " << last);
    REQUIRE(code == 0);
    return out;
}

}  // namespace synq::test
