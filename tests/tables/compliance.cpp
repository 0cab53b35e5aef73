#include "tests/tables/compliance.h"

#include "tests/csv.h"

#include <algorithm>
#include <fstream>
#include <regex>
#include <sstream>

namespace synq {
namespace {

std::string text_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

std::vector<std::filesystem::path> sources_below(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        const auto suffix = entry.path().extension();
        if (suffix == ".h" || suffix == ".cpp") {
            out.push_back(entry.path());
        }
    }
    std::sort(out.begin(), out.end());
    return out;
}

/// "RFC 9293", "RFC 1337", ..., or "no RFC": the page's tables.
std::string table_of(const Requirement& row) {
    static const std::regex kRfc("RFC([0-9]+)");
    std::smatch match;
    const bool named = std::regex_search(row.source, match, kRfc) && match.position() == 0;
    return named ? "RFC " + match[1].str() : "Linux and what RFCs leave open";
}

/// What a reader needs besides the table's name: "3.4.1".
std::string section_of(const Requirement& row) {
    static const std::regex kFirst("^RFC[0-9]+ ?");
    return std::regex_replace(row.source, kFirst, "");
}

std::string cell(std::string text) {
    for (std::size_t at = 0; (at = text.find_first_of("<>", at)) != std::string::npos;) {
        text.replace(at, 1, text[at] == '<' ? "&lt;" : "&gt;");
    }
    return text;
}

std::string verdict_of(const Requirement& row) {
    static const std::map<std::string, std::string> kWords{
        {"follows", "implemented"},
        {"linux", "as Linux; profile `rfc9293` follows"},
        {"both", "as Linux, in both profiles"},
        {"absent", "not modelled yet"},
        {"outside", "out of scope"}};
    const std::string& words = kWords.at(row.verdict);
    return cell(row.note.empty() ? words : words + ": " + row.note);
}

std::string joined(const Citations& citations, const std::string& id, const std::string& around) {
    std::string out;
    if (const auto found = citations.find(id); found != citations.end()) {
        for (const std::string& place : found->second) {
            out += out.empty() ? "" : "<br>";
            out += around;
            out += cell(place);
            out += around;
        }
    }
    return out;
}

/// What the model does not count, and why.
std::string counters_left_out() {
    std::string out =
        "\n## Counters that are not kept\n\nThose that are: `model/profile/mib.h`. From "
        "`tests/data/counters_left_out.csv`.\n\n| counter | why not |\n|---|---|\n";
    for (const CsvRow& row : read_csv("counters_left_out.csv")) {
        out += "| " + row.at("counter") + " | " + row.at("reason") + " |\n";
    }
    return out;
}

std::string summary(const std::vector<Requirement>& rows) {
    const auto count = [&](const std::string& verdict) {
        return std::to_string(std::count_if(rows.begin(), rows.end(), [&](const Requirement& row) {
            return row.verdict == verdict;
        }));
    };
    return "| verdict | requirements |\n|---|---|\n"
           "| implemented, shown by a test | " +
           count("follows") +
           " |\n"
           "| deviates as Linux does, shown by a test; profile `rfc9293` follows the RFC | " +
           count("linux") +
           " |\n"
           "| deviates as Linux does in both profiles, shown by a test | " +
           count("both") +
           " |\n"
           "| not modelled yet | " +
           count("absent") +
           " |\n"
           "| out of scope of a model | " +
           count("outside") +
           " |\n"
           "| all | " +
           std::to_string(rows.size()) + " |\n";
}

}  // namespace

std::vector<Requirement> requirements() {
    std::vector<Requirement> out;
    for (const CsvRow& row : read_csv("rfc_requirements.csv")) {
        out.push_back({row.at("id"), row.at("source"), row.at("level"), row.at("rule"),
                       row.at("verdict"), row.at("note")});
    }
    return out;
}

Citations cited_in_model(const std::filesystem::path& root, const std::set<std::string>& known) {
    static const std::regex kGroup(R"(\(([^()]+)\))");
    Citations out;
    for (const auto& path : sources_below(root / "model")) {
        std::istringstream lines(text_of(path));
        for (std::string line; std::getline(lines, line);) {
            const std::size_t comment = line.find("//");
            if (comment == std::string::npos) {
                continue;
            }
            const std::string text = line.substr(comment);
            for (std::sregex_iterator group(text.begin(), text.end(), kGroup), end; group != end;
                 ++group) {
                for (std::string word : split((*group)[1].str(), ',')) {
                    word.erase(0, word.find_first_not_of(' '));
                    if (known.contains(word)) {
                        out[word].insert(path.lexically_relative(root).generic_string());
                    }
                }
            }
        }
    }
    return out;
}

Citations tagged_in_tests(const std::filesystem::path& root) {
    // Name and tags may be several pieces each.
    static const std::regex kCase(
        R"re(TEST_CASE\(\s*((?:"[^"\n]*"\s*)+),\s*((?:"[^"\n]*"\s*)+)\))re");
    static const std::regex kString(R"re("([^"\n]*)")re");
    static const std::regex kTag(R"(\[([A-Za-z0-9][^\]]*)\])");
    Citations out;
    for (const auto& path : sources_below(root / "tests")) {
        // Their tags are ctest's groups.
        if (path.lexically_relative(root / "tests").generic_string().starts_with("theory/")) {
            continue;
        }
        const std::string text = text_of(path);
        for (std::sregex_iterator found(text.begin(), text.end(), kCase), end; found != end;
             ++found) {
            const std::string pieces = (*found)[1].str();
            std::string name;
            for (std::sregex_iterator s(pieces.begin(), pieces.end(), kString), last; s != last;
                 ++s) {
                name += (*s)[1].str();
            }
            const std::string tags = (*found)[2].str();
            for (std::sregex_iterator tag(tags.begin(), tags.end(), kTag), last; tag != last;
                 ++tag) {
                out[(*tag)[1].str()].insert(
                    path.lexically_relative(root / "tests").generic_string() + ": " + name);
            }
        }
    }
    return out;
}

std::string compliance_markdown(const std::vector<Requirement>& rows, const Citations& model,
                                const Citations& tests) {
    std::vector<std::string> tables;
    for (const Requirement& row : rows) {
        if (std::find(tables.begin(), tables.end(), table_of(row)) == tables.end()) {
            tables.push_back(table_of(row));
        }
    }
    std::string out =
        "# What RFCs ask for, and what the model does\n\n"
        "Made by `test_tables \"[.write]\"` from `tests/data/rfc_requirements.csv`, from "
        "citations\n"
        "in the model's comments and from tags of tests: do not edit. A test fails when a row "
        "that\n"
        "claims to be modelled has no citation or no test.\n\n"
        "*implemented* speaks of the default profile, `linux-6.18`. D1 to D13 are the classes in\n"
        "which Linux's answers differ from the RFC's: `model/profile/profile.h`.\n\n" +
        summary(rows);
    for (const std::string& table : tables) {
        out += "\n## " + table + "\n\n| id | section | level | rule | verdict | where | test |\n";
        out += "|---|---|---|---|---|---|---|\n";
        for (const Requirement& row : rows) {
            if (table_of(row) == table) {
                out += "| " + row.id + " | " + cell(section_of(row)) + " | " + row.level + " | " +
                       cell(row.rule) + " | " + verdict_of(row) + " | " +
                       joined(model, row.id, "`") + " | " + joined(tests, row.id, "") + " |\n";
            }
        }
    }
    return out + counters_left_out();
}

}  // namespace synq
