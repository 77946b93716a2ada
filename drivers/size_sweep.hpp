// One table over many sizes: each row says which.
#pragma once

#include "drivers/report/report.hpp"

#include <cstdint>
#include <string>

namespace quadot::drivers {

class size_sweep {
  public:
    explicit size_sweep(report& into) : into_(into) { into_.of_sizes.emplace(); }

    /// The rows since the last call are those of size n, and so is the result.
    void take(std::uint64_t n) {
        for (; taken_ < into_.rows.size(); ++taken_) {
            report_row& row = into_.rows[taken_];
            row.study = "sizes";
            row.variant = row.name;
            row.problem_size = n;
            row.name += "/n:" + std::to_string(n);
        }
        into_.of_sizes->push_back(into_.result.value);
        if (status_ != "ok") into_.result.status = status_; // one size that is wrong is not mended by the next
        status_ = into_.result.status;
    }

  private:
    report& into_;
    std::size_t taken_ = 0;
    std::string status_ = "ok";
};

} // namespace quadot::drivers
