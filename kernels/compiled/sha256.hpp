// SHA-256 (FIPS 180-4).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace quadot::compiled {

class sha256 {
  public:
    using digest = std::array<std::uint8_t, 32>;

    void add(std::string_view bytes);
    /// Of all that was added; nothing may be added afterwards.
    [[nodiscard]] digest finish();

  private:
    void add_block(const unsigned char* block);

    // FIPS 180-4, 5.3.3: the first 32 bits of the fractional parts of the square roots of the first eight primes.
    std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    std::array<unsigned char, 64> pending_{};
    std::size_t pending_bytes_ = 0;
    std::uint64_t all_bytes_ = 0;
};

sha256::digest sha256_of(std::string_view bytes);
std::string hexadecimal(const sha256::digest& digest);

} // namespace quadot::compiled
