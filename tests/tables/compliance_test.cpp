// docs/COMPLIANCE.md says what code and tests say. After a change: test_tables "[.write]"
#include "tests/tables/compliance.h"

#include "tests/catch.h"

#include <fstream>
#include <sstream>

namespace synq {
namespace {

std::filesystem::path root() {
    return std::filesystem::path(SYNQ_DOCS_DIR).parent_path();
}

std::set<std::string> ids() {
    std::set<std::string> out;
    for (const Requirement& row : requirements()) {
        out.insert(row.id);
    }
    return out;
}

std::string generated() {
    return compliance_markdown(requirements(), cited_in_model(root(), ids()),
                               tagged_in_tests(root()));
}

}  // namespace

TEST_CASE("compliance: 174 requirements, each once, each with a verdict") {
    const std::vector<Requirement> rows = requirements();
    REQUIRE(rows.size() == 174);
    REQUIRE(ids().size() == 174);
    const std::set<std::string> verdicts{"follows", "linux", "both", "absent", "outside"};
    for (const Requirement& row : rows) {
        INFO(row.id);
        CHECK(verdicts.contains(row.verdict));
        CHECK((row.verdict == "follows" || !row.note.empty()));
    }
}

TEST_CASE("compliance: what is modelled is cited in the model and shown by a test") {
    const Citations model = cited_in_model(root(), ids());
    const Citations tests = tagged_in_tests(root());
    for (const Requirement& row : requirements()) {
        INFO(row.id << " " << row.verdict);
        CHECK(model.contains(row.id) == row.modelled());
        CHECK(tests.contains(row.id) == row.modelled());
    }
}

TEST_CASE("compliance: every tag of a test names a requirement") {
    const std::set<std::string> known = ids();
    for (const auto& [tag, tests] : tagged_in_tests(root())) {
        INFO("[" << tag << "] of " << *tests.begin());
        CHECK(known.contains(tag));
    }
}

TEST_CASE("compliance: the committed page is made of these") {
    std::ifstream in(root() / "docs" / "COMPLIANCE.md", std::ios::binary);
    std::ostringstream committed;
    committed << in.rdbuf();
    INFO("docs/COMPLIANCE.md is not up to date: test_tables \"[.write]\"");
    CHECK((committed.str() == generated()));
}

TEST_CASE("write docs/COMPLIANCE.md", "[.write]") {
    std::ofstream out(root() / "docs" / "COMPLIANCE.md", std::ios::binary);
    out << generated();
    REQUIRE(out.good());
}

}  // namespace synq
