// cblas_ddot and cblas_sdot of OpenBLAS, loaded at the first call: linked, it adds 5 ms and a pool of threads
// to the start of every command (measured: OpenBLAS 0.3.21 on two Zen 4 cores).
#include "baselines/baselines.hpp"

#include <cblas.h>
#include <dlfcn.h>

#include <algorithm>
#include <stdexcept>
#include <string>

namespace quadot::baselines {
namespace {

struct openblas {
    decltype(&cblas_ddot) ddot;
    decltype(&cblas_sdot) sdot;
    void (*set_threads)(int); ///< null where the library is no OpenBLAS

    openblas() {
        void* library = dlopen(QUADOT_OPENBLAS_LIBRARY, RTLD_NOW | RTLD_LOCAL);
        if (library == nullptr) throw std::runtime_error(std::string("blas: cannot load OpenBLAS: ") + dlerror());
        find(library, "cblas_ddot", ddot);
        find(library, "cblas_sdot", sdot);
        find(library, "openblas_set_num_threads", set_threads);
        if (ddot == nullptr || sdot == nullptr) {
            throw std::runtime_error("blas: no cblas_ddot or cblas_sdot in " QUADOT_OPENBLAS_LIBRARY);
        }
    }

    template <class Function>
    static void find(void* library, const char* name, Function& function) {
        function = reinterpret_cast<Function>(dlsym(library, name));
    }

    double dot(blasint n, const double* x, const double* y) const { return ddot(n, x, 1, y, 1); }
    double dot(blasint n, const float* x, const float* y) const { return sdot(n, x, 1, y, 1); }
};

const openblas& library() {
    static const openblas loaded;
    return loaded;
}

/// What an int can count, in whole pages.
constexpr std::uint64_t chunk = std::uint64_t{1} << 30;

template <class T>
double blas_dot(const T* x, const T* y, std::uint64_t n, int threads) {
    const openblas& blas = library();
    if (blas.set_threads != nullptr) blas.set_threads(threads);
    double s = 0;
    for (std::uint64_t first = 0; first < n; first += chunk) {
        s += blas.dot(static_cast<blasint>(std::min(chunk, n - first)), x + first, y + first);
    }
    return s;
}

} // namespace

extern constinit const dot_baseline dot_blas{"blas", "cblas_ddot of OpenBLAS", QUADOT_BASELINE_LABEL,
                                             true,   &blas_dot<double>,        &blas_dot<float>};

} // namespace quadot::baselines
