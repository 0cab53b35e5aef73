// Runs a fuzz target without libFuzzer, on every compiler: the files given, then mutants of them.
// The same seed makes the same inputs.
//
// Usage: fuzz_NAME [-seed=N] [-runs=N] FILE|FOLDER...
#include "sim/des/random.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#include <sanitizer/common_interface_defs.h>
#endif

// The name is libFuzzer's. NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace synq {
namespace {

namespace fs = std::filesystem;
using Input = std::vector<std::uint8_t>;

constexpr std::uint64_t kLongest = 600;  // octets of a mutant
constexpr const char* kCrashFile = "crash-input";

// The input being run: whoever dies writes it down.
const Input* running = nullptr;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

void write_down_input() {
    if (std::FILE* file = running == nullptr ? nullptr : std::fopen(kCrashFile, "wb")) {
        std::fwrite(running->data(), 1, running->size(), file);
        std::fclose(file);
        std::fprintf(stderr, "the input is in %s\n", kCrashFile);
    }
    running = nullptr;
}

void aborted(int /*signal*/) {
    write_down_input();
    std::signal(SIGABRT, SIG_DFL);
    std::abort();
}

void run(const Input& input) {
    running = &input;
    LLVMFuzzerTestOneInput(input.data(), input.size());
    running = nullptr;
}

Input read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// The files of a folder in the order of their names, or the file itself.
std::vector<fs::path> files(const fs::path& path) {
    if (!fs::is_directory(path)) {
        return {path};
    }
    std::vector<fs::path> out;
    for (const auto& entry : fs::directory_iterator(path)) {
        out.push_back(entry.path());
    }
    std::ranges::sort(out);
    return out;
}

void change(Input& input, RandomStream& random) {
    const auto octet = static_cast<std::uint8_t>(random.next());
    const auto at = static_cast<std::ptrdiff_t>(random.uniform(input.size() + 1));
    const auto place = input.begin() + at;
    if (place == input.end()) {
        input.push_back(octet);
        return;
    }
    switch (random.uniform(5)) {
        case 0:
            input.insert(place, octet);
            break;
        case 1:
            input.erase(place);
            break;
        case 2:
            *place ^= static_cast<std::uint8_t>(1U << (octet % 8U));
            break;
        default:
            *place = octet;
            break;
    }
}

/// One input of the pool, or the head of one and the tail of another, with a few changes; now and
/// then noise.
Input mutant(const std::vector<Input>& pool, RandomStream& random) {
    Input out;
    if (pool.empty() || random.chance(1, 16)) {
        out.resize(random.uniform(kLongest));
        std::ranges::generate(out, [&] { return static_cast<std::uint8_t>(random.next()); });
        return out;
    }
    out = pool[random.uniform(pool.size())];
    if (random.chance(1, 3)) {
        const Input& other = pool[random.uniform(pool.size())];
        out.resize(random.uniform(out.size() + 1));
        const auto from = static_cast<std::ptrdiff_t>(random.uniform(other.size() + 1));
        out.insert(out.end(), other.begin() + from, other.end());
    }
    for (std::uint64_t n = random.uniform(6); n > 0; --n) {
        change(out, random);
    }
    out.resize(std::min<std::size_t>(out.size(), kLongest));
    return out;
}

/// "-NAME=NUMBER"; false when the argument is something else.
bool option(std::string_view argument, std::string_view name, std::uint64_t& value) {
    if (!argument.starts_with(name)) {
        return false;
    }
    argument.remove_prefix(name.size());
    const auto [end, error] =
        std::from_chars(argument.data(), argument.data() + argument.size(), value);
    return error == std::errc{} && end == argument.data() + argument.size();
}

int run_all(const std::vector<std::string_view>& arguments) {
    std::uint64_t seed = 1;
    std::uint64_t runs = 0;
    std::vector<Input> pool;
    for (const std::string_view argument : arguments) {
        if (option(argument, "-seed=", seed) || option(argument, "-runs=", runs)) {
            continue;
        }
        if (!fs::exists(argument)) {
            std::fprintf(stderr, "no such file or option: %s\n", std::string(argument).c_str());
            return 2;
        }
        for (const fs::path& path : files(argument)) {
            pool.push_back(read(path));
            run(pool.back());
        }
    }
    RandomStream random(seed, "fuzz", 0);
    for (std::uint64_t i = 0; i < runs; ++i) {
        run(mutant(pool, random));
    }
    std::printf("%zu files and %llu mutants ran\n", pool.size(),
                static_cast<unsigned long long>(runs));
    return 0;
}

}  // namespace
}  // namespace synq

int main(int argc, char** argv) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    __sanitizer_set_death_callback(synq::write_down_input);
#endif
    std::signal(SIGABRT, synq::aborted);
    return synq::run_all({argv + 1, argv + argc});
}
