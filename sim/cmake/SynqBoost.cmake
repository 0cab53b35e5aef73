# Target Boost::headers, 1.77 or newer: Boost.MSM before that does not compile in C++20.
# Installed beside synqConfig.cmake, because a user of the package needs the same.
set(SYNQ_BOOST_INCLUDE_DIR "" CACHE PATH
    "Folder that holds boost/version.hpp, where the system has no Boost 1.77")
if(NOT "$ENV{SYNQ_BOOST_INCLUDE_DIR}" STREQUAL "")  # also in a folder that was configured without it
    set_property(CACHE SYNQ_BOOST_INCLUDE_DIR PROPERTY VALUE "$ENV{SYNQ_BOOST_INCLUDE_DIR}")
endif()

if(SYNQ_BOOST_INCLUDE_DIR AND NOT TARGET Boost::headers)
    set(synq_boost_version 0)
    if(EXISTS ${SYNQ_BOOST_INCLUDE_DIR}/boost/version.hpp)
        file(STRINGS ${SYNQ_BOOST_INCLUDE_DIR}/boost/version.hpp synq_boost_version
             REGEX "^#define BOOST_VERSION [0-9]+")
        string(REGEX MATCH "[0-9]+" synq_boost_version "${synq_boost_version}")
    endif()
    if(synq_boost_version LESS 107700)
        message(FATAL_ERROR "SYNQ_BOOST_INCLUDE_DIR=${SYNQ_BOOST_INCLUDE_DIR} does not hold Boost 1.77 or newer.")
    endif()
    add_library(Boost::headers INTERFACE IMPORTED)
    set_target_properties(Boost::headers PROPERTIES
        INTERFACE_INCLUDE_DIRECTORIES ${SYNQ_BOOST_INCLUDE_DIR})
elseif(NOT TARGET Boost::headers)
    find_package(Boost 1.77 CONFIG QUIET)  # Boost's own file first: CMake's module is on its way out
    if(NOT TARGET Boost::headers)
        find_package(Boost 1.77 MODULE QUIET)
    endif()
    if(NOT TARGET Boost::headers)
        message(FATAL_ERROR
            "synq needs the headers of Boost 1.77 or newer (Boost.MSM, Boost.MP11).\n"
            "On Debian 12 the package is libboost1.81-dev (it replaces libboost-dev and "
            "libboost1.74-dev, which are too old); sim/setup.sh installs it. Or give a folder "
            "that holds boost/version.hpp: -DSYNQ_BOOST_INCLUDE_DIR=/path/to/boost_1_81_0")
    endif()
endif()
