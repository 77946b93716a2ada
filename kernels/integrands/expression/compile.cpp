#include "integrands/expression/compile.hpp"

#include "integrands/expression/graph.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <functional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace quadot::expressions {

namespace {

constexpr std::uint32_t nowhere = 0xffffffff;

bool is_arithmetic(const expression_node& node) {
    return node.what == operation::negate || (node.what >= operation::add && node.what <= operation::divide);
}

bool commutes(arithmetic what) { return what == arithmetic::add || what == arithmetic::multiply; }

class compiler {
  public:
    compiler(std::span<const expression_node> nodes, std::size_t runs)
        : nodes_(nodes), runs_(runs), users_(nodes.size()), absorbed_(nodes.size(), nowhere) {}

    std::optional<program> run() {
        for (const auto& node : nodes_) {
            for (int k = 0; k < operand_count(node); ++k) ++users_[node.operands[k]];
        }
        join_pairs();
        order();
        give_registers();
        if (result_.registers + result_.variables.size() > program::most_registers) return std::nullopt;
        const std::size_t wanted = preferred_scratch / std::max<std::size_t>(1, result_.registers);
        result_.run = std::clamp(std::bit_floor(wanted), program::smallest_run, program::largest_run);
        return std::move(result_);
    }

  private:
    using node_position = std::uint32_t;

    /// An instruction with positions of nodes for operands; minus_one stands for the constant of a negation.
    static constexpr node_position minus_one = 0xfffffffe;
    struct step {
        instruction what;
        std::array<node_position, 3> from{nowhere, nowhere, nowhere}; ///< a, b, c
    };

    [[nodiscard]] bool is_leaf(node_position at) const {
        return at == minus_one || nodes_[at].what == operation::constant || nodes_[at].what == operation::variable;
    }

    /// What makes a node need an instruction: it is no leaf, or is a constant where only runs will do.
    void join_pairs() {
        for (std::size_t at = nodes_.size(); at-- > 0;) {
            const auto& node = nodes_[at];
            // What was joined with its user cannot be joined with its operands as well.
            if (!is_arithmetic(node) || is_absorbed_[at]) continue;
            for (int k = 0; k < operand_count(node); ++k) {
                const node_position inner = node.operands[k];
                if (!is_arithmetic(nodes_[inner]) || users_[inner] != 1) continue;
                absorbed_[at] = inner;
                is_absorbed_[inner] = true;
                break;
            }
        }
    }

    static arithmetic arithmetic_of(const expression_node& node) {
        if (node.what == operation::negate) return arithmetic::multiply;
        return static_cast<arithmetic>(static_cast<int>(node.what) - static_cast<int>(operation::add));
    }

    /// -a is a * -1: the same bits, and joined with other operations like any product.
    static std::array<node_position, 2> pair_of(const expression_node& node) {
        return {node.operands[0], node.what == operation::negate ? minus_one : node.operands[1]};
    }

    [[nodiscard]] step step_of(node_position at) const {
        const auto& node = nodes_[at];
        step result;
        auto& [what, from] = result;
        if (is_arithmetic(node)) {
            const auto outer = pair_of(node);
            if (absorbed_[at] == nowhere) {
                what.form = instruction_form::arithmetic;
                what.first = arithmetic_of(node);
                from = {outer[0], outer[1], nowhere};
                return result;
            }
            const auto& inner = nodes_[absorbed_[at]];
            const bool inner_first = outer[0] == absorbed_[at];
            what.first = arithmetic_of(inner);
            what.second = arithmetic_of(node);
            what.form = inner_first || commutes(what.second) ? instruction_form::chain : instruction_form::reversed_chain;
            from = {pair_of(inner)[0], pair_of(inner)[1], outer[inner_first ? 1 : 0]};
            return result;
        }
        for (int k = 0; k < operand_count(node); ++k) from[static_cast<std::size_t>(k)] = node.operands[k];
        switch (node.what) {
        case operation::constant:
        case operation::variable:
            what.form = instruction_form::copy;
            from[0] = at;
            break;
        case operation::logical_not:
            what.form = instruction_form::logical_not;
            break;
        case operation::logical_and:
            what.form = instruction_form::logical_and;
            break;
        case operation::logical_or:
            what.form = instruction_form::logical_or;
            break;
        case operation::select:
            what.form = instruction_form::select;
            from = {node.operands[1], node.operands[2], node.operands[0]};
            break;
        case operation::function:
            what.form = instruction_form::function;
            what.function = node.function;
            break;
        default:
            what.form = instruction_form::comparison;
            what.compared = static_cast<comparison>(static_cast<int>(node.what) - static_cast<int>(operation::less));
        }
        return result;
    }

    [[nodiscard]] bool is_shared(node_position at) const { return nodes_[at].what == operation::variable && nodes_[at].variable >= runs_; }

    /// Whether operand k of a step must be a run: kernels take constants where program_kernel_numbers says so.
    [[nodiscard]] static bool must_be_run(const step& user, std::size_t k) {
        switch (user.what.form) {
        case instruction_form::function:
            return true;
        case instruction_form::comparison:
            return k == 0;
        case instruction_form::logical_not:
        case instruction_form::logical_and:
        case instruction_form::logical_or:
            return true;
        case instruction_form::select:
            return k == 2;
        default:
            return false;
        }
    }

    /// Whether operand k of a step is some other step's result.
    [[nodiscard]] bool needs_step(const step& user, std::size_t k) const {
        const node_position at = user.from[k];
        if (at == nowhere) return false;
        if (!is_leaf(at)) return true;
        return must_be_run(user, k) && at != minus_one && (nodes_[at].what == operation::constant || is_shared(at));
    }

    /// Depth first from the root, at each step the operand first that needs more registers (Sethi & Ullman 1970, exact for trees).
    void order() {
        const auto root = static_cast<node_position>(nodes_.size() - 1);
        std::vector<std::uint32_t> need(nodes_.size(), 1);
        for (node_position at = 0; at <= root; ++at) {
            if (is_leaf(at) || is_absorbed_[at]) continue;
            const step each = step_of(at);
            std::array<std::uint32_t, 3> operands{};
            for (std::size_t k = 0; k < 3; ++k) operands[k] = needs_step(each, k) ? need[each.from[k]] : 0;
            std::sort(operands.begin(), operands.end(), std::greater<>{});
            need[at] = std::max({1U, operands[0], operands[1] == 0 ? 0 : operands[1] + 1, operands[2] == 0 ? 0 : operands[2] + 2});
        }
        // Explicit, not recursive: 1 + x + x + ... is flat text and a deep graph.
        std::vector<std::pair<node_position, bool>> pending{{root, false}};
        std::vector<bool> done(nodes_.size());
        while (!pending.empty()) {
            const auto [at, operands_are_done] = pending.back();
            pending.pop_back();
            if (done[at]) continue;
            const step each = step_of(at);
            if (operands_are_done) {
                done[at] = true;
                steps_.emplace_back(at, each);
                continue;
            }
            pending.emplace_back(at, true);
            std::vector<node_position> operands;
            for (std::size_t k = 0; k < 3; ++k) {
                if (needs_step(each, k) && each.from[k] != at) operands.push_back(each.from[k]);
            }
            // The last one pushed is the first one computed.
            std::stable_sort(operands.begin(), operands.end(), [&](auto a, auto b) { return need[a] < need[b]; });
            for (const node_position operand : operands) pending.emplace_back(operand, false);
        }
    }

    std::uint16_t constant_number(double value) {
        const auto bits = std::bit_cast<std::uint64_t>(value);
        auto& pool = result_.constants;
        const auto found = constant_numbers_.find(bits);
        if (found != constant_numbers_.end()) return found->second;
        const auto number = static_cast<std::uint16_t>(pool.size());
        pool.push_back(value);
        constant_numbers_.emplace(bits, number);
        return number;
    }

    operand leaf(node_position at) {
        if (at == minus_one) return {operand_kind::constant, constant_number(-1)};
        if (nodes_[at].what == operation::constant) return {operand_kind::constant, constant_number(nodes_[at].value)};
        if (is_shared(at)) return {operand_kind::shared, static_cast<std::uint16_t>(nodes_[at].variable - runs_)};
        auto& variables = result_.variables;
        const auto found = std::find(variables.begin(), variables.end(), nodes_[at].variable);
        const auto index = static_cast<std::uint16_t>(found - variables.begin());
        if (found == variables.end()) variables.push_back(nodes_[at].variable);
        return {operand_kind::variable, index};
    }

    void give_registers() {
        std::vector<std::uint32_t> readers(nodes_.size());
        for (const auto& [at, each] : steps_) {
            for (std::size_t k = 0; k < 3; ++k) {
                if (needs_step(each, k)) ++readers[each.from[k]];
            }
        }
        std::vector<std::uint16_t> home(nodes_.size());
        std::vector<std::uint16_t> free;
        for (auto& [at, each] : steps_) {
            std::array<operand, 3> operands;
            const bool copies = each.what.form == instruction_form::copy;
            for (std::size_t k = 0; k < 3; ++k) {
                const node_position from = each.from[k];
                if (from == nowhere) continue;
                if (copies || !needs_step(each, k)) {
                    operands[k] = leaf(from);
                    continue;
                }
                operands[k] = {operand_kind::register_, home[from]};
                // The last reader may write where it reads: kernels load a sample's operands before they store its result.
                if (--readers[from] == 0) free.push_back(home[from]);
            }
            if (free.empty()) free.push_back(static_cast<std::uint16_t>(result_.registers++));
            home[at] = free.back();
            free.pop_back();
            instruction& what = each.what;
            what.a = operands[0];
            what.b = operands[1];
            what.c = operands[2];
            what.result = home[at];
            what.kernel = static_cast<std::uint16_t>(kernel_number(what));
            result_.instructions.push_back(what);
        }
    }

    static std::size_t kernel_number(const instruction& what) {
        using numbers = program_kernel_numbers;
        const auto is_constant = [](const operand& from) { return static_cast<std::size_t>(from.is_constant()); };
        const auto pair = static_cast<std::size_t>(numbers::pair_of(what.a, what.b));
        const auto first = static_cast<std::size_t>(what.first);
        switch (what.form) {
        case instruction_form::copy:
            return numbers::copy + is_constant(what.a);
        case instruction_form::arithmetic:
            return numbers::arithmetic_ + first * numbers::operand_pairs + pair;
        case instruction_form::chain:
        case instruction_form::reversed_chain: {
            const std::size_t reversed = what.second == arithmetic::subtract ? 4 : 5;
            const std::size_t second = what.form == instruction_form::chain ? static_cast<std::size_t>(what.second) : reversed;
            return numbers::chain + ((first * numbers::second_operations + second) * numbers::operand_pairs + pair) * 2 +
                   is_constant(what.c);
        }
        case instruction_form::comparison:
            return numbers::comparison_ + static_cast<std::size_t>(what.compared) * 2 + is_constant(what.b);
        case instruction_form::logical_not:
        case instruction_form::logical_and:
        case instruction_form::logical_or:
            return numbers::logical + static_cast<std::size_t>(what.form) - static_cast<std::size_t>(instruction_form::logical_not);
        case instruction_form::select:
            return numbers::select + is_constant(what.a) * 2 + is_constant(what.b);
        default:
            return numbers::count + what.function;
        }
    }

    std::span<const expression_node> nodes_;
    std::size_t runs_;
    std::vector<std::uint32_t> users_;
    std::vector<node_position> absorbed_; ///< the operand that a node's instruction computes as well
    std::vector<bool> is_absorbed_ = std::vector<bool>(nodes_.size());
    std::vector<std::pair<node_position, step>> steps_;
    std::unordered_map<std::uint64_t, std::uint16_t> constant_numbers_;
    program result_;
};

} // namespace

std::optional<program> compile(std::span<const expression_node> nodes, std::size_t runs) { return compiler(nodes, runs).run(); }

} // namespace quadot::expressions
