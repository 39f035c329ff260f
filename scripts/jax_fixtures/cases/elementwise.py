"""Every elementwise op with derivatives, at six points of its domain."""

from case import Topic, numbers, real

topic = Topic("elementwise")

for op in [
    "neg",
    "abs",
    "exp",
    "exp2",
    "expm1",
    "sin",
    "cos",
    "atan",
    "sinh",
    "cosh",
    "tanh",
    "asinh",
    "logistic",
    "erf",
    "erfc",
    "softplus",
]:
    topic.op(op, real(6, low=-2.5, high=2.5))
for op in ["sqrt", "rsqrt", "log", "log2", "log10"]:
    topic.op(op, real(6, low=0.1, high=4))
for op in ["asin", "acos", "atanh", "erf_inv"]:
    topic.op(op, real(6, low=-0.9, high=0.9))
topic.op("exp10", real(6, low=-1.5, high=1.5))
topic.op("log1p", real(6, low=-0.9, high=3))
topic.op("tan", real(6, low=-1.2, high=1.2))
topic.op("acosh", real(6, low=1.2, high=4))
topic.op("cbrt", numbers([-2, -0.5, 0.25, 1, 8, -3]))
topic.op("ndtri", real(6, low=0.02, high=0.98))
for op in ["lgamma", "tgamma", "digamma"]:
    topic.op(op, numbers([0.3, 0.9, 1.7, 2.5, 6.25, -0.4]))
for order in [1, 2, 3]:
    topic.op(
        "polygamma", numbers([0.3, 0.9, 1.7, 2.5, 6.25, 20]), name=f"polygamma_{order}", attributes={"order": order}
    )

for op in ["add", "sub", "mul", "copysign", "log_add_exp"]:
    topic.op(op, real(2, 3, low=-3, high=3), real(2, 3, low=-3, high=3))
for op in ["div", "hypot", "atan2"]:
    topic.op(op, real(2, 3, low=-3, high=3), real(2, 3, low=0.5, high=3))
topic.op("pow", real(2, 3, low=0.2, high=3), real(2, 3))
topic.op("rem", numbers([-4.7, -1.1, 0.4, 2.9, 4.6, 5]), numbers([1.5, 0.7, 1, 1.3, -2, -1.9]))
topic.op("max", numbers([-2, 0.5, 1.25, 3]), numbers([1, -0.25, 2, -3]))
topic.op("min", numbers([-2, 0.5, 1.25, 3]), numbers([1, -0.25, 2, -3]))
topic.op("fma", real(2, 3), real(2, 3), real(2, 3))
for op in ["floor", "ceil", "round", "trunc", "sign"]:
    topic.op(op, numbers([-1.5, -0.3, 0.5, 1.2, 2.5, 2.7]), compare="exactly")
topic.op("stop_gradient", real(3))
topic.op(
    "polygamma", numbers([-0.4, -1.3, -2.7]), name="polygamma_1_of_negative", attributes={"order": 1}, second=False
)
