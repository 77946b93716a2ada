// The time that simulated ranks compute. SimGrid measures what happens between MPI calls, which for thousands of ranks on one core is cold caches and
// other programs' noise. It is told not to (smpi/simulate-computation:no), and each reduction of partial results first advances the
// rank's clock by what bench/scaling/simulate.py has found for one rank's share of the terms: QUADOT_SIMULATED_SECONDS, 0 by default. Rank 0
// writes the length of such a message, in bytes, to the file QUADOT_SIMULATED_MESSAGE.
//
// It stands between Quadot and MPI by the standard's profiling interface (MPI 3.1, section 14.2).
#include <cstdlib>
#include <fstream>

#include <mpi.h>
#include <simgrid/host.h>

namespace {

double seconds_a_share() {
    const char* text = std::getenv("QUADOT_SIMULATED_SECONDS");
    return text == nullptr ? 0 : std::atof(text);
}

void note_length(MPI_Datatype type, MPI_Comm comm) {
    const char* path = std::getenv("QUADOT_SIMULATED_MESSAGE");
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    if (path == nullptr || rank != 0) return;
    int bytes = 0;
    MPI_Type_size(type, &bytes);
    std::ofstream(path) << bytes << '\n';
}

} // namespace

int MPI_Allreduce(const void* send, void* receive, int count, MPI_Datatype type, MPI_Op operation, MPI_Comm comm) {
    // What is not a plain number is a share's partial result, appended in order.
    if (type != MPI_DOUBLE) {
        note_length(type, comm);
        smpi_execute_flops(seconds_a_share() * sg_host_get_speed(sg_host_self()));
    }
    return PMPI_Allreduce(send, receive, count, type, operation, comm);
}
