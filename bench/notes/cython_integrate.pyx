# cython: language_level=3
"""The notes' loop in Cython: cos from the C library, the interpreter's lock released."""
from libc.math cimport cos


def integrate(double lower, double upper, long n_iter):
    """Left-rule integral of cos, in the order of operations of notes.integrate."""
    cdef double step = (upper - lower) / n_iter
    cdef double total = 0
    cdef long i
    with nogil:
        for i in range(n_iter):
            total += cos(lower + i * step) * step
    return total
