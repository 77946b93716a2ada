# The headers that run-time compiled formulas include, and what they contained when the library was built: a list and a hash for
# compiled/headers.cpp, which refuses others.
#
#   cmake -D KERNELS_DIR=… -D OUTPUT=… -P compiled_headers.cmake
cmake_minimum_required(VERSION 3.25)
set(pending block/compiled_formula.hpp)
set(headers "")
while(pending)
  list(POP_FRONT pending header)
  if(header IN_LIST headers)
    continue()
  endif()
  list(APPEND headers ${header})
  file(STRINGS ${KERNELS_DIR}/${header} lines REGEX "^[ \t]*#[ \t]*include[ \t]*\"")
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "^[^\"]*\"([^\"]*)\".*" "\\1" included "${line}")
    list(APPEND pending ${included})
  endforeach()
endwhile()
list(SORT headers)
set(contents "")
set(names "")
foreach(header IN LISTS headers)
  file(SHA256 ${KERNELS_DIR}/${header} hash)
  string(APPEND contents "${header} ${hash}\n")
  string(APPEND names "    \"${header}\",\n")
endforeach()
string(SHA256 hash "${contents}")
list(LENGTH headers count)
set(text "// Written by cmake/compiled_headers.cmake.
#pragma once

#include <array>
#include <string_view>

namespace quadot::compiled {

inline constexpr std::array<std::string_view, ${count}> header_names{
${names}};

/// SHA-256 of the lines \"NAME SHA-256\".
inline constexpr std::string_view headers_hash = \"${hash}\";

} // namespace quadot::compiled
")
# Untouched where nothing changed, so that nothing is rebuilt.
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "${text}" @ONLY)
