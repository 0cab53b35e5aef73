#include "sim/proc/program.h"

#include "model/host/call.h"
#include "sim/proc/parser.h"
#include "sim/proc/value.h"

#include <array>
#include <fmt/format.h>
#include <iterator>
#include <optional>
#include <string_view>

namespace synq {
namespace {

/// Where control may go from operations[at]; kNowhere fills the second place.
constexpr std::uint32_t kNowhere = 0xffff'ffff;

std::array<std::uint32_t, 2> successors(const Operation& operation, std::uint32_t at) {
    switch (operation.kind) {
        case OpKind::Exit:
            return {kNowhere, kNowhere};
        case OpKind::Jump:
            return {operation.target, kNowhere};
        case OpKind::JumpUnless: {
            const auto& [left, right] = operation.args;
            if (left.constant() && right.constant()) {
                const bool holds = compare(left.value, operation.relation, right.value);
                return {holds ? at + 1 : operation.target, kNowhere};
            }
            return {at + 1, operation.target};
        }
        case OpKind::CountDown:
            return {at + 1, operation.target};
        default:
            return {at + 1, kNowhere};
    }
}

std::string register_name(const Program& program, std::uint8_t reg) {
    return reg < program.registers.size() ? program.registers[reg] : fmt::format("r{}", reg);
}

std::string show(const Program& program, const Operand& operand) {
    return operand.constant() ? fmt::format("{}", operand.value)
                              : register_name(program, operand.reg);
}

std::string show_call(const Program& program, const Operation& operation) {
    std::string out = operation.dest == kNoRegister
                          ? ""
                          : fmt::format("{} = ", register_name(program, operation.dest));
    out += fmt::format("{}({}", name(operation.call), show(program, operation.args[0]));
    switch (operation.call) {
        case CallKind::Accept:
        case CallKind::Close:
        case CallKind::Disconnect:
            break;
        case CallKind::GetOption:
            out += fmt::format(", {}", name(operation.option));
            break;
        case CallKind::SetOption:
            out +=
                fmt::format(", {}, {}", name(operation.option), show(program, operation.args[1]));
            break;
        case CallKind::Bind:
        case CallKind::Connect:
            out += fmt::format(", {}:{}", operation.host.empty() ? "*" : operation.host,
                               show(program, operation.args[1]));
            break;
        default:
            out += fmt::format(", {}", show(program, operation.args[1]));
    }
    return out + ")";
}

std::string show(const Program& program, const Operation& operation) {
    const Operand& first = operation.args[0];
    switch (operation.kind) {
        case OpKind::Call:
            return show_call(program, operation);
        case OpKind::Sleep:
            return fmt::format("sleep {}{}", operation.random ? "exponential " : "",
                               first.constant()
                                   ? to_string(Value{Value::Kind::Duration, first.value})
                                   : show(program, first));
        case OpKind::Assign:
            return fmt::format("{} = {}", register_name(program, operation.dest),
                               show(program, first));
        case OpKind::Jump:
            return fmt::format("goto {}", operation.target);
        case OpKind::JumpUnless:
            return fmt::format("unless {} {} {} goto {}", show(program, first),
                               symbol(operation.relation), show(program, operation.args[1]),
                               operation.target);
        case OpKind::CountDown:
            return fmt::format("count down {} else goto {}", register_name(program, operation.dest),
                               operation.target);
        case OpKind::Exit:
            break;
    }
    return "exit";
}

}  // namespace

bool Program::endless() const {
    std::vector<bool> seen(operations.size());
    std::vector<std::uint32_t> open{0};
    while (!open.empty()) {
        const std::uint32_t at = open.back();
        open.pop_back();
        if (at >= operations.size() || seen[at]) {
            continue;
        }
        seen[at] = true;
        if (operations[at].kind == OpKind::Exit) {
            return false;
        }
        for (const std::uint32_t next : successors(operations[at], at)) {
            if (next != kNowhere) {
                open.push_back(next);
            }
        }
    }
    return !operations.empty();
}

std::string disassemble(const Program& program) {
    std::string out;
    for (std::size_t i = 0; i < program.operations.size(); ++i) {
        fmt::format_to(std::back_inserter(out), "{}: {}\n", i,
                       show(program, program.operations[i]));
    }
    return out;
}

}  // namespace synq
