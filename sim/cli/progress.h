// Seconds that count up on a terminal's standard error while real time passes. Elsewhere nothing:
// no line in a log, and no thread beside a program that forks.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace synq {

class Progress {
  public:
    /// "WHAT: 12 s".
    explicit Progress(std::string what);
    /// The line disappears.
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    Progress(Progress&&) = delete;
    Progress& operator=(Progress&&) = delete;

  private:
    void count();

    std::string what_;
    std::mutex mutex_;
    std::condition_variable ended_changed_;
    bool ended_ = false;
    std::thread counter_;
};

}  // namespace synq
