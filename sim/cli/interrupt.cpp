#include "sim/cli/interrupt.h"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

namespace synq {
namespace {

std::atomic<bool>& interrupted() {
    static std::atomic<bool> flag{false};
    static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may not wait");
    return flag;
}

void on_signal(int /*number*/) {
    interrupted().store(true, std::memory_order_relaxed);
}

}  // namespace

void prepare_process() {
    std::signal(SIGPIPE, SIG_IGN);
    int descriptor = ::open("/dev/null", O_RDWR);
    while (descriptor >= 0 && descriptor <= STDERR_FILENO) {
        descriptor = ::open("/dev/null", O_RDWR);
    }
    if (descriptor >= 0) {
        ::close(descriptor);
    }
}

const std::atomic<bool>& watch_interrupts() {
    std::atomic<bool>& flag = interrupted();  // made here: a handler must not construct it
    struct sigaction action{};
    action.sa_handler = on_signal;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigemptyset(&action.sa_mask);
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
    return flag;
}

}  // namespace synq
