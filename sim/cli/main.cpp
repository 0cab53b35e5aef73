// synq: the program.
#include "sim/cli/program.h"

int main(int argc, char* argv[]) {
    return synq::run_program(argc, argv);
}
