"""What the matrices of a batch are made of."""

import numpy as np
import numpy.typing as npt

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
#: small codes: states of cells, outcomes, reasons
Codes = npt.NDArray[np.int8]
Positions = npt.NDArray[np.intp]
