// docs/tables is what the tables say. After a change of tables: test_tables "[.write]"
#include "model/fsm/describe.h"
#include "model/profile/profile.h"
#include "sim/draw/profile_pages.h"
#include "sim/draw/state_diagram.h"
#include "tests/catch.h"

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace synq {
namespace {

struct Document {
    std::filesystem::path path;  // below docs/tables
    std::string text;
};

/// The default profile's stand in docs/tables, the RFC's in a folder of their own. The other
/// profiles are told by `synq states --profile`.
std::vector<Document> documents() {
    std::vector<Document> out{{"profiles.md", profiles_markdown()}};
    for (const std::string_view name : {profile_names().front(), std::string_view("rfc9293")}) {
        const Selection all{.profile = find_profile(name), .states = {}, .events = {}};
        const std::filesystem::path folder = name == profile_names().front() ? "" : name;
        out.insert(out.end(), {{folder / "states.md", states_markdown(all)},
                               {folder / "states.csv", states_csv(all)},
                               {folder / "matrix.md", states_matrix_markdown(all)},
                               {folder / "states.dot", states_dot(all)},
                               {folder / "diagram.md", states_mermaid_markdown(all)},
                               {folder / "states.svg", states_svg(all)}});
    }
    return out;
}

std::filesystem::path tables() {
    return std::filesystem::path(SYNQ_DOCS_DIR) / "tables";
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
    for (const auto& [path, generated] : documents()) {
        std::ifstream in(tables() / path, std::ios::binary);
        std::ostringstream committed;
        committed << in.rdbuf();
        INFO("docs/tables/" << path.string() << ", "
                            << first_difference(committed.str(), generated));
        CHECK((committed.str() == generated));
    }
}

TEST_CASE("docs/tables holds nothing else") {
    std::set<std::filesystem::path> expected;
    for (const Document& document : documents()) {
        expected.insert(tables() / document.path);
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(tables())) {
        INFO(entry.path());
        CHECK((entry.is_directory() || expected.contains(entry.path())));
    }
}

TEST_CASE("write docs/tables", "[.write]") {
    for (const auto& [path, generated] : documents()) {
        std::filesystem::create_directories((tables() / path).parent_path());
        std::ofstream out(tables() / path, std::ios::binary);
        out << generated;
        REQUIRE(out.good());
    }
}

}  // namespace synq
