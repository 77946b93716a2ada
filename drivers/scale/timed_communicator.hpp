// Ranks whose talk is timed: what is left of a run is computing.
#pragma once

#include "ranks/communicator.hpp"

#include <chrono>

namespace quadot::drivers {

/// Passes every call on to `ranks`, which must outlive it, and adds up the seconds spent in collectives and messages, waiting for slower ranks
/// included.
class timed_communicator final : public communicator {
  public:
    explicit timed_communicator(const communicator& ranks) : ranks_(ranks) {}

    /// Since it was made, or since the last reset().
    [[nodiscard]] double seconds() const { return spent_.count(); }
    void reset() { spent_ = {}; }

    [[nodiscard]] int rank() const override { return ranks_.rank(); }
    [[nodiscard]] int size() const override { return ranks_.size(); }
    void allreduce_in_order(std::span<std::byte> message, append_function append) const override {
        const stopwatch running(spent_);
        ranks_.allreduce_in_order(message, append);
    }
    void broadcast(std::span<std::byte> message, int root) const override {
        const stopwatch running(spent_);
        ranks_.broadcast(message, root);
    }
    [[nodiscard]] std::vector<std::byte> allgather(std::span<const std::byte> message) const override {
        const stopwatch running(spent_);
        return ranks_.allgather(message);
    }
    [[nodiscard]] double maximum(double value) const override {
        const stopwatch running(spent_);
        return ranks_.maximum(value);
    }
    [[nodiscard]] double unordered_sum(double value) const override {
        const stopwatch running(spent_);
        return ranks_.unordered_sum(value);
    }
    void barrier() const override {
        const stopwatch running(spent_);
        ranks_.barrier();
    }
    void send(std::span<const std::byte> message, int to) const override {
        const stopwatch running(spent_);
        ranks_.send(message, to);
    }
    void receive(std::span<std::byte> message, int from) const override {
        const stopwatch running(spent_);
        ranks_.receive(message, from);
    }
    [[nodiscard]] std::unique_ptr<communicator> split(int group) const override { return ranks_.split(group); }
    [[nodiscard]] node_position on_node() const override { return ranks_.on_node(); }
    [[nodiscard]] std::string library() const override { return ranks_.library(); }

  private:
    using clock = std::chrono::steady_clock;
    using seconds_type = std::chrono::duration<double>;

    class stopwatch {
      public:
        explicit stopwatch(seconds_type& total) : total_(total) {}
        stopwatch(const stopwatch&) = delete;
        stopwatch& operator=(const stopwatch&) = delete;
        ~stopwatch() { total_ += clock::now() - start_; }

      private:
        seconds_type& total_;
        clock::time_point start_ = clock::now();
    };

    const communicator& ranks_;
    mutable seconds_type spent_{};
};

} // namespace quadot::drivers
