# Warnings for Quadot's own targets.
add_library(quadot_warnings INTERFACE)
# Clang's -Wconversion contains -Wsign-conversion, GCC's does not.
# It also warns of & and | between masks where a mask is a bool, as in math/one_lane.hpp.
target_compile_options(quadot_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
                       $<$<CXX_COMPILER_ID:Clang>:-Wno-sign-conversion;-Wno-bitwise-instead-of-logical>
                       $<$<BOOL:${QUADOT_WERROR}>:-Werror>)
# For sources that include SIMD intrinsics.
set(QUADOT_INTRINSICS_FLAGS "")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12's AVX-512 intrinsics pass deliberately undefined registers, which it then warns of (GCC bug 105593).
  set(QUADOT_INTRINSICS_FLAGS -Wno-uninitialized -Wno-maybe-uninitialized)
  # GCC 12 sees overlapping copies in "literal" + std::string (GCC bug 105651).
  target_compile_options(quadot_warnings INTERFACE -Wno-restrict)
endif()
