// Reading one table of a scenario file: known keys, kinds, ranges, expressions.
//
// The first mistake is kept, later ones are ignored: readers go on with harmless values and the
// loader looks once at the end.
#pragma once

#include "sim/proc/expression.h"
#include "sim/scenario/diagnostic.h"
#include "sim/scenario/document.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace synq {

/// What all readers of one file share.
struct LoadContext {
    std::string file;
    ParameterMap parameters;
    SourcePos parameters_pos;  // of [parameters]; line 0 without one
    std::optional<Diagnostic> error;

    void fail(SourcePos pos, std::string problem, std::string remedy = {});
    [[nodiscard]] bool failed() const { return error.has_value(); }

    /// A number, or an expression string over parameters and, where `index` is given, the instance
    /// number. `what` is the key, for messages. Fails, and yields nothing, for anything else.
    std::optional<Value> value(const Node& node, std::string_view what, Value::Kind kind,
                               std::optional<std::int64_t> index = std::nullopt);
    /// The same within [min, max].
    std::optional<std::int64_t> number(const Node& node, std::string_view what, std::int64_t min,
                                       std::int64_t max);
    /// A duration that is not negative and not longer than kLongestDuration.
    std::optional<Duration> duration(const Node& node, std::string_view what,
                                     std::optional<std::int64_t> index = std::nullopt);
    /// A string as it is.
    std::optional<std::string> text(const Node& node, std::string_view what);
    /// The items of an array.
    std::vector<const Node*> items(const Node& node, std::string_view what);
};

class Section {
  public:
    /// `title` is how people write it: "[[host]]". Keys other than `keys` are a mistake.
    Section(LoadContext& context, const Node& table, std::string title,
            std::span<const std::string_view> keys);

    [[nodiscard]] const Node* find(std::string_view key) const;
    [[nodiscard]] bool has(std::string_view key) const { return find(key) != nullptr; }
    /// Fails when the key is missing.
    const Node* require(std::string_view key);

    /// Absent keys yield nothing and are no mistake.
    std::optional<std::string> text(std::string_view key);
    std::optional<std::int64_t> number(std::string_view key, std::int64_t min, std::int64_t max);
    std::optional<Duration> duration(std::string_view key);

    /// Of the key's value, or of the table without it.
    [[nodiscard]] SourcePos pos(std::string_view key) const;
    [[nodiscard]] SourcePos pos() const { return table_.pos; }
    [[nodiscard]] const std::string& title() const { return title_; }

  private:
    LoadContext& context_;
    const Node& table_;
    std::string title_;
};

/// The tables of [[key]] in `top`; fails when it was written in another way.
std::vector<const Node*> tables_of(LoadContext& context, const Section& top, std::string_view key);
/// The table [key] in `top`, or nullptr; fails when it is something else.
const Node* table_of(LoadContext& context, const Section& top, std::string_view key);

/// A letter or underscore, then letters, digits, '_' and '-': names of hosts and processes.
[[nodiscard]] bool is_entity_name(std::string_view name);
/// Fails unless `name` is one; `what` says of what: "a host".
void check_entity_name(LoadContext& context, SourcePos pos, std::string_view name,
                       std::string_view what);

}  // namespace synq
