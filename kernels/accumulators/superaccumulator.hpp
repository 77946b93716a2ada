// Exact sums of doubles and of their products: a fixed-point register as wide as the format (Kulisch 1981; its
// carries delayed as in Neal, arXiv:1505.05571).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace quadot {

/// Exact, so order and grouping do not matter: any two of them merge by integer addition, word by word.
class superaccumulator {
  public:
    /// Words of 32 bits and a carry's room, from 2^-2176 (the smallest product is 2^-2148) to beyond 2^60 of the largest products;
    /// three more count NaNs and infinities of each sign.
    static constexpr std::size_t digits = 136;
    static constexpr std::size_t words = digits + 3;
    static constexpr int lowest_exponent = -2176;

    /// Any doubles: infinities and NaNs follow IEEE's rules for exact arithmetic (0 times infinity is NaN).
    void add_product(double x, double y);
    void add(double value);
    /// multiple * 2^exponent, lowest_exponent <= exponent <= 2000.
    void add_multiple(std::int64_t multiple, int exponent);

    void merge(const superaccumulator& other);

    /// The nearest double to the sum, ties to even; beyond the largest double's half unit an infinity; +0 for an exact zero.
    [[nodiscard]] double round() const;

    /// What crosses ranks: add the words of any number of ranks, below 2^30.
    [[nodiscard]] std::array<std::int64_t, words> normalised() const;
    static superaccumulator from_words(std::span<const std::int64_t, words> sum);

  private:
    __extension__ using wide = unsigned __int128;
    void add_magnitude(wide mantissa, int exponent, bool negative);
    void add_special(double value);
    void make_room();
    static void carry(std::array<std::int64_t, words>& word);

    // word_[i] weighs 2^(32 i + lowest_exponent). An addition changes a word by less than 2^32.
    std::array<std::int64_t, words> word_{};
    std::uint32_t additions_ = 0; ///< since the last carry: fewer than 2^30 keep every word below 2^63
};

} // namespace quadot
