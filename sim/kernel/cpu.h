// Which CPU a run's threads use, and how punctual they are.
#pragma once

namespace synq {

/// One of the CPUs that this process may use, or -1; runs side by side spread over them.
int choose_cpu();

/// Binds the calling thread to that CPU (-1: any) and lets its sleeps end on time.
void settle_thread(int cpu);

/// Ahead of the machine's ordinary work (SCHED_FIFO), for this thread and those that it starts.
/// Without it another program's time slice can hold a process up for longer than a delayed ACK
/// waits. Only the real root may, and only outside the user namespace; refusal is no harm. A limit
/// ends a run that spins instead of freezing the machine.
void go_ahead_of_others();

}  // namespace synq
