// MPFR numbers: the truth that tests compare with.
#pragma once

#include <mpfr.h>

#include <cstddef>
#include <vector>

namespace quadot::tests {

/// A number of 256 bits.
class real {
  public:
    static constexpr mpfr_prec_t precision = 256;

    real(double x = 0.0) { // NOLINT: implicit on purpose
        mpfr_init2(value_, precision);
        mpfr_set_d(value_, x, MPFR_RNDN);
    }
    real(const real& other) {
        mpfr_init2(value_, precision);
        mpfr_set(value_, other.value_, MPFR_RNDN);
    }
    real& operator=(const real& other) {
        mpfr_set(value_, other.value_, MPFR_RNDN);
        return *this;
    }
    ~real() { mpfr_clear(value_); }

    [[nodiscard]] double rounded() const { return mpfr_get_d(value_, MPFR_RNDN); }
    [[nodiscard]] mpfr_exp_t exponent() const { return mpfr_get_exp(value_); }
    [[nodiscard]] mpfr_ptr get() { return value_; }
    [[nodiscard]] mpfr_srcptr get() const { return value_; }

    friend real operator+(const real& a, const real& b) { return apply(mpfr_add, a, b); }
    friend real operator-(const real& a, const real& b) { return apply(mpfr_sub, a, b); }
    friend real operator*(const real& a, const real& b) { return apply(mpfr_mul, a, b); }
    friend real operator/(const real& a, const real& b) { return apply(mpfr_div, a, b); }
    friend real abs(real a) {
        mpfr_abs(a.value_, a.value_, MPFR_RNDN);
        return a;
    }
    friend real scaled(real a, long exponent) {
        mpfr_mul_2si(a.value_, a.value_, exponent, MPFR_RNDN);
        return a;
    }
    friend real sine(real a) {
        mpfr_sin(a.value_, a.value_, MPFR_RNDN);
        return a;
    }
    friend real cosine(real a) {
        mpfr_cos(a.value_, a.value_, MPFR_RNDN);
        return a;
    }

    static real pi() {
        real result;
        mpfr_const_pi(result.value_, MPFR_RNDN);
        return result;
    }

  private:
    template <typename Operation>
    static real apply(Operation operation, const real& a, const real& b) {
        real result;
        operation(result.value_, a.value_, b.value_, MPFR_RNDN);
        return result;
    }
    mpfr_t value_;
};

/// |computed − truth| in units of the last place of the truth's binade; 0 where both are 0.
inline double ulps(double computed, const real& truth) {
    const real error = abs(real{computed} - truth);
    return mpfr_zero_p(error.get()) != 0 ? 0.0 : scaled(error, 53 - truth.exponent()).rounded();
}

/// A sum of products of finite doubles without any rounding: bits 2^-2148 … 2^2048 and 2^104 terms fit.
class exact_sum {
  public:
    exact_sum() {
        mpfr_init2(sum_, precision);
        mpfr_init2(product_, 106);
        mpfr_set_zero(sum_, 1);
    }
    exact_sum(const exact_sum& other) : exact_sum() { mpfr_set(sum_, other.sum_, MPFR_RNDN); }
    exact_sum& operator=(const exact_sum& other) {
        mpfr_set(sum_, other.sum_, MPFR_RNDN);
        return *this;
    }
    ~exact_sum() {
        mpfr_clear(sum_);
        mpfr_clear(product_);
    }

    void add(double x, double y) {
        mpfr_set_d(product_, x, MPFR_RNDN);
        mpfr_mul_d(product_, product_, y, MPFR_RNDN);
        mpfr_add(sum_, sum_, product_, MPFR_RNDN);
    }
    [[nodiscard]] double rounded() const { return mpfr_get_d(sum_, MPFR_RNDN); }

    /// |value − sum|, rounded up; infinity where `value` is not a number.
    [[nodiscard]] double distance(double value) const {
        if (!(value - value == 0)) return mpfr_inf();
        exact_sum difference;
        mpfr_sub_d(difference.sum_, sum_, value, MPFR_RNDN);
        mpfr_abs(difference.sum_, difference.sum_, MPFR_RNDN);
        return mpfr_get_d(difference.sum_, MPFR_RNDU);
    }

  private:
    static constexpr mpfr_prec_t precision = 4300;
    static constexpr double mpfr_inf() { return __builtin_inf(); }
    mpfr_t sum_;
    mpfr_t product_;
};

template <class T>
exact_sum exact_dot(const std::vector<T>& x, const std::vector<T>& y) {
    exact_sum sum;
    for (std::size_t i = 0; i < x.size(); ++i) sum.add(static_cast<double>(x[i]), static_cast<double>(y[i]));
    return sum;
}

} // namespace quadot::tests
