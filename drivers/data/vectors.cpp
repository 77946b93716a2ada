#include "drivers/data/vectors.hpp"

#include "drivers/data/memory.hpp"
#include "ranks/agreement.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <omp.h>

namespace quadot::drivers {

template <class T>
vectors<T> generate_vectors(const communicator& ranks, const data_kind& kind, std::uint64_t seed, int threads, std::uint64_t n) {
    vectors<T> made;
    made.n = n;
    made.origin = fmt::format("{} data, seed {}", kind.name(), seed);
    const slice mine = rank_terms(n, ranks);
    const double bytes = 2.0 * sizeof(T) * static_cast<double>(mine.count);
    agree(ranks, [&] {
        require_memory(ranks, bytes, fmt::format("dot -n {}", n));
        made.x_storage = first_touch_array<T>(mine.count);
        made.y_storage = first_touch_array<T>(mine.count, 1);
    });
    T* const x = made.x_storage.data();
    T* const y = made.y_storage.data();
    // The worker that will reduce a share writes it first, so that its pages are near that worker. Small arrays are made in pieces all the
    // same: making a term costs ten times what reading it does.
    const int workers = mine.count < 4096 ? 1 : std::max(dot_workers(mine.count, threads), threads);
#pragma omp parallel num_threads(workers)
    {
        const slice share = dot_worker_slice(mine, omp_get_thread_num(), omp_get_num_threads());
        const std::uint64_t offset = share.first - mine.first;
        generate(kind, seed, n, share, x + offset, y + offset);
    }
    made.x = made.x_storage.view();
    made.y = made.y_storage.view();
    return made;
}

template <class T>
vectors<T> map_vectors(const communicator& ranks, std::vector<npy_file> files) {
    vectors<T> mapped;
    mapped.n = files[0].size();
    mapped.origin = files[0].path() + ", " + files[1].path();
    const slice mine = rank_terms(mapped.n, ranks);
    agree(ranks, [&] {
        mapped.x = files[0].template slice<T>(mine.first, mine.count);
        mapped.y = files[1].template slice<T>(mine.first, mine.count);
    });
    mapped.files = std::move(files);
    return mapped;
}

template vectors<double> generate_vectors(const communicator&, const data_kind&, std::uint64_t, int, std::uint64_t);
template vectors<float> generate_vectors(const communicator&, const data_kind&, std::uint64_t, int, std::uint64_t);
template vectors<double> map_vectors(const communicator&, std::vector<npy_file>);
template vectors<float> map_vectors(const communicator&, std::vector<npy_file>);

} // namespace quadot::drivers
