# Warnings for Quadot's own targets.
add_library(quadot_warnings INTERFACE)
target_compile_options(quadot_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
                       $<$<BOOL:${QUADOT_WERROR}>:-Werror>)
