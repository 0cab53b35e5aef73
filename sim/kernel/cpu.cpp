#include "sim/kernel/cpu.h"

#include <algorithm>
#include <cstddef>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace synq {

int choose_cpu() {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) {
        return -1;
    }
    int skip = getpid() % std::max(CPU_COUNT(&allowed), 1);
    for (std::size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (CPU_ISSET(cpu, &allowed) && skip-- == 0) {
            return static_cast<int>(cpu);
        }
    }
    return -1;
}

void settle_thread(int cpu) {
    if (cpu >= 0) {
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET(static_cast<std::size_t>(cpu), &set);
        sched_setaffinity(0, sizeof set, &set);
    }
    prctl(PR_SET_TIMERSLACK, 1UL);
}

void go_ahead_of_others() {
    constexpr rlim_t spin_us = 2'000'000;
    constexpr int priority = 10;
    const rlimit limit{.rlim_cur = spin_us, .rlim_max = spin_us};
    const sched_param parameters{.sched_priority = priority};
    if (setrlimit(RLIMIT_RTTIME, &limit) == 0) {
        sched_setscheduler(0, SCHED_FIFO, &parameters);
    }
}

}  // namespace synq
