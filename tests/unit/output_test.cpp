// Files appear complete or not at all.
#include "sim/cli/output.h"

#include "tests/catch.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace synq {
namespace {

namespace fs = std::filesystem;

// A folder of its own that disappears with the test.
class Folder {
  public:
    Folder() {
        std::string name = (fs::temp_directory_path() / "synq-output-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() { fs::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    Folder(Folder&&) = delete;
    Folder& operator=(Folder&&) = delete;

    [[nodiscard]] std::size_t entries() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(path), fs::directory_iterator()));
    }
    fs::path path;
};

std::string content(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

TEST_CASE("a file is in its place only when it is finished") {
    const Folder folder;
    const fs::path file = folder.path / "out.txt";
    auto output = Output::open(file.string());
    REQUIRE(output);
    output->write(std::string(200'000, 'x'));
    CHECK_FALSE(fs::exists(file));
    CHECK(output->finish());
    CHECK(content(file).size() == 200'000);
    CHECK(folder.entries() == 1);
}

TEST_CASE("what was given up leaves the old file as it was") {
    const Folder folder;
    const fs::path file = folder.path / "out.txt";
    std::ofstream(file) << "old";
    {
        auto output = Output::open(file.string());
        REQUIRE(output);
        output->write(std::string(200'000, 'x'));
    }
    CHECK(content(file) == "old");
    CHECK(folder.entries() == 1);
}

TEST_CASE("a link stays a link") {
    const Folder folder;
    const fs::path file = folder.path / "real.txt";
    const fs::path link = folder.path / "link.txt";
    std::ofstream(file) << "old";
    fs::create_symlink(file, link);
    auto output = Output::open(link.string());
    REQUIRE(output);
    output->write("new");
    REQUIRE(output->finish());
    CHECK(fs::is_symlink(link));
    CHECK(content(file) == "new");
}

TEST_CASE("a folder or a place that does not exist is told at once") {
    const Folder folder;
    const auto directory = Output::open(folder.path.string());
    REQUIRE_FALSE(directory);
    CHECK(directory.error() == "cannot write " + folder.path.string() + ": Is a directory");
    const std::string missing = (folder.path / "none" / "out.txt").string();
    const auto nowhere = Output::open(missing);
    REQUIRE_FALSE(nowhere);
    CHECK(nowhere.error() == "cannot write " + missing + ": No such file or directory");
}

TEST_CASE("devices are written to, not replaced") {
    auto output = Output::open("/dev/full");
    REQUIRE(output);
    output->write("text");
    const auto finished = output->finish();
    REQUIRE_FALSE(finished);
    CHECK(finished.error() == "cannot write /dev/full: No space left on device");
    CHECK(fs::is_character_file("/dev/full"));
}

}  // namespace synq
