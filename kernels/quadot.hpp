// Quadot's public face: dot products and integrals, from one SIMD lane to a cluster.
#pragma once

#include "dot.hpp"
#include "errors.hpp"
#include "execution.hpp"
#include "integrate.hpp"
#include "load_only.hpp"
