# The shipped scenarios inside the program, so that `synq run six-clients` works from any folder.
# Included: defines synq_embed_scenarios(variable), which names the generated .cpp.
# Run with cmake -P: writes it (FILES, OUTPUT).

if(NOT CMAKE_SCRIPT_MODE_FILE)
    function(synq_embed_scenarios result)
        file(GLOB files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/scenarios/*.toml)
        list(SORT files)
        set(output ${CMAKE_CURRENT_BINARY_DIR}/scenario/embedded.cpp)
        set(script ${PROJECT_SOURCE_DIR}/sim/cmake/SynqScenarios.cmake)
        # The names are part of the command: a file that went away makes it run again.
        add_custom_command(OUTPUT ${output}
            COMMAND ${CMAKE_COMMAND} "-DFILES=${files}" -DOUTPUT=${output} -P ${script}
            DEPENDS ${files} ${script} VERBATIM
            COMMENT "Embedding the scenarios")
        set(${result} ${output} PARENT_SCOPE)
    endfunction()
    return()
endif()

cmake_minimum_required(VERSION 3.25)

# Bytes as numbers rather than string literals: no delimiter can clash and no length is too long.
set(arrays "")
set(table "")
set(number 0)
foreach(file IN LISTS FILES)
    cmake_path(GET file STEM LAST_ONLY name)
    file(READ ${file} hex HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
    string(APPEND arrays "constexpr char kText${number}[] = {${bytes}'\\0'};\n")
    string(APPEND table "    {\"${name}\", {kText${number}, sizeof kText${number} - 1}},\n")
    math(EXPR number "${number} + 1")
endforeach()
file(WRITE ${OUTPUT} "// Generated from sim/scenarios/*.toml.
#include \"sim/scenario/embedded.h\"

#include <array>

namespace synq {
namespace {

${arrays}
constexpr std::array<EmbeddedScenario, ${number}> kScenarios{{
${table}}};

}  // namespace

std::span<const EmbeddedScenario> embedded_scenarios() {
    return kScenarios;
}

}  // namespace synq
")
