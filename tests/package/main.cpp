// Uses the installed package: a header of the model, and with WITH_SIM a function that must link.
#include "model/base/seq.h"

#ifdef WITH_SIM
#include "sim/scenario/embedded.h"
#endif

int main() {
    const synq::Seq last{0xffff'ffff};
    bool good = synq::before(last, last + 1) && (last + 1) == synq::Seq{0};
#ifdef WITH_SIM
    good = good && !synq::embedded_scenarios().empty();
#endif
    return good ? 0 : 1;
}
