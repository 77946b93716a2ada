# Uses Quadot as a user's project does, from a scratch directory.
#
#   cmake -D QUADOT_SOURCE_DIR=… -D QUADOT_BINARY_DIR=… -D WORK_DIR=… [-D WAYS=…] [-D CMAKE_GENERATOR=… and the like] -P consume_test.cmake
#
# WAYS, all three unless given:
#   installed     the library of QUADOT_BINARY_DIR, installed to a prefix
#   shared        the same from a build with BUILD_SHARED_LIBS
#   subdirectory  add_subdirectory(QUADOT_SOURCE_DIR)
cmake_minimum_required(VERSION 3.25)
foreach(required IN ITEMS QUADOT_SOURCE_DIR QUADOT_BINARY_DIR WORK_DIR)
  if(NOT ${required})
    message(FATAL_ERROR "consume_test.cmake: -D ${required}=… is missing")
  endif()
endforeach()
if(NOT WAYS)
  set(WAYS installed shared subdirectory)
endif()

function(run)
  list(JOIN ARGN " " line)
  message("+ ${line}")
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

set(choices "")
foreach(choice IN ITEMS CMAKE_CXX_COMPILER CMAKE_TOOLCHAIN_FILE MPI_CXX_COMPILER QUADOT_MPI QUADOT_SANITIZE)
  if(NOT "${${choice}}" STREQUAL "")
    list(APPEND choices -D ${choice}=${${choice}})
  endif()
endforeach()
if(CMAKE_GENERATOR)
  list(PREPEND choices -G ${CMAKE_GENERATOR})
endif()
set(consumer_choices ${choices} -D CMAKE_BUILD_TYPE=Release)
if(QUADOT_SANITIZE)
  list(APPEND consumer_choices -D CMAKE_CXX_FLAGS=-fsanitize=${QUADOT_SANITIZE})
endif()

function(consume way)
  set(build_dir ${WORK_DIR}/${way}/consumer)
  run(${CMAKE_COMMAND} --no-warn-unused-cli -S ${CMAKE_CURRENT_FUNCTION_LIST_DIR} -B ${build_dir} ${consumer_choices} ${ARGN})
  run(${CMAKE_COMMAND} --build ${build_dir} --target consumer)
  run(${EMULATOR} ${build_dir}/consumer)
endfunction()

foreach(way IN LISTS WAYS)
  set(prefix ${WORK_DIR}/${way}/prefix)
  file(REMOVE_RECURSE ${WORK_DIR}/${way}/prefix ${WORK_DIR}/${way}/consumer)
  if(way STREQUAL "installed")
    run(${CMAKE_COMMAND} --install ${QUADOT_BINARY_DIR} --prefix ${prefix})
    if(EXISTS ${prefix}/bin/quadot)
      run(${EMULATOR} ${prefix}/bin/quadot --help)
    endif()
    consume(${way} -D CMAKE_PREFIX_PATH=${prefix})
  elseif(way STREQUAL "shared")
    # Unoptimised: what is tested is the package.
    set(build_dir ${WORK_DIR}/${way}/quadot)
    run(${CMAKE_COMMAND} -S ${QUADOT_SOURCE_DIR} -B ${build_dir} ${choices} -D BUILD_SHARED_LIBS=ON -D CMAKE_BUILD_TYPE=None
        -D QUADOT_BUILD_TESTS=OFF -D QUADOT_BUILD_BENCH=OFF)
    run(${CMAKE_COMMAND} --build ${build_dir} --target kernels/all)
    run(${CMAKE_COMMAND} --install ${build_dir} --prefix ${prefix} --component library)
    consume(${way} -D CMAKE_PREFIX_PATH=${prefix})
  elseif(way STREQUAL "subdirectory")
    consume(${way} -D QUADOT_SOURCE_DIR=${QUADOT_SOURCE_DIR} -D CMAKE_BUILD_TYPE=None)
  else()
    message(FATAL_ERROR "consume_test.cmake: WAYS: no way named ${way}")
  endif()
endforeach()
