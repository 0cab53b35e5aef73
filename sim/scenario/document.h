// A TOML file as a plain tree in the order of the file, every key and value with its place. The
// TOML library itself stays inside document.cpp: it is slow to compile.
#pragma once

#include "sim/proc/lexer.h"
#include "sim/scenario/diagnostic.h"

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace synq {

struct Node {
    enum class Kind : std::uint8_t { Integer, Boolean, Float, Date, String, Array, Table };

    Kind kind = Kind::Table;
    std::string key;             // empty inside an array
    SourcePos key_pos;           // of the key; inside an array, of the value
    SourcePos pos;               // of the value
    std::int64_t integer = 0;    // Integer; Boolean as 0 or 1
    std::string text;            // String
    TextOrigin origin;           // String: where its characters stand
    std::vector<Node> children;  // Array: items; Table: its keys
};

/// "an integer", "a table" ...
std::string_view describe(Node::Kind kind);

/// The file as a table. Errors: TOML syntax, with line and column.
std::expected<Node, Diagnostic> parse_document(std::string_view text, std::string_view file);

}  // namespace synq
