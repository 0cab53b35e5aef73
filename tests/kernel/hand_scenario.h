// Scenarios written as operation lists, so that the kernel runner is tested without the file
// format.
#pragma once

#include "sim/scenario/scenario.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace synq::test {

inline constexpr std::int64_t kAfInet = 2;
inline constexpr std::int64_t kSockStream = 1;

/// Writes a program one operation at a time; registers are numbered as they are first named.
class ProgramWriter {
  public:
    std::uint8_t reg(const std::string& name) {
        for (std::size_t i = 0; i < program_.registers.size(); ++i) {
            if (program_.registers[i] == name) {
                return static_cast<std::uint8_t>(i);
            }
        }
        program_.registers.push_back(name);
        return static_cast<std::uint8_t>(program_.registers.size() - 1);
    }
    static Operand constant(std::int64_t value) { return {.value = value}; }
    Operand held(const std::string& name) { return {.reg = reg(name)}; }

    ProgramWriter& call(CallKind kind, Operand first, Operand second, const std::string& dest = "",
                        const std::string& host = "") {
        Operation operation{.kind = OpKind::Call, .call = kind};
        operation.args = {first, second};
        operation.host = host;
        operation.dest = dest.empty() ? kNoRegister : reg(dest);
        operation.text = std::string{name(kind)} + "(...)";
        return add(operation);
    }
    ProgramWriter& socket(const std::string& dest) {
        return call(CallKind::Socket, constant(kAfInet), constant(kSockStream), dest);
    }
    ProgramWriter& sleep(Duration time) {
        Operation operation{.kind = OpKind::Sleep};
        operation.args[0] = constant(time.ns);
        return add(operation);
    }
    ProgramWriter& jump(std::uint32_t target) {
        return add({.kind = OpKind::Jump, .target = target});
    }
    /// To `target` unless the register is above zero.
    ProgramWriter& jump_unless_positive(const std::string& name, std::uint32_t target) {
        Operation operation{
            .kind = OpKind::JumpUnless, .relation = Relation::Greater, .target = target};
        operation.args = {held(name), constant(0)};
        return add(operation);
    }
    [[nodiscard]] std::uint32_t here() const {
        return static_cast<std::uint32_t>(program_.operations.size());
    }
    Program done() {
        add({.kind = OpKind::Exit});
        return program_;
    }

  private:
    ProgramWriter& add(const Operation& operation) {
        program_.operations.push_back(operation);
        return *this;
    }
    Program program_;
};

/// sim/scenarios/six-clients.toml with these parameters, over loopback.
inline Scenario six_clients(std::int64_t backlog, Duration accept_after) {
    using W = ProgramWriter;
    Scenario scenario;
    scenario.name = "six-clients";
    scenario.hosts.push_back({.name = "server"});

    W server;
    server.socket("fd");
    server.call(CallKind::Bind, server.held("fd"), W::constant(8000));
    server.call(CallKind::Listen, server.held("fd"), W::constant(backlog));
    server.sleep(accept_after);
    const std::uint32_t loop = server.here();
    server.call(CallKind::Accept, server.held("fd"), W::constant(0), "c");
    server.call(CallKind::Recv, server.held("c"), W::constant(512));
    server.call(CallKind::Close, server.held("c"), W::constant(0));
    server.jump(loop);
    scenario.processes.push_back({.name = "server", .group = "server", .program = server.done()});

    for (int i = 0; i < 6; ++i) {
        W client;
        client.socket("fd");
        client.call(CallKind::Connect, client.held("fd"), W::constant(8000), "", "server");
        client.call(CallKind::Send, client.held("fd"), W::constant(16));
        const std::uint32_t again = client.here();
        client.call(CallKind::Recv, client.held("fd"), W::constant(512), "n");
        client.jump_unless_positive("n", again + 3);
        client.jump(again);
        client.call(CallKind::Close, client.held("fd"), W::constant(0));
        scenario.processes.push_back(
            {.name = "client." + std::to_string(i), .group = "client", .program = client.done()});
    }
    return scenario;
}

}  // namespace synq::test
