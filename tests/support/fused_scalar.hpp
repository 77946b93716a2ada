// A scalar whose multiply-add rounds once, as a batch's does on instruction sets with FMA: integrand formulas
// take it for V and give the bits of one lane.
#pragma once

#include <cmath>

namespace quadot::tests {

class fused_scalar {
  public:
    explicit fused_scalar(double value) : value_(value) {}
    [[nodiscard]] double value() const { return value_; }

    friend fused_scalar operator+(fused_scalar a, fused_scalar b) {
        return fused_scalar(a.value_ + b.value_);
    }
    friend fused_scalar operator-(fused_scalar a, fused_scalar b) {
        return fused_scalar(a.value_ - b.value_);
    }
    friend fused_scalar operator*(fused_scalar a, fused_scalar b) {
        return fused_scalar(a.value_ * b.value_);
    }
    friend fused_scalar operator/(fused_scalar a, fused_scalar b) {
        return fused_scalar(a.value_ / b.value_);
    }
    friend fused_scalar operator-(fused_scalar a) { return fused_scalar(-a.value_); }
    friend bool operator<(fused_scalar a, fused_scalar b) { return a.value_ < b.value_; }
    friend fused_scalar fma(fused_scalar a, fused_scalar b, fused_scalar c) {
        return fused_scalar(std::fma(a.value_, b.value_, c.value_));
    }
    friend fused_scalar abs(fused_scalar a) { return fused_scalar(std::fabs(a.value_)); }
    friend fused_scalar sqrt(fused_scalar a) { return fused_scalar(std::sqrt(a.value_)); }
    friend fused_scalar select(bool condition, fused_scalar yes, fused_scalar no) {
        return condition ? yes : no;
    }

  private:
    double value_;
};

} // namespace quadot::tests
