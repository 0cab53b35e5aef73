// docs/COMPLIANCE.md: tests/data/rfc_requirements.csv, joined with the citations of requirements in
// the model's comments, "(MUST-13, TW-TO)", and with the tags of tests, "[MUST-13]".
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace synq {

/// Where something is cited: the files of the model, or the names of tests.
using Citations = std::map<std::string, std::set<std::string>>;

struct Requirement {
    std::string id;
    std::string source;  // "RFC9293 3.4.1"
    std::string level;   // "MUST"
    std::string rule;
    std::string verdict;  // follows, linux, both, absent, outside
    std::string note;

    /// The model has the rule, or Linux's instead of it: somewhere, and a test shows it.
    [[nodiscard]] bool modelled() const { return verdict != "absent" && verdict != "outside"; }
};

std::vector<Requirement> requirements();

/// By id: files below model/ that cite it. Only ids of `known` count: other words stand in
/// parentheses, too.
Citations cited_in_model(const std::filesystem::path& root, const std::set<std::string>& known);

/// By tag: "`file`: name of the test". All tags that begin with a letter or a digit.
Citations tagged_in_tests(const std::filesystem::path& root);

std::string compliance_markdown(const std::vector<Requirement>& rows, const Citations& model,
                                const Citations& tests);

}  // namespace synq
