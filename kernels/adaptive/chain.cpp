#include "adaptive/chain.hpp"

#include "adaptive/extrapolation.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace quadot::adaptive {

namespace {

/// Nearer to a point than this part of its own size, the rounding of abscissae shows: at 2^-26 it costs x^-1/2 some 2^-40 of a link.
constexpr int digits_near_point = 26;

/// A link is resolved where its estimate is this part of it.
constexpr double resolved = 1e-6;

/// The stub's estimate as a part of it, where f is not singular: sqrt(x) has 1e-3.
constexpr double smooth_stub = 1e-10;

/// A stub whose estimate is this part of it says what the tail is about. Those that end in 1/sqrt(x) have ten times as much.
constexpr double legible = 1e-2;

/// And far from it where its estimate is this part.
constexpr double unresolved = 1e-2;

/// The integral over a link, against that over the link four before: 1/x gives 1, x^-0.999999 less than this.
constexpr double no_decrease = 1 - 1e-6;

} // namespace

chain chain::towards(double point, double left, double right) {
    chain made;
    made.point_ = point;
    made.distance_ = point == left ? right - left : left - right;
    made.far_ = point == left ? right : left;
    return made;
}

chain chain::outwards(double origin, double direction, int first) {
    chain made;
    made.point_ = origin;
    made.distance_ = std::copysign(std::ldexp(1.0, first), direction);
    made.far_ = origin + made.distance_;
    made.outwards_ = true;
    return made;
}

int chain::next_links() const {
    if (closed_) return 0;
    const int before = links();
    int count = links_at_once;
    if (outwards_ || point_ == 0) {
        if (before >= longest()) return 0;
        if (!outwards_ && before < links_at_once) count = before == 0 ? links_at_first : links_at_once - before;
    } else {
        // The deepest know their distance from the point least well: how many are best is seen with all of them.
        if (before == 0) count = std::clamp(longest(), 0, links_at_once);
        if (before + count > longest()) return 0;
    }
    const double farthest = boundary(before + count);
    return std::fabs(farthest) > 0x1p-1000 && std::isfinite(farthest) ? count : 0;
}

int chain::longest() const {
    if (outwards_) return most_links;
    if (point_ == 0) return most_links + std::max(0, std::ilogb(distance_));
    return digits_near_point + std::ilogb(distance_) - std::ilogb(point_);
}

double chain::oscillating() const {
    if (!outwards_) return 0;
    double all = 0;
    for (std::size_t k = terms_.size() - fewest_links; k < terms_.size(); ++k) {
        if (!(estimates_[k] > unresolved * magnitudes_[k])) return 0;
        all += magnitudes_[k];
    }
    return all;
}

double chain::boundary(int k) const {
    if (k == 0) return far_;
    // 2^k, k within a normal number's exponents; std::ldexp is a call of 5 ns.
    const int exponent = outwards_ ? k : -k;
    return point_ + distance_ * std::bit_cast<double>(static_cast<std::uint64_t>(1023 + exponent) << 52);
}

double chain::tail_left() const {
    if (outwards_) return distance_ > 0 ? boundary(links()) : -std::numeric_limits<double>::infinity();
    return std::min(point_, boundary(links()));
}

double chain::tail_right() const {
    if (outwards_) return distance_ > 0 ? std::numeric_limits<double>::infinity() : boundary(links());
    return std::max(point_, boundary(links()));
}

void chain::lay(int count, std::vector<region>& regions) const {
    double last = boundary(links());
    for (int k = links(); k < links() + count; ++k) {
        const double next = boundary(k + 1);
        regions.push_back(region::of(std::min(last, next), std::max(last, next)));
        last = next;
    }
    if (!outwards_) regions.push_back(region::of(std::min(point_, last), std::max(point_, last)));
}

chain_tail tail_behind(const link_sequence& all, const region* stub, std::size_t fixed, double enough) {
    constexpr double infinite = std::numeric_limits<double>::infinity();
    const auto [terms, errors, estimates, magnitudes] = all;
    const std::size_t count = terms.size();
    chain_tail tail{.kept = count};
    const auto last = magnitudes[count - 1];
    const auto earlier = magnitudes[count - 5];
    if (last == 0 && magnitudes[count - 2] == 0 && magnitudes[count - 3] == 0) {
        tail.error = 0;
        return tail;
    }
    if (!std::isfinite(last)) return tail;
    tail.diverges = last >= no_decrease * earlier;
    if (tail.diverges) return tail;

    // Where the last links are smooth, the limit of their sums, from as many of them as gives the smallest error: the nearest to a point other
    // than 0 know their distance from it least well. But what is left out must agree.
    limit best{0, infinite};
    double left_out = 0;
    double left_out_error = 0;
    limit deepest{0, infinite}; // the limit of all, relative to the last link
    for (std::size_t used = count; used >= std::max<std::size_t>(fixed, chain::fewest_links) && used + chain::links_at_once >= count;
         --used) {
        if (used < count) {
            left_out += terms[used];
            left_out_error += errors[used];
        }
        // Only smooth links say where the limit is, and falling ones: a growing sequence has a limit for the algorithm, the integral has none.
        std::size_t first = used;
        while (first > 0 && estimates[first - 1] <= resolved * magnitudes[first - 1] &&
               (first == used || magnitudes[first] < magnitudes[first - 1])) {
            --first;
        }
        if (used - first < chain::fewest_links) continue;
        const limit found = extrapolate(terms.subspan(first, used - first), errors.subspan(first, used - first));
        if (used == count) {
            deepest = found;
        } else if (std::isfinite(left_out_error)) {
            const double known = deepest.error < infinite ? left_out + deepest.value : left_out;
            const double unknown = deepest.error < infinite ? deepest.error : 0.5 * std::fabs(found.value);
            if (!(std::fabs(found.value - known) <= 4 * (found.error + left_out_error + unknown))) continue;
        }
        // More links are better where they bring no more error.
        if (found.error < best.error + left_out_error) {
            best = found;
            tail.kept = used;
        }
        if (best.error <= enough) break;
    }
    if (best.error < infinite) {
        tail.value = best.value;
        tail.error = best.error;
        if (stub != nullptr && stub->estimate <= legible * stub->magnitude) {
            // The links may tell of a singular point just beyond this one; the stub, which ends here, knows better.
            double sampled = stub->value;
            for (std::size_t k = tail.kept; k < count; ++k) sampled += terms[k];
            const double disagreement = std::fabs(tail.value - sampled);
            if (disagreement > tail.error + 4 * stub->estimate + left_out_error) tail.error = disagreement;
        }
    } else {
        tail.kept = count;
    }

    // Otherwise what |f| can add behind the last link, if it goes on falling as it did.
    const double ratio = std::sqrt(std::sqrt(last / earlier));
    double bound = last * ratio / (1 - ratio);
    if (creeps(magnitudes)) bound = infinite;
    if (stub != nullptr) {
        // Where the rule resolves the stub, f is as smooth at the point as anywhere.
        const bool smooth = stub->estimate <= smooth_stub * stub->magnitude;
        const double error = smooth ? stub->estimate + stub->floor() : std::fmax(stub->estimate, bound) + stub->magnitude;
        if (stub->finite() && error < tail.error) {
            tail.kept = count;
            tail.value = stub->value;
            tail.error = error;
        }
    } else if (2 * bound < tail.error) {
        tail.value = 0;
        tail.error = 2 * bound;
    }
    return tail;
}

void chain::take(std::span<const link> results, const region* stub, int fixed, double enough) {
    for (auto* const list : {&terms_, &errors_, &estimates_, &magnitudes_}) list->reserve(list->size() + results.size());
    for (const link& each : results) {
        terms_.push_back(each.value);
        errors_.push_back(each.estimate + each.noise);
        estimates_.push_back(each.estimate);
        magnitudes_.push_back(each.magnitude);
    }
    // Towards 0 all links are known equally well: from fewer of them the tail may only look known.
    const std::size_t least = !outwards_ && point_ == 0 ? terms_.size() : static_cast<std::size_t>(fixed);
    tail_ = tail_behind({terms_, errors_, estimates_, magnitudes_}, stub, least, enough);
    if (tail_.kept == terms_.size()) return;
    closed_ = true;
    for (auto* const list : {&terms_, &errors_, &estimates_, &magnitudes_}) list->resize(tail_.kept);
}

} // namespace quadot::adaptive
