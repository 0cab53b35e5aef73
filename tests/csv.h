// Measured tables as data: tests/data/*.csv, comma separated, no quoting, first line names the
// columns; lines that begin with # are comments.
#pragma once

#include "tests/catch.h"

#include <cstddef>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace synq {

inline std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> out(1);
    for (const char c : text) {
        if (c == separator) {
            out.emplace_back();
        } else {
            out.back() += c;
        }
    }
    return out;
}

using CsvRow = std::map<std::string, std::string>;

/// Every row has every column, or the test fails.
inline std::vector<CsvRow> read_csv(const std::string& name) {
    std::ifstream file(std::string(SYNQ_TEST_DATA_DIR) + "/" + name);
    INFO("tests/data/" << name);
    REQUIRE(file.good());
    std::vector<CsvRow> out;
    std::vector<std::string> columns;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line.front() == '#') {
            continue;
        }
        const std::vector<std::string> cells = split(line, ',');
        if (columns.empty()) {
            columns = cells;
            continue;
        }
        INFO(line);
        REQUIRE(cells.size() == columns.size());
        CsvRow& row = out.emplace_back();
        for (std::size_t i = 0; i < cells.size(); ++i) {
            row.emplace(columns[i], cells[i]);
        }
    }
    REQUIRE_FALSE(out.empty());
    return out;
}

}  // namespace synq
