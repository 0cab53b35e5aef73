// main() of every test executable. Catch2 returns the number of failures: 77 of them would read as
// "skipped" to ctest, so the answer is 0 or 1.
#define CATCH_CONFIG_RUNNER  // Catch2 2
#include "tests/catch.h"

int main(int argc, char* argv[]) {
    return Catch::Session().run(argc, argv) == 0 ? 0 : 1;
}
