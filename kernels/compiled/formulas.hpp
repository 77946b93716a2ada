// Formulas on their way from the interpreter to compiled code.
#pragma once

#include "block/block_table.hpp"
#include "block/sample_plan.hpp"
#include "compiled/loader.hpp"
#include "execution.hpp"
#include "integrands/expression/expression.hpp"
#include "integrands/expression/split.hpp"
#include "jit.hpp"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include <sys/types.h>

namespace quadot::compiled {

/// One formula on one instruction set, for the life of the process.
class formula {
  public:
    /// parts: of a family, which is compiled in parts besides.
    formula(expression text, std::optional<expressions::split_program> parts, std::string source, const block_table& table)
        : text_(std::move(text)), parts_(std::move(parts)), source_(std::move(source)), table_(table) {}

    /// An evaluate_function whose context is a formula: compiled as soon as that is ready, interpreted until then.
    static void evaluate(const void* context, const double* x, double* y, std::size_t count) {
        static_cast<const formula*>(context)->evaluate(&x, y, count);
    }
    /// Likewise, as program_kernels::evaluate.
    void evaluate(const double* const* variables, double* y, std::size_t count) const;
    /// Likewise, as program_kernels::evaluate_rows of what expressions::split() leaves of a family; count: a multiple of 32.
    void evaluate_rows(const double* const* variables, const double* shared, std::size_t rows, double* y, std::size_t count) const;

    [[nodiscard]] jit_report report() const;

    enum class phase { untried, working, loaded, refused };
    [[nodiscard]] phase now() const;

    /// Compiles, or waits for whoever does.
    void complete();
    /// The same, in a thread of its own, and returns at once.
    void start();
    /// Collective: what rank 0 has, or will get, on all ranks; none if one rank cannot use it.
    void share(const communicator& ranks);

  private:
    struct object {
        std::string bytes;
        std::string identity;
        jit_report how;
    };
    [[nodiscard]] object obtain(const std::stop_token& stop) const;
    [[nodiscard]] compiled_functions adopt(const object& made) const;
    void check(const compiled_functions& functions) const;
    void run(const std::stop_token& stop);
    bool claim();
    void settle(const compiled_functions& functions, object made);
    void refuse(const std::string& why);

    expression text_;
    std::optional<expressions::split_program> parts_;
    std::string source_;
    const block_table& table_;
    std::atomic<formula_function> function_{nullptr};
    std::atomic<rows_function> rows_{nullptr};

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    phase phase_ = phase::untried;
    pid_t worker_ = 0; ///< whose thread works: not a forked child's
    object made_;
};

/// The formula's place, for as long as the process lives; one in two variables is a family. Throws refusal where it cannot be written as C++.
formula& formula_for(const expression& f, const block_table& table);

/// What evaluates f under `how`: nullptr for the interpreter. Collective over how.ranks unless how.jit is off. `why`: of the interpreter.
const formula* choose(const expression& f, const execution& how, std::string* why = nullptr);

} // namespace quadot::compiled
