#include "integrands/catalogue.hpp"

#include "integrands/all.hpp"

#include <array>

namespace quadot {

namespace {

template <integrands::integrand_family... Integrand>
constexpr auto describe_all(type_list<Integrand...>) {
    return std::array{
        integrand_description{Integrand::name, Integrand::formula, Integrand::lower_text, Integrand::upper_text, Integrand::lower,
                              Integrand::upper, Integrand::domain, Integrand::exact_text, Integrand::exact, Integrand::source,
                              Integrand::shape, [](double x) { return Integrand::template value<double>(x); },
                              [](long double x) { return Integrand::template value<long double>(x); }, &Integrand::antiderivative}...};
}

constexpr auto descriptions = describe_all(integrands::list{});

} // namespace

const integrand_description& named_integrand::description() const { return descriptions[index]; }

std::span<const integrand_description> integrand_descriptions() { return descriptions; }

std::optional<named_integrand> find_integrand(std::string_view name) {
    for (std::size_t k = 0; k < descriptions.size(); ++k) {
        if (descriptions[k].name == name) return named_integrand{k};
    }
    return std::nullopt;
}

} // namespace quadot
