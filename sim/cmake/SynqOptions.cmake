# How everything is compiled: one language, the same warnings, the same bytes on every machine.

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug or Release" FORCE)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 12)
    message(FATAL_ERROR "synq needs g++ 12 or newer (or clang 19); this is ${CMAKE_CXX_COMPILER_VERSION}.")
endif()

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_compile_options(
    -Wall -Wextra -Wpedantic
    -Wconversion -Wsign-conversion -Wdouble-promotion
    -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
    -Wold-style-cast -Wcast-qual -Wcast-align
    -Wformat=2 -Wimplicit-fallthrough -Wextra-semi -Wundef -Wunused
    # Values are written with designated initializers; what is left out has its default.
    -Wno-missing-field-initializers)
if(SYNQ_WERROR)
    add_compile_options(-Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wlogical-op -Wduplicated-cond)
    if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
        # False alarms of g++ 12 inside std::string and std::vector when optimising (GCC 105651, 105329).
        add_compile_options(-Wno-restrict -Wno-stringop-overflow -Wno-array-bounds)
    endif()
endif()

# Equal input, equal bytes: no folder of the builder, no date, no fused multiply-add (which
# compilers and processors choose differently).
add_compile_options(
    -ffile-prefix-map=${PROJECT_BINARY_DIR}=build
    -ffile-prefix-map=${PROJECT_SOURCE_DIR}=.
    -Wdate-time
    -ffp-contract=off)

if(SYNQ_SANITIZE)
    set(SYNQ_SANITIZE_FLAGS -fsanitize=${SYNQ_SANITIZE} -fno-sanitize-recover=all)
    add_compile_options(${SYNQ_SANITIZE_FLAGS} -fno-omit-frame-pointer)
    add_compile_definitions(_GLIBCXX_ASSERTIONS)
    add_link_options(${SYNQ_SANITIZE_FLAGS})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # The checks that g++ inserts confuse this warning; the release build keeps it.
        add_compile_options(-Wno-maybe-uninitialized)
    endif()
endif()

if(SYNQ_FUZZ)
    if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
        message(FATAL_ERROR "SYNQ_FUZZ needs clang: libFuzzer comes with it. Use the preset `fuzz`.")
    endif()
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()
