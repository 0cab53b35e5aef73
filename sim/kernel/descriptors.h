// A process' descriptor table: the numbers that its program sees.
//
// The processes of a run are threads of one real process and share its table; with a table each,
// socket() gives every one of them 3 first, as it would if they stood alone.
#pragma once

#include "sim/kernel/unique_fd.h"

#include <cstdint>
#include <map>
#include <vector>

namespace synq {

class Descriptors {
  public:
    /// 0, 1 and 2 are open and not sockets.
    Descriptors();

    /// The lowest free number, as POSIX wants it.
    std::int64_t add(UniqueFd real);
    /// What the kernel knows it by; -1, which the kernel answers with EBADF, when it is not open.
    [[nodiscard]] int real(std::int64_t number) const;
    /// Out of the table; an invalid one when it is not open.
    UniqueFd take(std::int64_t number);
    /// In ascending order.
    [[nodiscard]] std::vector<std::int64_t> open_numbers() const;

  private:
    std::map<std::int64_t, UniqueFd> open_;
};

}  // namespace synq
