#include "bench/functions/loops.hpp"

namespace quadot::bench {
array_function find_libmvec(std::string_view name) { return find_loop(name); }
} // namespace quadot::bench
