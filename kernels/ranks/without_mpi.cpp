// Stands in for mpi.cpp where Quadot is built without MPI.
#include "errors.hpp"
#include "ranks/communicator.hpp"

namespace quadot {

bool built_with_mpi() { return false; }

std::unique_ptr<communicator> mpi_communicator(int) {
    throw usage_error("MPI communicator: this Quadot was built without MPI; configure it with -DQUADOT_MPI=ON");
}

session::session(int*, char***) : world_(&single_process()) {}
session::~session() = default;

} // namespace quadot
