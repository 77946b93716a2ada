// A chain of regions that halve towards a point, or double towards infinity, and what lies behind its last link.
//
// Towards a singular point c the links are [c + d/2^(k+1), c + d/2^k], towards infinity [o + 2^k, o + 2^(k+1)]: in each, a function like
// x^a (log x)^m is as smooth as in every other, the rule resolves it, and the integrals over the links are a sum of geometric sequences, whose
// remainder the epsilon algorithm finds. No transformation of the variable is needed, nor that the function be known nearer to c than its
// argument's rounding lets it.
#pragma once

#include "adaptive/region.hpp"

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace quadot::adaptive {

/// Of each link in order, its regions together: at least chain::fewest_links.
struct link_sequence {
    std::span<const double> values;
    std::span<const double> errors; ///< estimates and noise
    std::span<const double> estimates;
    std::span<const double> magnitudes;
};

/// What lies behind the last of some links.
struct chain_tail {
    double value = 0;
    double error = std::numeric_limits<double>::infinity();
    bool diverges = false; ///< the integral of |f| grows without bound, as far as the links show
    std::size_t kept = 0;  ///< links in front of it; those behind them are better left out
};

/// stub: nullptr towards infinity. The first `fixed` links are in use already. enough: an error of the tail that needs no improvement.
chain_tail tail_behind(const link_sequence& all, const region* stub, std::size_t fixed, double enough);

class chain {
  public:
    /// Towards `point`, one end of [left, right].
    static chain towards(double point, double left, double right);
    /// From origin +- 2^first on, towards +-infinity.
    static chain outwards(double origin, double direction, int first);

    /// The point is known to within this much of the integral.
    void blur(double error) { blur_ = error; }
    [[nodiscard]] double blur() const { return blur_; }
    /// Whether halving can begin at all: rounding leaves room for enough links.
    [[nodiscard]] bool possible() const { return next_links() >= fewest_links; }
    /// How many links to begin or to go on with, 0 where there is no room for more.
    [[nodiscard]] int next_links() const;
    /// Those whose regions count; what lies behind them is the tail.
    [[nodiscard]] int links() const { return static_cast<int>(terms_.size()); }
    [[nodiscard]] bool outwards() const { return outwards_; }
    /// Each link lies to the left of the one before.
    [[nodiscard]] bool leftwards() const { return outwards_ == (distance_ < 0); }
    /// Appends the limits of the next `count` links to `regions`, as roots; of a finite chain also the stub behind them.
    void lay(int count, std::vector<region>& regions) const;

    /// The results of a link's regions together.
    struct link {
        double value = 0;
        double estimate = 0;
        double noise = 0;
        double magnitude = 0;

        void add(const region_results& each) {
            value += each.value;
            estimate += each.estimate;
            noise += each.noise;
            magnitude += each.magnitude;
        }
    };
    /// Whether f is 0 in the two links before k: beyond, inf * 0 is 0.
    static bool vanished_before(std::span<const link> links, std::size_t k) {
        return k >= 2 && links[k - 1].magnitude == 0 && links[k - 2].magnitude == 0;
    }
    /// The next links, in order; see tail_behind().
    void take(std::span<const link> results, const region* stub, int fixed, double enough);

    [[nodiscard]] double tail() const { return tail_.value; }
    [[nodiscard]] double tail_error() const { return tail_.error + blur_; }
    /// Towards infinity: the integral of |f| over the last links, if none of them is resolved; else 0.
    [[nodiscard]] double oscillating() const;
    [[nodiscard]] bool diverges() const { return tail_.diverges; }
    /// Limits of what lies behind the last link, for messages.
    [[nodiscard]] double tail_left() const;
    [[nodiscard]] double tail_right() const;

    static constexpr int fewest_links = 8;
    /// Towards 0. With the stub, 16 regions: most algebraic and logarithmic ends need no more to 10 digits.
    static constexpr int links_at_first = 15;
    static constexpr int links_at_once = 31; ///< with the stub, a block
    /// 48 orders of magnitude, towards 0 from 1 on: 1/(1+x^2) on [0, 1e100] grows until there. Much further away, x^8 overflows, and what divides by it
    /// vanishes.
    static constexpr int most_links = 160;

  private:
    /// Links at most; rounding leaves no room for more beside a point that is not 0.
    [[nodiscard]] int longest() const;
    [[nodiscard]] double boundary(int k) const;

    double point_ = 0;    ///< or the origin of a chain towards infinity
    double distance_ = 0; ///< of the first boundary from it, with its sign
    double far_ = 0;      ///< the first boundary
    double blur_ = 0;
    bool outwards_ = false;
    std::vector<double> terms_;
    std::vector<double> errors_;
    std::vector<double> estimates_;
    std::vector<double> magnitudes_;
    bool closed_ = false; ///< links were given up
    chain_tail tail_;
};

} // namespace quadot::adaptive
