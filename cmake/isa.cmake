# One source, one object library per instruction set.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set(QUADOT_ISAS sse2 avx2 avx512)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  set(QUADOT_ISAS neon64)
else()
  message(FATAL_ERROR "Quadot has kernels for x86-64 and AArch64, not for ${CMAKE_SYSTEM_PROCESSOR}")
endif()
set(QUADOT_ISA_FLAGS_sse2 "")
set(QUADOT_ISA_FLAGS_avx2 -mavx2 -mfma)
set(QUADOT_ISA_FLAGS_avx512 -mavx512f -mavx512cd -mavx512dq -mavx512bw -mavx512vl -mfma)
set(QUADOT_ISA_FLAGS_neon64 "")

# quadot_add_isa_objects(TARGET SOURCES...): TARGET_<isa> for each ISA, linked into TARGET.
function(quadot_add_isa_objects target)
  foreach(isa IN LISTS QUADOT_ISAS)
    add_library(${target}_${isa} OBJECT ${ARGN})
    target_compile_definitions(${target}_${isa} PRIVATE QUADOT_ISA=${isa})
    target_compile_options(${target}_${isa} PRIVATE ${QUADOT_ISA_FLAGS_${isa}})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # GCC 12's AVX-512 intrinsics pass deliberately undefined registers, which it then warns of (GCC bug 105593).
      target_compile_options(${target}_${isa} PRIVATE -Wno-uninitialized -Wno-maybe-uninitialized)
    endif()
    if(QUADOT_SANITIZE MATCHES "undefined")
      # UndefinedBehaviorSanitizer's checks of each reference to each inlined batch take minutes of compilation an instruction set.
      # What they would see of memory is left to AddressSanitizer; arithmetic is checked as everywhere.
      target_compile_options(${target}_${isa} PRIVATE -fno-sanitize=null,alignment,object-size,vptr,bounds,pointer-overflow)
    endif()
    target_include_directories(${target}_${isa} PRIVATE ${PROJECT_SOURCE_DIR}/kernels)
    target_link_libraries(${target}_${isa} PRIVATE quadot_warnings quadot_strict_floating_point xsimd)
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${target}_${isa}>)
  endforeach()
endfunction()
