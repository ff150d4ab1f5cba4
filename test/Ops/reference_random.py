# reference_random.py - cases of ag.philox for make_reference.py.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import torch

MASK = 0xFFFFFFFF


def philox(c, k):
    """Philox4x32-10 of Salmon et al. 2011."""
    c, k = list(c), list(k)
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k[0], p1 & MASK, (p0 >> 32) ^ c[3] ^ k[1], p0 & MASK]
        k = [(k[0] + 0x9E3779B9) & MASK, (k[1] + 0xBB67AE85) & MASK]
    return c


# The known answers of Random123's kat_vectors.
assert philox([0] * 4, [0] * 2) == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]
assert philox([MASK] * 4, [MASK] * 2) == [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]
assert philox([0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344], [0xA4093822, 0x299F31D0]) == [
    0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1]


def words(n):
    return n & MASK, (n >> 32) & MASK


def add(m):
    for shape, seed, counter in [((5,), 0, 0), ((2, 3), 67280421310721, 1), ((2, 1, 9), -1, -1), ((), 7, 1 << 40), ((0, 3), 1, 2),
                                 ((40,), -(1 << 63), (1 << 63) - 1)]:
        def function(s, c):
            n = torch.Size(shape).numel()
            key, upper = words(int(s)), words(int(c))
            numbers = [(philox([*words(i), *upper], key)[0] >> 8) * 2.0**-24 for i in range(n)]
            return torch.tensor(numbers, dtype=torch.float32).reshape(shape)
        m.case("philox", f"{shape} {seed} {counter}", "ag.philox {0}, {1} : {y}", function,
               [torch.tensor(seed), torch.tensor(counter)])
