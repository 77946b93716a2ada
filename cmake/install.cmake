# find_package(quadot) gives quadot::quadot. Components: library (headers, library, package configuration) and program.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/quadot)
set_target_properties(quadot PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
install(TARGETS quadot quadot_batch_functor EXPORT quadot-targets COMPONENT library)
# Headers keep the layout of kernels/. Of the rivals and the registry nothing is public.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/kernels/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/quadot COMPONENT library
        FILES_MATCHING PATTERN *.hpp PATTERN baselines EXCLUDE PATTERN registry EXCLUDE)
install(EXPORT quadot-targets NAMESPACE quadot:: DESTINATION ${package_dir} COMPONENT library)

# A static library leaves to its users what a shared one has linked itself.
get_target_property(QUADOT_LIBRARY_TYPE quadot TYPE)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/quadotConfig.cmake.in ${PROJECT_BINARY_DIR}/quadotConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/quadotConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/quadotConfig.cmake ${PROJECT_BINARY_DIR}/quadotConfigVersion.cmake
        DESTINATION ${package_dir} COMPONENT library)

if(TARGET quadot_program)
  file(RELATIVE_PATH program_to_library ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
  set_property(TARGET quadot_program PROPERTY INSTALL_RPATH $ORIGIN/${program_to_library})
  install(TARGETS quadot_program COMPONENT program)
endif()
