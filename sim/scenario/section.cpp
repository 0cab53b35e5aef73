#include "sim/scenario/section.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace synq {
namespace {

std::string kind_remedy(const Node& node, std::string_view what, Value::Kind kind) {
    if (kind == Value::Kind::Number) {
        return fmt::format("write {} = 5, or an expression over parameters in quotes", what);
    }
    if (node.kind == Node::Kind::Integer) {
        return fmt::format("say \"{0}s\" or \"{0}ms\", with quotes", node.integer);
    }
    return fmt::format("write {} = \"20s\", or an expression over parameters in quotes", what);
}

}  // namespace

void LoadContext::fail(SourcePos pos, std::string problem, std::string remedy) {
    if (!error) {
        error = Diagnostic{file, pos, std::move(problem), std::move(remedy)};
    }
}

std::optional<Value> LoadContext::value(const Node& node, std::string_view what, Value::Kind kind,
                                        std::optional<std::int64_t> index) {
    Value found;
    if (node.kind == Node::Kind::Integer || node.kind == Node::Kind::Boolean) {
        found = Value::number(node.integer);
    } else if (node.kind == Node::Kind::String) {
        const Scope scope{.parameters = &parameters, .index = index};
        auto result = evaluate(node.text, node.origin, scope);
        if (!result) {
            fail(result.error().pos, std::move(result.error().problem),
                 std::move(result.error().remedy));
            return std::nullopt;
        }
        found = *result;
    } else {
        fail(node.pos,
             fmt::format("'{}' takes {}, not {}", what, describe(kind), describe(node.kind)),
             kind_remedy(node, what, kind));
        return std::nullopt;
    }
    if (found.kind != kind) {
        fail(node.pos,
             fmt::format("'{}' takes {}, and {} is {}", what, describe(kind), to_string(found),
                         describe(found.kind)),
             kind_remedy(node, what, kind));
        return std::nullopt;
    }
    return found;
}

std::optional<std::int64_t> LoadContext::number(const Node& node, std::string_view what,
                                                std::int64_t min, std::int64_t max) {
    const auto found = value(node, what, Value::Kind::Number);
    if (!found) {
        return std::nullopt;
    }
    if (found->amount < min || found->amount > max) {
        fail(node.pos, fmt::format("'{}' takes a number from {} to {}, not {}", what, min, max,
                                   found->amount));
        return std::nullopt;
    }
    return found->amount;
}

std::optional<Duration> LoadContext::duration(const Node& node, std::string_view what,
                                              std::optional<std::int64_t> index) {
    const auto found = value(node, what, Value::Kind::Duration, index);
    if (!found) {
        return std::nullopt;
    }
    if (found->amount < 0) {
        fail(node.pos,
             fmt::format("'{}' cannot be negative, and this is {}", what, to_string(*found)));
        return std::nullopt;
    }
    if (found->as_duration() > kLongestDuration) {
        fail(node.pos, fmt::format("'{}' takes at most 365 days, not {}", what, to_string(*found)));
        return std::nullopt;
    }
    return found->as_duration();
}

std::optional<std::string> LoadContext::text(const Node& node, std::string_view what) {
    if (node.kind != Node::Kind::String) {
        fail(node.pos, fmt::format("'{}' takes a string, not {}", what, describe(node.kind)),
             "put it in quotes");
        return std::nullopt;
    }
    return node.text;
}

std::vector<const Node*> LoadContext::items(const Node& node, std::string_view what) {
    std::vector<const Node*> out;
    if (node.kind != Node::Kind::Array) {
        fail(node.pos, fmt::format("'{}' takes an array, not {}", what, describe(node.kind)),
             "put it in square brackets");
        return out;
    }
    for (const Node& child : node.children) {
        out.push_back(&child);
    }
    return out;
}

Section::Section(LoadContext& context, const Node& table, std::string title,
                 std::span<const std::string_view> keys)
    : context_(context), table_(table), title_(std::move(title)) {
    for (const Node& child : table.children) {
        if (std::find(keys.begin(), keys.end(), child.key) == keys.end()) {
            context.fail(child.key_pos, fmt::format("unknown key '{}' in {}", child.key, title_),
                         suggest(child.key, keys, "known keys"));
        }
    }
}

const Node* Section::find(std::string_view key) const {
    const auto found = std::find_if(table_.children.begin(), table_.children.end(),
                                    [&](const Node& child) { return child.key == key; });
    return found == table_.children.end() ? nullptr : &*found;
}

const Node* Section::require(std::string_view key) {
    const Node* const node = find(key);
    if (node == nullptr) {
        context_.fail(table_.pos, fmt::format("{} without '{}'", title_, key));
    }
    return node;
}

std::optional<std::string> Section::text(std::string_view key) {
    const Node* const node = find(key);
    return node == nullptr ? std::nullopt : context_.text(*node, key);
}

std::optional<std::int64_t> Section::number(std::string_view key, std::int64_t min,
                                            std::int64_t max) {
    const Node* const node = find(key);
    return node == nullptr ? std::nullopt : context_.number(*node, key, min, max);
}

std::optional<Duration> Section::duration(std::string_view key) {
    const Node* const node = find(key);
    return node == nullptr ? std::nullopt : context_.duration(*node, key);
}

SourcePos Section::pos(std::string_view key) const {
    const Node* const node = find(key);
    return node == nullptr ? table_.pos : node->pos;
}

std::vector<const Node*> tables_of(LoadContext& context, const Section& top, std::string_view key) {
    std::vector<const Node*> out;
    const Node* const node = top.find(key);
    if (node == nullptr) {
        return out;
    }
    const auto wrong = [&](const Node& what) {
        context.fail(what.key_pos, fmt::format("'{}' is {} here", key, describe(what.kind)),
                     fmt::format("write [[{}]], once for each", key));
    };
    if (node->kind != Node::Kind::Array) {
        wrong(*node);
        return out;
    }
    for (const Node& child : node->children) {
        if (child.kind != Node::Kind::Table) {
            wrong(child);
            return out;
        }
        out.push_back(&child);
    }
    return out;
}

const Node* table_of(LoadContext& context, const Section& top, std::string_view key) {
    const Node* const node = top.find(key);
    if (node != nullptr && node->kind != Node::Kind::Table) {
        context.fail(node->key_pos, fmt::format("'{}' is {} here", key, describe(node->kind)),
                     fmt::format("write [{}], once", key));
        return nullptr;
    }
    return node;
}

bool is_entity_name(std::string_view name) {
    std::string plain(name);
    std::replace(plain.begin(), plain.end(), '-', '_');
    return is_identifier(plain) && name.front() != '-';
}

void check_entity_name(LoadContext& context, SourcePos pos, std::string_view name,
                       std::string_view what) {
    if (!is_entity_name(name)) {
        context.fail(pos, fmt::format("'{}' cannot name {}", name, what),
                     "a name is a letter or '_', then letters, digits, '_' and '-'");
    }
}

}  // namespace synq
