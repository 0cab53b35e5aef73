#include "sim/scenario/parameters.h"

#include <fmt/format.h>
#include <optional>
#include <utility>

namespace synq {
namespace {

const ParameterMap kNoParameters;

void check_range(LoadContext& context, SourcePos pos, std::string_view name, const Value& value) {
    if (value.is_duration() && value.amount < 0) {
        context.fail(pos, fmt::format("'{}' is a negative duration, {}", name, to_string(value)));
    } else if (value.is_duration() && value.as_duration() > kLongestDuration) {
        context.fail(pos,
                     fmt::format("'{}' takes at most 365 days, not {}", name, to_string(value)));
    }
}

std::optional<Value> default_value(LoadContext& context, const Node& node) {
    if (node.kind == Node::Kind::Integer || node.kind == Node::Kind::Boolean) {
        return Value::number(node.integer);
    }
    if (node.kind != Node::Kind::String) {
        context.fail(node.pos, fmt::format("parameter '{}' is {}", node.key, describe(node.kind)),
                     "a parameter is an integer, or a duration in quotes as in \"1.5s\"");
        return std::nullopt;
    }
    const auto value = evaluate(node.text, node.origin, Scope{.parameters = &kNoParameters});
    if (!value) {
        context.fail(value.error().pos,
                     fmt::format("parameter '{}': {}", node.key, value.error().problem),
                     "a parameter is a number, or a duration in quotes as in \"20s\"");
        return std::nullopt;
    }
    return *value;
}

void check_name(LoadContext& context, const Node& node) {
    if (!is_identifier(node.key)) {
        context.fail(node.key_pos, fmt::format("'{}' cannot name a parameter", node.key),
                     "a name is a letter or '_', then letters, digits and '_'");
    }
    if (const std::string_view reserved = reserved_as(node.key); !reserved.empty()) {
        context.fail(node.key_pos,
                     fmt::format("'{}' cannot name a parameter: it {}", node.key, reserved),
                     "use another name");
    }
}

std::string other_parameters(const ParameterMap& parameters, std::string_view name) {
    std::vector<std::string_view> names;
    for (const auto& [known, value] : parameters) {
        names.emplace_back(known);
    }
    return names.empty() ? "this scenario has no parameters" : suggest(name, names, "parameters");
}

void override_parameter(LoadContext& context, const std::string& name, const std::string& text) {
    const std::string option = fmt::format("--set {}={}", name, text);
    const auto parameter = context.parameters.find(name);
    if (parameter == context.parameters.end()) {
        context.fail(context.parameters_pos,
                     fmt::format("{}: unknown parameter '{}'", option, name),
                     other_parameters(context.parameters, name));
        return;
    }
    Value& value = parameter->second;
    if (!value.is_duration() && (text == "true" || text == "false")) {
        value.amount = text == "true" ? 1 : 0;
        return;
    }
    const auto given = evaluate(text, TextOrigin{}, Scope{.parameters = &kNoParameters});
    if (!given) {
        context.fail(context.parameters_pos, fmt::format("{}: {}", option, given.error().problem),
                     given.error().remedy);
        return;
    }
    if (given->kind != value.kind) {
        context.fail(context.parameters_pos,
                     fmt::format("{}: '{}' is {}, and {} is {}", option, name, describe(value.kind),
                                 to_string(*given), describe(given->kind)),
                     value.is_duration() ? fmt::format("say {0}={1}s or {0}={1}ms", name, text)
                                         : fmt::format("as in {}={}", name, to_string(value)));
        return;
    }
    value = *given;
    check_range(context, context.parameters_pos, name, value);
}

}  // namespace

void load_parameters(LoadContext& context, const Section& top) {
    if (const Node* const table = table_of(context, top, "parameters")) {
        context.parameters_pos = table->key_pos;
        for (const Node& node : table->children) {
            check_name(context, node);
            if (const auto value = default_value(context, node)) {
                check_range(context, node.pos, node.key, *value);
                context.parameters[node.key] = *value;
            }
        }
    }
}

void override_parameters(LoadContext& context, const Overrides& overrides) {
    for (const auto& [name, text] : overrides.parameters) {
        override_parameter(context, name, text);
    }
}

void set_parameter(LoadContext& context, const Node& node, ParameterMap& parameters) {
    const auto parameter = parameters.find(node.key);
    if (parameter == parameters.end()) {
        context.fail(node.key_pos, fmt::format("unknown parameter '{}'", node.key),
                     other_parameters(parameters, node.key));
        return;
    }
    if (const auto value = context.value(node, node.key, parameter->second.kind)) {
        check_range(context, node.pos, node.key, *value);
        parameter->second = *value;
    }
}

}  // namespace synq
