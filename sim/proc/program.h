// Programs: what a process does, as a list of operations (design decisions 4 and 5).
//
// The text form reads like the C that people learn sockets from. It is parsed once; the simulator
// and the kernel runner execute the same list, so a process is (program, pc, registers) and can be
// copied.
#pragma once

#include "model/base/time.h"
#include "model/host/call.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace synq {

/// Where an operation stands in its file, both counted from 1.
struct SourcePos {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
};

/// A number known at load time, or the register that holds it at run time.
struct Operand {
    static constexpr std::uint8_t kConstant = 0xff;

    std::int64_t value = 0;
    std::uint8_t reg = kConstant;

    [[nodiscard]] constexpr bool constant() const { return reg == kConstant; }
};

enum class Relation : std::uint8_t { Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual };

enum class OpKind : std::uint8_t {
    Call,        // call(args...) -> dest
    Sleep,       // args[0]: nanoseconds; random: their mean
    Assign,      // args[0] -> dest
    Jump,        // to target
    JumpUnless,  // to target unless args[0] relation args[1]
    CountDown,   // dest register: if it is > 0 decrement and go on, else jump to target (`repeat`)
    Exit,        // end of program: descriptors are closed in ascending order
};

inline constexpr std::uint8_t kNoRegister = 0xff;

struct Operation {
    OpKind kind = OpKind::Exit;
    CallKind call = CallKind::Socket;
    std::uint8_t dest = kNoRegister;
    Relation relation = Relation::Equal;
    bool random = false;                          // Sleep: exponentially distributed
    SocketOption option = SocketOption::NoDelay;  // SetOption, GetOption
    /// Call arguments in the order of the C call, without address and option: Socket (family,
    /// type); Bind, Connect (fd, port); Listen (fd, backlog); Accept (fd); Send, Recv (fd, octets);
    /// Shutdown (fd, how: SHUT_RD 0, SHUT_WR 1, SHUT_RDWR 2); Close (fd); SetOption (fd, value);
    /// GetOption (fd).
    std::array<Operand, 2> args{};
    /// Bind, Connect: a host's name or an address; empty means the wildcard (Bind).
    std::string host;
    std::uint32_t target = 0;
    SourcePos pos;
    /// As written, for traces and messages: "connect(fd, server:8000)".
    std::string text;
};

struct Program {
    std::vector<Operation> operations;   // the last one is Exit
    std::vector<std::string> registers;  // their names, for messages; index is the register

    /// True when Exit cannot be reached: a server that runs until the scenario ends.
    [[nodiscard]] bool endless() const;
};

}  // namespace synq
