// The ranks that work on one problem. The default is this process alone; ranks/mpi.cpp provides MPI's.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace quadot {

/// Every member but rank(), size(), send(), receive(), count() and attend() is collective unless it says otherwise: all ranks call it, in the same order.
class communicator {
  public:
    /// Combines two messages of equal size: right = left ∘ right, for ranks left of and right of each other.
    using append_function = void (*)(const std::byte* left, std::byte* right, std::size_t bytes);

    communicator() = default;
    communicator(const communicator&) = delete;
    communicator& operator=(const communicator&) = delete;
    virtual ~communicator() = default;

    [[nodiscard]] virtual int rank() const = 0;
    [[nodiscard]] virtual int size() const = 0;

    /// Replaces `message` on all ranks by message₀ ∘ message₁ ∘ …, in rank order. `append` must be associative.
    virtual void allreduce_in_order(std::span<std::byte> message, append_function append) const = 0;
    virtual void broadcast(std::span<std::byte> message, int root) const = 0;
    /// All ranks' messages, of one size, in rank order, on every rank.
    [[nodiscard]] virtual std::vector<std::byte> allgather(std::span<const std::byte> message) const = 0;
    /// The same on `root` alone, nothing elsewhere: what all ranks hold of all ranks grows with their number's square.
    [[nodiscard]] virtual std::vector<std::byte> gather(std::span<const std::byte> message, int root) const {
        std::vector<std::byte> all = allgather(message);
        if (rank() != root) all.clear();
        return all;
    }
    [[nodiscard]] virtual double maximum(double value) const = 0;
    /// The plain sum as users write it: its order, and so its bits, are the MPI library's choice. For baselines only.
    [[nodiscard]] virtual double unordered_sum(double value) const = 0;
    virtual void barrier() const = 0;
    /// One message from this rank to another, which receives one of the same size from it. May wait until that has begun to.
    virtual void send(std::span<const std::byte> message, int to) const = 0;
    virtual void receive(std::span<std::byte> message, int from) const = 0;
    /// The ranks' common count begins at 0. None may be counting still: all have met in a collective since.
    virtual void restart_count() const = 0;
    /// 0, 1, 2 ...: each once, to whoever asks next. May wait until rank 0 attends or enters a collective.
    [[nodiscard]] virtual std::uint64_t count() const = 0;
    /// Lets other ranks count where the transport leaves that to rank 0's own calls: in every pause of what others may count beside. From the thread
    /// that calls all members.
    virtual void attend() const {}
    /// The ranks that give the same `group`, in this one's order; a negative `group` gets nullptr.
    [[nodiscard]] virtual std::unique_ptr<communicator> split(int group) const = 0;
    /// Ranks on this node, and this rank's number among them.
    struct node_position {
        int rank;
        int size;
    };
    [[nodiscard]] virtual node_position on_node() const = 0;
    /// The clock by which these ranks work, from any start: this machine's, or a simulator's. Not collective.
    [[nodiscard]] virtual double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
    }
    /// Whether the ranks are a simulator's, and times its model's. Not collective.
    [[nodiscard]] virtual bool simulated() const { return false; }
    /// Name and version of the transport, for headers: "none" or e.g. "Open MPI v4.1.4".
    [[nodiscard]] virtual std::string library() const = 0;
};

/// This process alone.
const communicator& single_process();

/// An MPI communicator given by its Fortran handle, MPI_Comm_c2f(comm), which keeps <mpi.h> out of this header. The
/// communicator is duplicated; MPI must be initialised. Throws a usage error where Quadot was built without MPI.
std::unique_ptr<communicator> mpi_communicator(int fortran_handle);

/// Starts MPI if this process was launched by mpirun, srun or the like, and ends it when destroyed. A process started alone
/// does not pay for MPI_Init.
class session {
  public:
    session(int* argc, char*** argv);
    ~session();
    session(const session&) = delete;
    session& operator=(const session&) = delete;

    [[nodiscard]] const communicator& world() const { return *world_; }

  private:
    std::unique_ptr<communicator> owned_;
    const communicator* world_;
    [[maybe_unused]] bool started_ = false; // MPI; without_mpi.cpp starts none
};

/// Whether MPI support is built in.
bool built_with_mpi();

} // namespace quadot
