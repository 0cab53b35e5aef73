// What the pages and diagrams of describe.h have in common.
#pragma once

#include "model/fsm/describe.h"

#include <string>
#include <string_view>
#include <vector>

namespace synq {

/// The head of a Markdown page: where it comes from, and its title with the profile.
std::string page_head(std::string_view title, const Selection& selection);

/// Appends a word that is not there yet.
void add_once(std::vector<std::string_view>& words, std::string_view word);
std::string joined(const std::vector<std::string_view>& words, std::string_view separator);

}  // namespace synq
