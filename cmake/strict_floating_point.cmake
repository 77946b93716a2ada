# Error-free transformations need every operation as written: GCC contracts a * b + c across inline functions even in strict
# C++20 mode, which turns two_prod's error term into 0. Fused operations are written as fma().
add_library(quadot_strict_floating_point INTERFACE)
target_compile_options(quadot_strict_floating_point INTERFACE -ffp-contract=off -fno-fast-math)
