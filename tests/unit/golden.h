// Expected texts under tests/data/golden. SYNQ_WRITE_GOLDEN=1 in the environment writes them anew:
// read the difference before committing it.
#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace synq::test {

/// What the file holds; with SYNQ_WRITE_GOLDEN it is made to hold `found` first.
inline std::string golden(const std::string& name, const std::string& found) {
    const std::string path = std::string(SYNQ_TEST_DATA_DIR) + "/golden/" + name;
    if (std::getenv("SYNQ_WRITE_GOLDEN") != nullptr) {
        std::ofstream(path, std::ios::binary) << found;
    }
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace synq::test
