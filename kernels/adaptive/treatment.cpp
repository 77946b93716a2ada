#include "adaptive/treatment.hpp"

namespace quadot::adaptive {

namespace {

/// A rough region is searched, unless it is so much smaller than the densest region: the flank of a Gaussian peak 13 standard deviations away.
constexpr double negligible_density = 1e-40;
/// A search goes on where the cut regions are this much denser.
constexpr double growth = 2;
constexpr double deepest_search = 0x1p-36;

/// Narrower than this part of its abscissae, a region is not cut: 32 to 64 units in the last place.
constexpr double narrowest = 0x1p-47;
/// Of that width, a region whose abscissae's rounding alone is too much is beside a singular point.
constexpr double blurring = 0x1p-40;
/// Of its root. What is not resolved there is singular in a point.
constexpr double deepest = 0x1p-48;
/// Cuts at the same end of the root that show a singularity there.
constexpr std::uint16_t cuts_at_end = 2;

} // namespace

bool hides_something(const region& each, const search_view& search) {
    if (!each.rough || !search.wanted || each.settled || each.width() < deepest_search * each.root_width()) return false;
    const double density = each.magnitude / each.width();
    return density > negligible_density * search.densest && (each.depth == 0 || density >= growth * each.density);
}

treatment treatment_of_failing(const region& each, double seam, double threshold, const search_view& search) {
    if (!each.finite()) return treatment::inspect;
    const bool narrowest_yet = each.width() <= deepest * each.root_width() || each.width() <= narrowest * each.farthest();
    // So near to a singular point that its abscissae blur.
    const bool blurred = each.noise > threshold && each.width() <= blurring * each.farthest();
    if (!(each.estimate > threshold) && !hides_something(each, search)) {
        // Towards a jump that hides between two regions, both are cut.
        if (seam > threshold && !narrowest_yet) return treatment::cut;
        return blurred ? treatment::isolate : treatment::keep;
    }
    if (each.open_ends == at_left) return treatment::grade_left;
    if (each.open_ends == at_right) return treatment::grade_right;
    const bool telling = each.depth >= cuts_at_end && !each.crowded;
    if (telling && each.left == each.root_left) return treatment::grade_left;
    if (telling && each.right == each.root_right) return treatment::grade_right;
    // Cut further, one that blurs may look resolved: of |x-0.5|^-0.78 in 40 units in the last place the rule sees the rounding alone.
    if (narrowest_yet || blurred) return treatment::isolate;
    return treatment::cut;
}

} // namespace quadot::adaptive
