// docs/tables is what the tables say. After a change of tables: test_tables "[.write]"
#include "model/fsm/describe.h"
#include "tests/catch.h"

#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace synq {
namespace {

std::string path_of(const std::string& file) {
    return std::string(SYNQ_DOCS_DIR) + "/tables/" + file;
}

std::vector<std::pair<std::string, std::string>> documents() {
    return {{"states.md", states_markdown()},
            {"states.csv", states_csv()},
            {"matrix.md", states_matrix_markdown()},
            {"states.dot", states_dot()},
            {"diagram.md", states_mermaid_markdown()}};
}

/// "line 7: <committed> instead of <generated>" for the first line that differs.
std::string first_difference(const std::string& committed, const std::string& generated) {
    std::istringstream left(committed);
    std::istringstream right(generated);
    for (int line = 1;; ++line) {
        std::string a;
        std::string b;
        const bool more_a = static_cast<bool>(std::getline(left, a));
        const bool more_b = static_cast<bool>(std::getline(right, b));
        if (a != b || more_a != more_b) {
            std::ostringstream said;
            said << "line " << line << ":\n  " << a << "\ninstead of\n  " << b;
            return said.str();
        }
        if (!more_a) {
            return "line ends";
        }
    }
}

}  // namespace

TEST_CASE("the committed tables are those of the code") {
    for (const auto& [file, generated] : documents()) {
        std::ifstream in(path_of(file), std::ios::binary);
        std::ostringstream committed;
        committed << in.rdbuf();
        INFO("docs/tables/" << file << ", " << first_difference(committed.str(), generated));
        CHECK((committed.str() == generated));
    }
}

TEST_CASE("write docs/tables", "[.write]") {
    for (const auto& [file, generated] : documents()) {
        std::ofstream out(path_of(file), std::ios::binary);
        out << generated;
        REQUIRE(out.good());
    }
}

}  // namespace synq
