# Every dependency is found here. The Debian packages that provide them are listed in packages.txt beside this file, which
# setup.sh reads. GLOBAL: a project that adds Quadot as a subdirectory must see what Quadot links.
#
# Cross builds take from the host what consists of headers alone, and build GoogleTest from its source.
if(CMAKE_CROSSCOMPILING)
  # Debian keeps some configurations of header-only packages under the host architecture's name.
  set(quadot_host_packages /usr/lib/${CMAKE_HOST_SYSTEM_PROCESSOR}-linux-gnu/cmake)
endif()

find_package(OpenMP REQUIRED COMPONENTS CXX GLOBAL)
find_package(Threads REQUIRED GLOBAL)
if(QUADOT_MPI)
  find_package(MPI REQUIRED COMPONENTS CXX GLOBAL)
endif()
find_package(xsimd REQUIRED HINTS ${quadot_host_packages}) # only kernels/block sees it
if(xsimd_VERSION VERSION_LESS 8.1) # its configurations accept one major version only, so it cannot be asked for above
  message(FATAL_ERROR "Quadot needs xsimd 8.1 or later; found ${xsimd_VERSION} in ${xsimd_DIR}")
endif()
if(NOT TARGET xtl)
  # Debian's xsimd 8.1 asks to be linked with xtl, which it neither contains nor needs.
  set_target_properties(xsimd PROPERTIES INTERFACE_LINK_LIBRARIES "")
endif()

if(PROJECT_IS_TOP_LEVEL)
  find_package(Eigen3 3.4 REQUIRED NO_MODULE)
  find_package(CLI11 REQUIRED)
  find_package(nlohmann_json REQUIRED)
  find_path(RANDOM123_INCLUDE_DIR Random123/philox.h REQUIRED)
  if(CMAKE_CROSSCOMPILING)
    find_path(FMT_INCLUDE_DIR fmt/format.h REQUIRED)
    add_library(fmt::fmt INTERFACE IMPORTED)
    set_target_properties(fmt::fmt PROPERTIES INTERFACE_COMPILE_DEFINITIONS FMT_HEADER_ONLY=1
                                              INTERFACE_INCLUDE_DIRECTORIES ${FMT_INCLUDE_DIR})
  else()
    find_package(fmt REQUIRED)
    find_package(PkgConfig)
    if(PkgConfig_FOUND)
      pkg_check_modules(HWLOC IMPORTED_TARGET hwloc)
    endif()
  endif()
  if(QUADOT_BLAS)
    find_path(CBLAS_INCLUDE_DIR cblas.h PATH_SUFFIXES openblas openblas-pthread)
    find_library(OPENBLAS_LIBRARY openblas)
  endif()
  if(QUADOT_BUILD_BENCH)
    find_package(benchmark REQUIRED)
  endif()
  if(QUADOT_BUILD_TESTS)
    if(CMAKE_CROSSCOMPILING)
      set(INSTALL_GTEST OFF)
      set(BUILD_GMOCK OFF)
      add_subdirectory(/usr/src/googletest ${PROJECT_BINARY_DIR}/googletest EXCLUDE_FROM_ALL SYSTEM)
    else()
      find_package(GTest REQUIRED)
    endif()
    # The reference arithmetic of some tests; a cross build without them leaves those tests out.
    find_library(MPFR_LIBRARY mpfr)
    find_library(GMP_LIBRARY gmp)
    if(NOT CMAKE_CROSSCOMPILING AND NOT (MPFR_LIBRARY AND GMP_LIBRARY))
      message(FATAL_ERROR "The tests need MPFR and GMP (Debian: libmpfr-dev libgmp-dev); or configure with -DQUADOT_BUILD_TESTS=OFF")
    endif()
  endif()
endif()
