// Diagnostics are made by the room below already (programs have mistakes, too).
#pragma once

#include "sim/proc/diagnostic.h"  // IWYU pragma: export
