"""Writes the inputs of all workloads, the same for every peer: `data.py FOLDER` makes FOLDER/W1/xy.npy and so on."""

import sys
from pathlib import Path

import numpy as np

f32 = np.float32


def numbers(seed):
    return np.random.default_rng(20240 + seed)


def save(folder, workload, **arrays):
    (folder / workload).mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        np.save(folder / workload / f"{name}.npy", np.ascontiguousarray(array))


def he(r, inputs, outputs):
    """Weights before a ReLU."""
    return (r.standard_normal((inputs, outputs)) * np.sqrt(2.0 / inputs)).astype(f32)


def filters(r, outputs, inputs, size):
    shape = (outputs, inputs, size, size)
    return (r.standard_normal(shape) * np.sqrt(2.0 / (inputs * size * size))).astype(f32)


def small(r, count):
    return (0.1 * r.standard_normal(count)).astype(f32)


def near_one(r, count):
    return (1 + 0.1 * r.standard_normal(count)).astype(f32)


def scalars_and_vectors(folder):
    save(folder, "W1", xy=np.array([1.3, 0.7]))
    r = numbers(3)
    save(folder, "W3", **{f"x_{n}": 1 + 0.1 * r.standard_normal(n) for n in (1000, 1_000_000)})
    r, n = numbers(4), 1_000_000
    ranges = {"S": (80, 120), "K": (80, 120), "r": (0.01, 0.05), "sigma": (0.1, 0.5), "T": (0.1, 2.0)}
    save(folder, "W4", **{name: r.uniform(*limits, n).astype(f32) for name, limits in ranges.items()})
    save(folder, "W12", x=numbers(12).uniform(0.5, 1.5, 8))
    r = numbers(13)
    x = r.standard_normal(1_000_000).astype(f32)
    a = (1 + 0.2 * r.standard_normal(64)).astype(f32)
    save(folder, "W13", x=x, a=a, b=small(r, 64))


def regression(folder):
    r = numbers(5)
    x = r.standard_normal((100_000, 100)).astype(f32)
    truth = 0.3 * r.standard_normal(100)
    probability = 1 / (1 + np.exp(-(x.astype(np.float64) @ truth)))
    y = (r.uniform(size=100_000) < probability).astype(f32)
    save(folder, "W5", X=x, y=y, w=small(r, 100))


def networks(folder):
    r = numbers(2)
    x, t = r.standard_normal(4).astype(f32), np.array([0.5], f32)
    save(
        folder,
        "W2",
        x=x,
        t=t,
        W1=he(r, 4, 16),
        b1=small(r, 16),
        W2=he(r, 16, 16),
        b2=small(r, 16),
        W3=he(r, 16, 1),
        b3=np.array([0.05], f32),
    )
    r = numbers(6)
    x, y = r.uniform(0, 1, (128, 784)).astype(f32), r.integers(0, 10, 128).astype(np.int32)
    save(
        folder,
        "W6",
        x=x,
        y=y,
        W1=he(r, 784, 256),
        b1=np.zeros(256, f32),
        W2=he(r, 256, 128),
        b2=np.zeros(128, f32),
        W3=he(r, 128, 10),
        b3=np.zeros(10, f32),
    )
    r = numbers(7)
    x, y = r.uniform(0, 1, (64, 1, 28, 28)).astype(f32), r.integers(0, 10, 64).astype(np.int32)
    save(
        folder,
        "W7",
        x=x,
        y=y,
        C1=filters(r, 6, 1, 5),
        c1=np.zeros(6, f32),
        C2=filters(r, 16, 6, 5),
        c2=np.zeros(16, f32),
        W1=he(r, 400, 120),
        b1=np.zeros(120, f32),
        W2=he(r, 120, 84),
        b2=np.zeros(84, f32),
        W3=he(r, 84, 10),
        b3=np.zeros(10, f32),
    )
    r = numbers(91)
    shapes = {"vW1": (784, 256), "vb1": (256,), "vW2": (256, 128), "vb2": (128,), "vW3": (128, 10), "vb3": (10,)}
    save(folder, "W9h", **{name: r.standard_normal(shape).astype(f32) for name, shape in shapes.items()})


def transformer(folder):
    r, features, hidden = numbers(8), 256, 1024

    def weights(inputs, outputs):
        return (r.standard_normal((inputs, outputs)) / np.sqrt(inputs)).astype(f32)

    x = r.standard_normal((8, 128, features)).astype(f32)
    save(
        folder,
        "W8",
        x=x,
        g1=near_one(r, features),
        be1=small(r, features),
        Wqkv=weights(features, 3 * features),
        bqkv=small(r, 3 * features),
        Wo=weights(features, features),
        bo=small(r, features),
        g2=near_one(r, features),
        be2=small(r, features),
        Wf1=weights(features, hidden),
        bf1=small(r, hidden),
        Wf2=weights(hidden, features),
        bf2=small(r, features),
    )


def second_order_and_dynamics(folder):
    r = numbers(9)
    b = r.standard_normal((100, 100))
    save(folder, "W9", A=r.standard_normal((200, 100)) * 0.3, Q=b @ b.T / 100, x=0.5 * r.standard_normal(100))
    r = numbers(10)
    thrust, torques = 9.81 + 0.3 * r.standard_normal((20, 1)), 0.01 * r.standard_normal((20, 3))
    motion, angles, spin = r.standard_normal(6) * 0.5, r.standard_normal(3) * 0.2, r.standard_normal(3) * 0.3
    save(folder, "W10", x0=np.concatenate([motion, angles, spin]), u=np.concatenate([thrust, torques], axis=1))
    r = numbers(11)
    x = r.standard_normal((100, 32, 32)).astype(f32)
    wx = (r.standard_normal((32, 256)) / np.sqrt(32)).astype(f32)
    wh = (r.standard_normal((64, 256)) / 8).astype(f32)
    save(folder, "W11", x=x, Wx=wx, Wh=wh, b=small(r, 256))


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for write in (scalars_and_vectors, regression, networks, transformer, second_order_and_dynamics):
        write(folder)
