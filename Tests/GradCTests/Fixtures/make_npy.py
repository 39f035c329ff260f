"""Writes the .npy files that the reader is tested with. Run in this folder; needs NumPy."""

import numpy as np
from numpy.lib import format as npy


def write(name, array, version=(1, 0)):
    with open(name + ".npy", "wb") as file:
        npy.write_array(file, array, version=version)


grid = np.arange(6).reshape(2, 3)
for code in ["f4", "f8", "i4", "i8"]:
    little = (grid - 2).astype("<" + code)
    write(code, little)
    write(code + "_big", little.astype(">" + code))
write("f4_fortran", np.asfortranarray(grid.astype("<f4")))
write("f8_fortran_big_3d", np.asfortranarray(np.arange(24).reshape(2, 3, 4).astype(">f8")))
write("bool", grid % 2 == 0)
write("scalar", np.array(2.5, "<f8"))
write("empty", np.zeros((3, 0, 2), "<f4"))
write("vector", np.array([1.5, -0.0, np.inf, -np.inf, np.nan], "<f4"))
write("version2", grid.astype("<i4"), version=(2, 0))
write("version3", grid.astype("<i4"), version=(3, 0))
write("half", grid.astype("<f2"))
write("record", np.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))
