#include "ranks/communicator.hpp"

#include "errors.hpp"

#include <atomic>

namespace quadot {

namespace {

class single final : public communicator {
  public:
    [[nodiscard]] int rank() const override { return 0; }
    [[nodiscard]] int size() const override { return 1; }
    void allreduce_in_order(std::span<std::byte>, append_function) const override {}
    void broadcast(std::span<std::byte>, int) const override {}
    [[nodiscard]] std::vector<std::byte> allgather(std::span<const std::byte> message) const override {
        return {message.begin(), message.end()};
    }
    [[nodiscard]] double maximum(double value) const override { return value; }
    [[nodiscard]] double unordered_sum(double value) const override { return value; }
    void barrier() const override {}
    void send(std::span<const std::byte>, int) const override { nobody(); }
    void receive(std::span<std::byte>, int) const override { nobody(); }
    void restart_count() const override { next_ = 0; }
    [[nodiscard]] std::uint64_t count() const override { return next_++; }
    [[nodiscard]] std::unique_ptr<communicator> split(int group) const override { return group < 0 ? nullptr : std::make_unique<single>(); }
    [[nodiscard]] node_position on_node() const override { return {0, 1}; }
    [[nodiscard]] std::string library() const override { return "none"; }

  private:
    [[noreturn]] static void nobody() { throw internal_error("ranks: a message from a process without others; report this as a defect"); }

    mutable std::atomic<std::uint64_t> next_{0};
};

} // namespace

const communicator& single_process() {
    static const single alone;
    return alone;
}

} // namespace quadot
