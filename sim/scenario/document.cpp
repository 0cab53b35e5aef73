#include "sim/scenario/document.h"

#include "sim/scenario/string_origin.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <toml++/toml.h>
#include <tuple>

namespace synq {
namespace {

SourcePos to_pos(const toml::source_position& position) {
    return {static_cast<std::uint32_t>(position.line), static_cast<std::uint32_t>(position.column)};
}

class Converter {
  public:
    Converter(std::string_view text, std::string_view file) : text_(text), file_(file) {}

    /// Stops descending at kMaxDepth and remembers where: recursion must not meet a file's depth.
    Node convert(const toml::node& from, int depth = 0) {
        Node node;
        node.pos = to_pos(from.source().begin);
        node.key_pos = node.pos;
        if (depth > kMaxDepth) {
            too_deep_ = node.pos;
            return node;
        }
        if (const auto* const table = from.as_table()) {
            node.kind = Node::Kind::Table;
            for (const auto& [key, child] : *table) {
                Node& added = node.children.emplace_back(convert(child, depth + 1));
                added.key = std::string(key.str());
                added.key_pos = to_pos(key.source().begin);
            }
            sort_by_place(node.children);
        } else if (const auto* const array = from.as_array()) {
            node.kind = Node::Kind::Array;
            for (const auto& child : *array) {
                node.children.push_back(convert(child, depth + 1));
            }
        } else {
            scalar(from, node);
        }
        return node;
    }

    [[nodiscard]] std::optional<SourcePos> too_deep() const { return too_deep_; }

  private:
    static constexpr int kMaxDepth = 32;

    void scalar(const toml::node& from, Node& node) const {
        if (const auto* const text = from.as_string()) {
            node.kind = Node::Kind::String;
            node.text = text->get();
            node.origin = locate_string(text_, file_, node.pos, node.text);
        } else if (const auto* const integer = from.as_integer()) {
            node.kind = Node::Kind::Integer;
            node.integer = integer->get();
        } else if (const auto* const boolean = from.as_boolean()) {
            node.kind = Node::Kind::Boolean;
            node.integer = boolean->get() ? 1 : 0;
        } else {
            node.kind = from.is_floating_point() ? Node::Kind::Float : Node::Kind::Date;
        }
    }

    static void sort_by_place(std::vector<Node>& nodes) {
        std::sort(nodes.begin(), nodes.end(), [](const Node& a, const Node& b) {
            return std::tie(a.key_pos.line, a.key_pos.column, a.key) <
                   std::tie(b.key_pos.line, b.key_pos.column, b.key);
        });
    }

    std::string_view text_;
    std::string_view file_;
    std::optional<SourcePos> too_deep_;
};

/// Skips a string or a comment that begins at `at`; returns where to go on.
std::size_t skip_quoted(std::string_view text, std::size_t at) {
    if (text[at] == '#') {
        return std::min(text.find('\n', at), text.size());
    }
    const char quote = text[at];
    const std::string three(3, quote);
    const bool multi = text.substr(at).starts_with(three);
    at += multi ? 3 : 1;
    while (at < text.size()) {
        if (text[at] == '\\' && quote == '"') {
            at += 2;
        } else if (multi ? text.substr(at).starts_with(three) : text[at] == quote) {
            return at + (multi ? 3 : 1);
        } else if (!multi && text[at] == '\n') {
            return at;
        } else {
            ++at;
        }
    }
    return text.size();
}

/// Dotted keys nest tables, and the TOML library takes nested tables apart by recursion. A scenario
/// needs a few dozen dots outside of strings; thousands are an attack on the stack.
bool too_many_dots(std::string_view text) {
    constexpr std::size_t kMaxDots = 2'000;
    std::size_t dots = 0;
    std::size_t at = 0;
    while (at < text.size()) {
        if (text[at] == '#' || text[at] == '"' || text[at] == '\'') {
            at = skip_quoted(text, at);
        } else {
            dots += text[at++] == '.' ? 1U : 0U;
        }
    }
    return dots > kMaxDots;
}

}  // namespace

std::string_view describe(Node::Kind kind) {
    static constexpr std::array<std::string_view, 7> kNames{
        "an integer", "a boolean", "a floating-point number", "a date", "a string",
        "an array",   "a table"};
    return kNames[static_cast<std::size_t>(kind)];
}

std::expected<Node, Diagnostic> parse_document(std::string_view text, std::string_view file) {
    if (too_many_dots(text)) {
        return std::unexpected(Diagnostic{std::string(file), {}, "too many dotted keys", {}});
    }
    try {
        const toml::table table = toml::parse(text, file);
        Converter converter(text, file);
        Node document = converter.convert(table);
        if (const auto where = converter.too_deep()) {
            return std::unexpected(Diagnostic{std::string(file), *where,
                                              "tables or arrays are nested too deeply",
                                              "no key of a scenario is more than 4 levels deep"});
        }
        return document;
    } catch (const toml::parse_error& error) {
        return std::unexpected(Diagnostic{std::string(file), to_pos(error.source().begin),
                                          std::string(error.description()),
                                          "the file format is TOML 1.0"});
    }
}

}  // namespace synq
