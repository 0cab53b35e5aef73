# synq_room(NAME name [DEPENDS room...] [PACKAGES target...] [PRIVATE_PACKAGES target...]
#           [GENERATED file...] [LINUX_ONLY])
#
# One folder, one library synq_<name>, also known as synq::<name>. A room without a .cpp is an
# INTERFACE library. Headers are included from the root: #include "model/base/seq.h".
# DEPENDS must have been declared before: so dependencies run one way.
#   PACKAGES          what the room's headers show to their users
#   PRIVATE_PACKAGES  what only the room's .cpp files see
#   LINUX_ONLY        elsewhere the .cpp files are left out and SYNQ_HAS_KERNEL is 0
function(synq_room)
    cmake_parse_arguments(PARSE_ARGV 0 room "LINUX_ONLY" "NAME"
                          "DEPENDS;PACKAGES;PRIVATE_PACKAGES;GENERATED")
    if(room_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "synq_room(${room_NAME}): unknown argument ${room_UNPARSED_ARGUMENTS}")
    endif()
    set(target synq_${room_NAME})
    set(folder ${CMAKE_CURRENT_SOURCE_DIR}/${room_NAME})
    cmake_path(RELATIVE_PATH folder BASE_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE path)
    if(NOT IS_DIRECTORY ${folder})
        message(FATAL_ERROR "There is no folder ${path} for the room ${room_NAME}.")
    endif()

    set(use_rooms "")
    set(may_include ${path})
    foreach(used IN LISTS room_DEPENDS)
        if(NOT TARGET synq_${used})
            message(FATAL_ERROR "Room ${path} depends on ${used}, which is not declared above it.")
        endif()
        get_property(theirs GLOBAL PROPERTY synq_may_include_${used})
        list(APPEND may_include ${theirs})
        list(APPEND use_rooms synq_${used})
    endforeach()
    list(REMOVE_DUPLICATES may_include)
    set_property(GLOBAL PROPERTY synq_may_include_${room_NAME} ${may_include})
    list(JOIN may_include " " line)
    set_property(GLOBAL APPEND PROPERTY synq_room_lines "${line}")

    # main.cpp belongs to a program, not to the library.
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/*.cpp)
    list(REMOVE_ITEM sources ${folder}/main.cpp)
    if(room_LINUX_ONLY AND NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
        message(STATUS "Room ${path} is for Linux: left out on ${CMAKE_SYSTEM_NAME}")
        set(sources "")
    endif()
    list(APPEND sources ${room_GENERATED})

    if(sources)
        set(scope PUBLIC)
        add_library(${target} STATIC ${sources})
        target_link_libraries(${target} PRIVATE ${room_PRIVATE_PACKAGES})
    else()
        set(scope INTERFACE)
        add_library(${target} INTERFACE)
    endif()
    add_library(synq::${room_NAME} ALIAS ${target})
    target_compile_features(${target} ${scope} cxx_std_23)
    target_include_directories(${target} ${scope}
        $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:include/synq-root>)
    target_link_libraries(${target} ${scope} ${use_rooms} ${room_PACKAGES})
    if(room_LINUX_ONLY)
        target_compile_definitions(${target} ${scope}
            SYNQ_HAS_KERNEL=$<IF:$<PLATFORM_ID:Linux>,1,0>)
    endif()

    set_target_properties(${target} PROPERTIES EXPORT_NAME ${room_NAME})
    install(TARGETS ${target} EXPORT synqTargets)
    install(DIRECTORY ${folder}/ DESTINATION include/synq-root/${path}
            FILES_MATCHING PATTERN "*.h")
    set_property(DIRECTORY APPEND PROPERTY synq_rooms ${target})
endfunction()

# synq_aggregate(model): synq::model stands for every room of this folder.
function(synq_aggregate name)
    get_property(rooms DIRECTORY PROPERTY synq_rooms)
    add_library(synq_${name} INTERFACE)
    add_library(synq::${name} ALIAS synq_${name})
    target_link_libraries(synq_${name} INTERFACE ${rooms})
    set_target_properties(synq_${name} PROPERTIES EXPORT_NAME ${name})
    install(TARGETS synq_${name} EXPORT synqTargets)
endfunction()
