if(QUADOT_SANITIZE)
  add_compile_options(-fsanitize=${QUADOT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${QUADOT_SANITIZE})
endif()
