"""Random chips, independently of sim/: every cell's u, from the definition in sim/silicon/chip.h.

Prints the cases that tests/test_chip.c compares:  python3 chip_cells.py > chip_cells.txt
Philox4x32-10 after Salmon et al., SC11; ln is the C library's.
"""

import math

STREAM_CELL_SHELL = 0
SHELLS = 16
# seed, bank, rows, bit error rate
CASES = [
    (1, 0, 512, 0.001),
    (1, 31, 512, 0.001),
    (1, 5, 64, 0.01115),
    (0x123456789ABCDEF0, 7, 8, 0.2056),
    (1, 0, 65536, 2.0**-19),
]


def philox(counter, key):
    x, k = list(counter), list(key)
    for _ in range(10):
        a, b = 0xD2511F53 * x[0], 0xCD9E8D57 * x[2]
        x = [
            (b >> 32) ^ x[1] ^ k[0],
            b & 0xFFFFFFFF,
            (a >> 32) ^ x[3] ^ k[1],
            a & 0xFFFFFFFF,
        ]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return x


def cell_u(seed, bank, cells):
    """The u of every cell that has one below 0.5; cells is their number."""
    u = {}
    for shell in range(SHELLS):
        high = 2.0 ** -(shell + 1)
        low = high / 2 if shell < SHELLS - 1 else 0.0
        miss = math.log1p(-(high - low) / (1 - low))
        cell, candidate = -1, 0
        while True:
            w = philox((bank, shell, candidate, STREAM_CELL_SHELL), (seed & 0xFFFFFFFF, seed >> 32))
            bits = w[0] << 20 | w[1] >> 12
            cell += 1 + math.floor(math.log((2 * bits + 1) / 2**53) / miss)
            if cell >= cells:
                break
            u[cell] = min(u.get(cell, 1.0), low + (high - low) * w[2] / 2**32)
            candidate += 1
    return u


def main():
    for seed, bank, rows, ber in CASES:
        word = {}
        for cell, u in cell_u(seed, bank, rows * 64).items():
            if u < ber:
                word[cell // 64] = word.get(cell // 64, 0) | 1 << cell % 64
        print(f"{seed} {bank} {rows} {ber.hex()} {len(word)}")
        for row in sorted(word):
            print(f"  {row} {word[row]:016x}")


if __name__ == "__main__":
    main()
