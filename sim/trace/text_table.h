// Columns of text, as wide as their widest cell.
#pragma once

#include <string>
#include <vector>

namespace synq {

class TextTable {
  public:
    explicit TextTable(std::vector<std::string> titles) { add(std::move(titles)); }

    /// As many cells as there are titles.
    void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
    /// Numbers read better at the right.
    void align_right(std::size_t column);
    /// Lines end without blanks; columns are two blanks apart.
    [[nodiscard]] std::string text() const;

  private:
    std::vector<std::vector<std::string>> rows_;
    std::vector<std::size_t> right_;
};

}  // namespace synq
