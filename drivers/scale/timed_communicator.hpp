// Ranks whose talk is timed: what is left of a run is computing.
#pragma once

#include "ranks/communicator.hpp"

namespace quadot::drivers {

/// Passes every call on to `ranks`, which must outlive it, and adds up the seconds spent in collectives and messages, waiting for slower ranks
/// included.
class timed_communicator final : public communicator {
  public:
    explicit timed_communicator(const communicator& ranks) : ranks_(ranks) {}

    /// Since it was made, or since the last reset().
    [[nodiscard]] double spent() const { return spent_; }
    void reset() { spent_ = 0; }

    [[nodiscard]] int rank() const override { return ranks_.rank(); }
    [[nodiscard]] int size() const override { return ranks_.size(); }
    void allreduce_in_order(std::span<std::byte> message, append_function append) const override {
        const stopwatch running(*this);
        ranks_.allreduce_in_order(message, append);
    }
    void broadcast(std::span<std::byte> message, int root) const override {
        const stopwatch running(*this);
        ranks_.broadcast(message, root);
    }
    [[nodiscard]] std::vector<std::byte> allgather(std::span<const std::byte> message) const override {
        const stopwatch running(*this);
        return ranks_.allgather(message);
    }
    [[nodiscard]] std::vector<std::byte> gather(std::span<const std::byte> message, int root) const override {
        const stopwatch running(*this);
        return ranks_.gather(message, root);
    }
    [[nodiscard]] double maximum(double value) const override {
        const stopwatch running(*this);
        return ranks_.maximum(value);
    }
    [[nodiscard]] double unordered_sum(double value) const override {
        const stopwatch running(*this);
        return ranks_.unordered_sum(value);
    }
    void barrier() const override {
        const stopwatch running(*this);
        ranks_.barrier();
    }
    void send(std::span<const std::byte> message, int to) const override {
        const stopwatch running(*this);
        ranks_.send(message, to);
    }
    void receive(std::span<std::byte> message, int from) const override {
        const stopwatch running(*this);
        ranks_.receive(message, from);
    }
    void restart_count() const override {
        const stopwatch running(*this);
        ranks_.restart_count();
    }
    [[nodiscard]] std::uint64_t count() const override {
        const stopwatch running(*this);
        return ranks_.count();
    }
    void attend() const override { ranks_.attend(); }
    [[nodiscard]] std::unique_ptr<communicator> split(int group) const override { return ranks_.split(group); }
    [[nodiscard]] node_position on_node() const override { return ranks_.on_node(); }
    [[nodiscard]] std::string library() const override { return ranks_.library(); }

    [[nodiscard]] double seconds() const override { return ranks_.seconds(); }
    [[nodiscard]] bool simulated() const override { return ranks_.simulated(); }

  private:
    class stopwatch {
      public:
        explicit stopwatch(const timed_communicator& of) : of_(of), start_(of.seconds()) {}
        stopwatch(const stopwatch&) = delete;
        stopwatch& operator=(const stopwatch&) = delete;
        ~stopwatch() { of_.spent_ += of_.seconds() - start_; }

      private:
        const timed_communicator& of_;
        double start_;
    };

    const communicator& ranks_;
    mutable double spent_ = 0;
};

} // namespace quadot::drivers
