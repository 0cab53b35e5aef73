# bin/synq, include/synq-root/, share/synq/scenarios/, and the CMake package `synq`:
#   find_package(synq REQUIRED)
#   target_link_libraries(mine PRIVATE synq::model)   # or synq::sim
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/synq)
configure_package_config_file(${PROJECT_SOURCE_DIR}/sim/cmake/synqConfig.cmake.in
    ${PROJECT_BINARY_DIR}/synqConfig.cmake INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/synqConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)

install(TARGETS synq)
install(DIRECTORY sim/scenarios/ DESTINATION ${CMAKE_INSTALL_DATADIR}/synq/scenarios
        FILES_MATCHING PATTERN "*.toml")
install(EXPORT synqTargets NAMESPACE synq:: DESTINATION ${package_folder})
install(FILES ${PROJECT_BINARY_DIR}/synqConfig.cmake ${PROJECT_BINARY_DIR}/synqConfigVersion.cmake
              sim/cmake/SynqBoost.cmake
        DESTINATION ${package_folder})
