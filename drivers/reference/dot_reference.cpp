#include "drivers/reference/dot_reference.hpp"

#include "reduce/slices.hpp"

#include <cmath>
#include <cstring>
#include <vector>

#include <omp.h>

namespace quadot::drivers {

namespace {

struct contribution {
    exact_sum sum;
    double magnitude = 0;

    void merge(const contribution& other) {
        sum.merge(other.sum);
        magnitude += other.magnitude;
    }
};

} // namespace

template <class T>
dot_reference reference_dot(const communicator& ranks, std::span<const T> x, std::span<const T> y, int threads) {
    const int workers = x.size() < 4096 ? 1 : threads;
    std::vector<contribution> parts(static_cast<std::size_t>(workers));
#pragma omp parallel num_threads(workers)
    {
        const slice mine =
            share(x.size(), static_cast<std::uint64_t>(omp_get_thread_num()), static_cast<std::uint64_t>(omp_get_num_threads()));
        contribution part;
        for (std::uint64_t i = mine.first; i < mine.last(); ++i) {
            const auto a = static_cast<double>(x[i]);
            const auto b = static_cast<double>(y[i]);
            part.sum.add_product(a, b);
            part.magnitude += std::abs(a * b);
        }
        parts[static_cast<std::size_t>(omp_get_thread_num())] = part;
    }
    contribution local;
    for (const auto& part : parts) local.merge(part);

    // Added by rank 0, in the ranks' order: all ranks' sums on every rank would be 18 GB for 4096 of them.
    const auto all = ranks.gather(std::as_bytes(std::span(&local, 1)), 0);
    contribution total;
    for (std::size_t at = 0; at < all.size(); at += sizeof total) {
        contribution theirs;
        std::memcpy(static_cast<void*>(&theirs), all.data() + at, sizeof theirs);
        total.merge(theirs);
    }
    ranks.broadcast(std::as_writable_bytes(std::span(&total, 1)), 0);
    // The plain sum above is within n u of the truth; n < 2^53 leaves room for a factor of 2 only while n u < 1/2, which a
    // relative 1e-6 covers up to n = 2^33 and the bounds' own factor 2 beyond.
    return {total.sum, total.magnitude * (1 + 1e-6)};
}

template dot_reference reference_dot<double>(const communicator&, std::span<const double>, std::span<const double>, int);
template dot_reference reference_dot<float>(const communicator&, std::span<const float>, std::span<const float>, int);

} // namespace quadot::drivers
