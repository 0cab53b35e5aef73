// Program text -> Program. The language is described in docs/guide/scenario-language.md:
//
//   program   = { statement (newline | ;) }
//   statement = [name =] call | name = expression | sleep(expression) | exit
//             | loop block | repeat expression block | while condition block
//             | if condition block [else (block | if ...)]
//   block     = { program }
//   condition = operand (== | != | < | <= | > | >=) operand       operand = call | expression
//   call      = socket | bind | listen | connect | accept | send | recv | shutdown | close
//
// Everything but the values of variables is decided here: names are resolved, arithmetic is folded,
// kinds and ranges are checked, and a variable that some path leaves unset is refused.
#pragma once

#include "sim/proc/lexer.h"
#include "sim/proc/value.h"

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace synq {

/// Every name by which programs may call a host -> the host's own name.
using HostNames = std::map<std::string, std::string, std::less<>>;

/// What a program text may refer to. The maps must outlive the call.
struct ProgramContext {
    TextOrigin origin;
    const ParameterMap* parameters = nullptr;
    const HostNames* hosts = nullptr;
    std::int64_t index = 0;  // the instance number in its group
};

/// Errors: the first mistake, with its place in the file.
std::expected<Program, Diagnostic> parse_program(std::string_view text,
                                                 const ProgramContext& context);

/// One operation per line, for tests and for people who wonder:
/// "2: listen(fd, 2)", "5: unless (left) > 0 goto 7".
std::string disassemble(const Program& program);

}  // namespace synq
