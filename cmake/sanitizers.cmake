if(QUADOT_SANITIZE)
  add_compile_options(-fsanitize=${QUADOT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${QUADOT_SANITIZE})
endif()
if(QUADOT_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "QUADOT_FUZZ needs clang's libFuzzer: configure with -DCMAKE_CXX_COMPILER=clang++")
  endif()
  # The parser and all else that branches on text. The kernels' objects stay as they are: clang takes many minutes to instrument
  # them, and preset asan replays the corpus with them.
  set(QUADOT_FUZZ_FLAGS -fsanitize=fuzzer-no-link,address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=all)
endif()
