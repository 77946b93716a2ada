// The only file that sees MPI.
#include "errors.hpp"
#include "ranks/communicator.hpp"

#include <array>
#include <atomic>
#include <cstdlib>
#include <limits>
#include <utility>

// The C++ bindings of MPI-2, gone from the standard since 2012, would drag in their warnings.
#define OMPI_SKIP_MPICXX 1
#define MPICH_SKIP_MPICXX 1
#include <mpi.h>

namespace quadot {

namespace {

/// MPI counts are int: 2^32 + 1 would silently become 1.
int checked_count(std::size_t bytes) {
    if (bytes > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
        throw internal_error("MPI message: " + std::to_string(bytes) + " bytes exceed MPI's count; report this as a defect");
    }
    return static_cast<int>(bytes);
}

/// MPI_Op callbacks get no context, so each append function has a callback of its own. A variable set before the collective would not do: under
/// a simulator ranks are fibers of one thread, and one may have left a reduction that another is still in.
constexpr std::size_t most_append_functions = 64;
std::array<std::atomic<communicator::append_function>, most_append_functions> append_functions{};

template <std::size_t slot>
void append_in_order(void* left, void* right, int* count, MPI_Datatype* type) {
    int bytes = 0;
    MPI_Type_size(*type, &bytes);
    const communicator::append_function append = append_functions[slot].load(std::memory_order_relaxed);
    for (int k = 0; k < *count; ++k) {
        const auto offset = static_cast<std::size_t>(k) * static_cast<std::size_t>(bytes);
        append(static_cast<const std::byte*>(left) + offset, static_cast<std::byte*>(right) + offset, static_cast<std::size_t>(bytes));
    }
}

constexpr auto append_callbacks = []<std::size_t... slots>(std::index_sequence<slots...>) {
    return std::array<MPI_User_function*, sizeof...(slots)>{&append_in_order<slots>...};
}
(std::make_index_sequence<most_append_functions>());

MPI_User_function* callback_of(communicator::append_function append) {
    for (std::size_t slot = 0; slot < most_append_functions; ++slot) {
        communicator::append_function holds = nullptr;
        if (append_functions[slot].compare_exchange_strong(holds, append) || holds == append) return append_callbacks[slot];
    }
    throw internal_error("MPI reduction: more than " + std::to_string(most_append_functions) +
                         " kinds of messages; report this as a defect");
}

class mpi_ranks final : public communicator {
  public:
    explicit mpi_ranks(MPI_Comm parent) {
        MPI_Comm_dup(parent, &comm_);
        MPI_Comm_rank(comm_, &rank_);
        MPI_Comm_size(comm_, &size_);
        MPI_Comm node = MPI_COMM_NULL;
        MPI_Comm_split_type(comm_, MPI_COMM_TYPE_SHARED, rank_, MPI_INFO_NULL, &node);
        MPI_Comm_rank(node, &position_.rank);
        MPI_Comm_size(node, &position_.size);
        MPI_Comm_free(&node);
    }
    mpi_ranks(const mpi_ranks&) = delete;
    mpi_ranks& operator=(const mpi_ranks&) = delete;
    ~mpi_ranks() override {
        int finalized = 0;
        MPI_Finalized(&finalized);
        if (finalized != 0) return;
        if (message_type_ != MPI_DATATYPE_NULL) MPI_Type_free(&message_type_);
        if (counter_ != MPI_WIN_NULL) MPI_Win_free(&counter_);
        for (auto& [append, operation] : operations_) MPI_Op_free(&operation);
        MPI_Comm_free(&comm_);
    }

    [[nodiscard]] int rank() const override { return rank_; }
    [[nodiscard]] int size() const override { return size_; }

    void allreduce_in_order(std::span<std::byte> message, append_function append) const override {
        const int bytes = checked_count(message.size());
        // One element of `bytes` bytes, so that no algorithm splits a message. The type is kept: repeated calls ask for
        // the same size.
        if (bytes != message_bytes_) {
            if (message_type_ != MPI_DATATYPE_NULL) MPI_Type_free(&message_type_);
            MPI_Type_contiguous(bytes, MPI_BYTE, &message_type_);
            MPI_Type_commit(&message_type_);
            message_bytes_ = bytes;
        }
        MPI_Allreduce(MPI_IN_PLACE, message.data(), 1, message_type_, operation_of(append), comm_);
    }

    void broadcast(std::span<std::byte> message, int root) const override {
        MPI_Bcast(message.data(), checked_count(message.size()), MPI_BYTE, root, comm_);
    }

    [[nodiscard]] std::vector<std::byte> allgather(std::span<const std::byte> message) const override {
        std::vector<std::byte> all(message.size() * static_cast<std::size_t>(size_));
        checked_count(all.size());
        const int count = checked_count(message.size());
        MPI_Allgather(message.data(), count, MPI_BYTE, all.data(), count, MPI_BYTE, comm_);
        return all;
    }

    [[nodiscard]] std::vector<std::byte> gather(std::span<const std::byte> message, int root) const override {
        std::vector<std::byte> all(rank_ == root ? message.size() * static_cast<std::size_t>(size_) : 0);
        checked_count(message.size() * static_cast<std::size_t>(size_)); // on every rank, so that none waits for one that threw
        const int count = checked_count(message.size());
        MPI_Gather(message.data(), count, MPI_BYTE, all.data(), count, MPI_BYTE, root, comm_);
        return all;
    }

    [[nodiscard]] double maximum(double value) const override {
        MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_MAX, comm_);
        return value;
    }
    [[nodiscard]] double unordered_sum(double value) const override {
        MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_SUM, comm_);
        return value;
    }
    void barrier() const override { MPI_Barrier(comm_); }
    void send(std::span<const std::byte> message, int to) const override {
        MPI_Send(message.data(), checked_count(message.size()), MPI_BYTE, to, 0, comm_);
    }
    void receive(std::span<std::byte> message, int from) const override {
        MPI_Recv(message.data(), checked_count(message.size()), MPI_BYTE, from, 0, comm_, MPI_STATUS_IGNORE);
    }
    /// In rank 0's memory, from the first use on.
    void restart_count() const override {
        if (counter_ == MPI_WIN_NULL) {
            const MPI_Aint bytes = rank_ == 0 ? sizeof(std::uint64_t) : 0;
            MPI_Win_allocate(bytes, sizeof(std::uint64_t), MPI_INFO_NULL, comm_, static_cast<void*>(&count_), &counter_);
        }
        if (rank_ == 0) static_cast<void>(on_count(0, MPI_REPLACE));
        barrier();
    }
    [[nodiscard]] std::uint64_t count() const override { return on_count(1, MPI_SUM); }
    /// Any call makes the library look around.
    void attend() const override {
        int flag = 0;
        MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, comm_, &flag, MPI_STATUS_IGNORE);
    }
    [[nodiscard]] std::unique_ptr<communicator> split(int group) const override {
        MPI_Comm part = MPI_COMM_NULL;
        MPI_Comm_split(comm_, group < 0 ? MPI_UNDEFINED : group, rank_, &part);
        if (part == MPI_COMM_NULL) return nullptr;
        auto ranks = std::make_unique<mpi_ranks>(part);
        MPI_Comm_free(&part); // the constructor has duplicated it
        return ranks;
    }
    [[nodiscard]] node_position on_node() const override { return position_; }
    [[nodiscard]] double seconds() const override { return MPI_Wtime(); } // a simulator's is the time it simulates
    [[nodiscard]] bool simulated() const override { return library().starts_with("SMPI"); }

    [[nodiscard]] std::string library() const override {
        std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
        int length = 0;
        MPI_Get_library_version(text.data(), &length);
        const std::string whole(text.data(), static_cast<std::size_t>(length));
        std::string first_line = whole.substr(0, whole.find_first_of(",\n"));
        for (char& c : first_line) {
            if (c == '\t') c = ' ';
        }
        return first_line;
    }

  private:
    /// The count before `operation` with `operand`.
    [[nodiscard]] std::uint64_t on_count(std::uint64_t operand, MPI_Op operation) const {
        std::uint64_t before = 0;
        MPI_Win_lock(MPI_LOCK_SHARED, 0, 0, counter_);
        MPI_Fetch_and_op(&operand, &before, MPI_UINT64_T, 0, 0, operation, counter_);
        MPI_Win_unlock(0, counter_);
        return before;
    }

    [[nodiscard]] MPI_Op operation_of(append_function append) const {
        for (const auto& [known, operation] : operations_) {
            if (known == append) return operation;
        }
        MPI_Op made = MPI_OP_NULL;
        MPI_Op_create(callback_of(append), /*commute=*/0, &made);
        operations_.emplace_back(append, made);
        return made;
    }

    MPI_Comm comm_ = MPI_COMM_NULL;
    int rank_ = 0;
    int size_ = 1;
    node_position position_{0, 1};
    mutable MPI_Datatype message_type_ = MPI_DATATYPE_NULL;
    mutable int message_bytes_ = -1;
    mutable MPI_Win counter_ = MPI_WIN_NULL;
    mutable std::uint64_t* count_ = nullptr; ///< the window's memory
    mutable std::vector<std::pair<append_function, MPI_Op>> operations_;
};

/// Launchers leave their mark in the environment: Open MPI's mpirun, PMI and PMIx (MPICH, srun), Intel MPI, SimGrid's smpirun.
bool launched_by_mpi() {
    for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_RANK", "PMI_SIZE", "PMIX_RANK", "MPI_LOCALNRANKS", "SMPI_GLOBAL_SIZE"}) {
        if (std::getenv(name) != nullptr) return true;
    }
    return false;
}

} // namespace

bool built_with_mpi() { return true; }

std::unique_ptr<communicator> mpi_communicator(int fortran_handle) { return std::make_unique<mpi_ranks>(MPI_Comm_f2c(fortran_handle)); }

session::session(int* argc, char*** argv) : world_(&single_process()) {
    int initialized = 0;
    MPI_Initialized(&initialized);
    if (initialized == 0) {
        if (!launched_by_mpi()) return;
        int provided = 0;
        // OpenMP threads compute, the main thread alone communicates.
        MPI_Init_thread(argc, argv, MPI_THREAD_FUNNELED, &provided);
        started_ = true;
    }
    owned_ = std::make_unique<mpi_ranks>(MPI_COMM_WORLD);
    world_ = owned_.get();
}

session::~session() {
    owned_.reset();
    if (started_) MPI_Finalize();
}

} // namespace quadot
