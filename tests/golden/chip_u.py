"""The exact u of some cells of each shell: seed, bank, row, column, u.

Prints what tests/test_chip.c compares:  python3 chip_u.py > chip_u.txt
"""

from chip_cells import SHELLS, cell_u

CELLS_A_SHELL = 4

for seed, bank in ((1, 0), (0x123456789ABCDEF0, 7)):
    found = [0] * SHELLS
    for cell, u in sorted(cell_u(seed, bank, 65536 * 64).items()):
        shell = min(SHELLS - 1, next(k for k in range(64) if u >= 2.0 ** -(k + 2)))
        if found[shell] < CELLS_A_SHELL:
            found[shell] += 1
            print(f"{seed} {bank} {cell // 64} {cell % 64} {u.hex()}")
