#include "sim/cli/progress.h"

#include <chrono>
#include <csignal>
#include <fmt/format.h>
#include <unistd.h>

namespace synq {
namespace {

void put(const std::string& text) {
    // Not through stdio: a fork in the middle must not inherit half a buffer or a lock. Losing a
    // progress line does no harm.
    [[maybe_unused]] const ssize_t ignored = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace

Progress::Progress(std::string what) : what_(std::move(what)) {
    if (::isatty(STDERR_FILENO) != 1) {
        return;
    }
    // Signals are for the thread that does the work.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    counter_ = std::thread([this] { count(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Progress::~Progress() {
    if (!counter_.joinable()) {
        return;
    }
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
    }
    ended_changed_.notify_one();
    counter_.join();
    put("\r\033[K");
}

void Progress::count() {
    std::unique_lock lock(mutex_);
    for (int elapsed = 0; !ended_; ++elapsed) {
        put(fmt::format("\r{}: {} s", what_, elapsed));
        ended_changed_.wait_for(lock, std::chrono::seconds(1), [this] { return ended_; });
    }
}

}  // namespace synq
