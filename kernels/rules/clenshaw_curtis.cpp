// Weights on [0, 1], with θ = πk/n (Clenshaw & Curtis, Numer. Math. 2, 1960; Waldvogel, BIT 46, 2006):
//     w₀ = w_n = 1/(2(n² − 1)), n even;  1/(2n²), n odd
//     w_k = S/n,   S = 1 − Σ_{j=1}^{⌊n/2⌋} b_j·cos(2jθ)/(4j² − 1),   b_j = 2, but b_{n/2} = 1
//
// A DFT of S errs by u·max S everywhere, n times too much for the small weights at the ends. The sum left out
// gives every S to the last bit for O(1) flops. The infinite series is (π/2)·sin θ, so
//     S = (π/2)·σ + 2(−1)ᵏ·T,   σ = sin θ,   T = Σ_{m≥0} f(n/2 + m)·cos(2mθ), m = 0 halved   (n even)
//                                            T = Σ_{m≥0} f(n/2 + m + ½)·cos((2m+1)θ)          (n odd)
// where f(x) = 1/(4x² − 1) = ∫₀^∞ exp(−2xt)·sinh t dt. Summing the geometric series under the integral:
//     T = ½ ∫₀^∞ exp(−nt)·c(t)·sinh²t/(sinh²t + σ²) dt,   c = cosh t (n even), cos θ (n odd).
// Expand in sinh²t/σ². By ∫₀^∞ exp(−nt)·sinhᵖt dt = p!/Π_{i=0}^{p}(n − p + 2i) (Gradshteyn & Ryzhik 3.541.1),
//     n even: T = n/2     · Σ_{j≥0} (−1)ʲ σ^(−2j−2) (2j+2)!/((n² − 1²)(n² − 3²)…(n² − (2j+3)²))
//     n odd:  T = cos θ/2 · Σ_{j≥0} (−1)ʲ σ^(−2j−2) (2j+2)!/(n(n² − 2²)(n² − 4²)…(n² − (2j+2)²))
// The series is enveloping (1/(1+y) lies between its partial sums): the error is below the first omitted
// term.
#include "rules/clenshaw_curtis.hpp"

#include "rules/double_double.hpp"
#include "rules/rational_angle.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace quadot::rules {
namespace {

// From n·σ = 48 on, twelve terms leave out less than 2⁻⁶¹·S, and 2T < 2⁻¹⁶·S, so that doubles carry it.
constexpr double asymptotic_from = 48.0;
constexpr std::size_t asymptotic_terms = 12;

double square(double x) { return x * x; }

/// T for one n and any k with n·σ ≥ asymptotic_from.
class omitted_sum {
  public:
    explicit omitted_sum(std::uint64_t n) : even_{n % 2 == 0} {
        const auto order = static_cast<double>(n);
        const auto gap = [&](double p) { return order * order - p * p; };
        first_ = even_ ? order / (gap(1.0) * gap(3.0)) : 1.0 / (order * gap(2.0));
        for (std::size_t j = 1; j < asymptotic_terms; ++j) {
            const auto p = static_cast<double>(2 * j + 1);
            ratios_[j] = p * (p + 1.0) / gap(even_ ? p + 2.0 : p + 1.0);
        }
    }

    double operator()(double sine, double cosine) const {
        const double inverse_square = 1.0 / square(sine);
        double sum = 1.0;
        for (std::size_t j = asymptotic_terms; j-- > 1;) sum = 1.0 - ratios_[j] * inverse_square * sum;
        return first_ * inverse_square * sum * (even_ ? 1.0 : cosine);
    }

  private:
    bool even_;
    double first_ = 0.0;
    std::array<double, asymptotic_terms> ratios_{};
};

/// S itself, for the few k at the ends where n·σ is small: Clenshaw's recurrence in Reinsch's form
///     d_j = a_j − 4σ²·u_{j+1} + d_{j+1},   u_j = u_{j+1} + d_j,   Σ_{j≥1} a_j·cos(2jθ) = d₁ − 2σ²·u₁,
/// whose rounding error does not grow as θ → 0 (Gentleman, Comput. J. 12, 1969).
struct reinsch_sum {
    double_double four_sine_squared;
    double_double u{};
    double_double d{};

    void step(double_double a) {
        d = d + (a - four_sine_squared * u);
        u = u + d;
    }

    [[nodiscard]] double_double total() const { return d - four_sine_squared * u * 0.5; }
};

void sum_directly(std::uint64_t n, std::vector<reinsch_sum>& sums) {
    for (std::uint64_t j = n / 2; j > 0; --j) {
        const double b = 2 * j == n ? 1.0 : 2.0;
        const double_double a = double_double{b} / static_cast<double>(4 * j * j - 1);
        for (reinsch_sum& sum : sums) sum.step(a);
    }
}

} // namespace

clenshaw_curtis_table clenshaw_curtis(int intervals) {
    if (intervals < 1 || intervals > max_clenshaw_curtis_intervals)
        throw std::invalid_argument("clenshaw_curtis: " + std::to_string(intervals) + " intervals are outside 1…" +
                                    std::to_string(max_clenshaw_curtis_intervals));

    const auto n = static_cast<std::uint64_t>(intervals);
    const auto order = static_cast<double>(n);
    const double_double one{1.0};
    clenshaw_curtis_table table{std::vector<double>(n + 1), std::vector<double>(n + 1)};

    const auto set_weight = [&](std::uint64_t k, double_double s) { table.weights[k] = table.weights[n - k] = (s / order).hi; };

    const omitted_sum omitted{n};
    std::vector<reinsch_sum> near_end;

    set_weight(0, n % 2 == 0 ? double_double{0.5 * order} / (order * order - 1.0) : double_double{0.5} / order);
    for (std::uint64_t k = 0; 2 * k <= n; ++k) {
        const double_double half_angle_sine = sin_pi(k, 2 * n);
        const double_double node = half_angle_sine * half_angle_sine;
        table.nodes[n - k] = (one - node).hi;
        table.nodes[k] = node.hi;
    }
    for (std::uint64_t k = 1; 2 * k <= n; ++k) {
        const double_double sine = sin_pi(k, n);
        if (order * sine.hi < asymptotic_from) {
            near_end.push_back({sine * sine * 4.0});
            continue;
        }
        const double twice_omitted = 2.0 * omitted(sine.hi, 1.0 - 2.0 * table.nodes[k]);
        set_weight(k, pi * sine * 0.5 + (k % 2 == 0 ? twice_omitted : -twice_omitted));
    }

    sum_directly(n, near_end);
    for (std::size_t i = 0; i < near_end.size(); ++i) set_weight(i + 1, one - near_end[i].total());
    return table;
}

} // namespace quadot::rules
