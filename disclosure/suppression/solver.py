"""HiGHS, set so that the same program always gives the same answer."""

import highspy
import numpy as np
from scipy.sparse import csr_array

from disclosure.tables.system import Floats


def quiet_solver() -> highspy.Highs:
    """A solver that prints nothing, uses one thread and a fixed seed."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, value in (("output_flag", False), ("threads", 1), ("random_seed", 0), ("presolve", "off")):
        solver.setOptionValue(option, value)
    return solver


def program_of(matrix: csr_array, right: Floats, *, most: bool) -> highspy.HighsLp:
    """A program with the equations `matrix @ x == right`, without costs and bounds yet. `most`: it maximises."""
    program = highspy.HighsLp()
    program.num_row_, program.num_col_ = matrix.shape
    program.sense_ = highspy.ObjSense.kMaximize if most else highspy.ObjSense.kMinimize
    program.row_lower_ = program.row_upper_ = right
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_ = matrix.indptr.astype(np.int32)
    program.a_matrix_.index_ = matrix.indices.astype(np.int32)
    program.a_matrix_.value_ = matrix.data
    return program


def answer(solver: highspy.Highs, program: highspy.HighsLp, start: highspy.HighsBasis | None = None) -> bool:
    """Solve the program from the beginning, or from where a like one `start` ended. Whether there is an optimal
    answer."""
    solver.passModel(program)
    if start is not None:
        solver.setBasis(start)
    solver.run()
    return bool(solver.getModelStatus() == highspy.HighsModelStatus.kOptimal)
