"""The report: a table in Markdown, the same as JSON, and a plot as SVG."""

import json
import math
import statistics

from . import plot

HAND = "c"
# Peers that need no C compiler at hand, or are asked for as if they did not: what the tier without one is compared with.
WITHOUT_COMPILER = ["jax", "torch", "torch.compile", "casadi VM", "tinygrad", "autograd"]
# What ratios are to, as the report calls it.
OTHERS = {"fastest": "fastest peer", "fastestWithoutCompiler": "fastest without C compiler", HAND: "hand-written C"}
HEADING = (
    "Medians, in brackets the time to the first result. Ratios: the median over rounds, the extremes, and in square"
    " brackets that of the fastest tenths of calls, which other work on the machine disturbs least."
)
UNITS = [(1e-6, 1e-9, "ns"), (1e-3, 1e-6, "µs"), (1, 1e-3, "ms"), (math.inf, 1, "s")]


def time_text(seconds):
    if seconds is None:
        return "–"
    for limit, unit, name in UNITS:
        if seconds < limit:
            return f"{seconds / unit:.3g} {name}"
    return "–"


def geometric_mean(numbers):
    return math.exp(statistics.mean(math.log(n) for n in numbers)) if numbers else None


def paired_ratio(record, other):
    """The median over rounds of one's time over the other's, with the extremes."""
    ratios = [a["median"] / b["median"] for a, b in zip(record["rounds"], other["rounds"])]
    undisturbed = record["undisturbed"] / other["undisturbed"]
    return {
        "median": statistics.median(ratios),
        "lowest": min(ratios),
        "highest": max(ratios),
        "undisturbed": undisturbed,
    }


def latest(records):
    """The last record of every contender, case and number of threads; and the last limits by number of threads."""
    found, limits = {}, {}
    for record in records:
        if "limits" in record:
            limits[record["threads"]] = record["limits"]
        else:
            found[(record["threads"], record["workload"], record["contender"], record["case"])] = record
    return list(found.values()), limits


def best_by_contender(records):
    """The fastest case of every contender that gave results."""
    best = {}
    for record in records:
        if record.get("rounds") and "failure" not in record and not record["case"].endswith("/products"):
            name = record["contender"]
            if name not in best or record["median"] < best[name]["median"]:
                best[name] = record
    return best


def in_session(records, workload, session):
    """The fastest case of every contender that took turns with the others of a session."""
    return best_by_contender([r for r in records if r.get("workload") == workload and r.get("session") == session])


def compared(workload, records, everything):
    """A row of the report: the best case of everybody, and GradC's ratios, each from the session of the other."""
    best = best_by_contender(records)
    peers = {name: r for name, r in best.items() if not name.startswith("gradc") and name != HAND}
    row = {"workload": workload, "best": best, "ratios": {}}
    row["failures"] = {f"{r['contender']} {r['case']}": r["failure"] for r in records if "failure" in r}
    fastest = min(peers, key=lambda name: peers[name]["median"], default=None)
    limited = min((p for p in peers if p in WITHOUT_COMPILER), key=lambda name: peers[name]["median"], default=None)
    row["fastest"], row["fastestWithoutCompiler"] = fastest, limited
    for name, record in best.items():
        if name.startswith("gradc"):
            others = {"fastest": fastest, "fastestWithoutCompiler": limited, HAND: HAND}
            row["ratios"][name] = {}
            for kind, other in others.items():
                if other in best:
                    mine = in_session(everything, workload, best[other].get("session")).get(name)
                    if mine:
                        row["ratios"][name][kind] = paired_ratio(mine, best[other])
            row["ratios"][name]["compileOfJAX"] = compile_ratio(best.get("jax"), record)
    return row


def compile_ratio(jax, record):
    """JAX's time to the first result, a call taken off, over GradC's until there is machine code: JAX compiles in the call."""
    if not jax:
        return None
    return max(jax["first"] - jax["undisturbed"], 0) / record["compile"]


def table(rows, tiers, peers):
    """Markdown: medians, with the time to the first result in brackets; a ratio below 1 says that GradC is faster."""

    def cell(row, name):
        record = row["best"].get(name)
        if not record:
            return "–"
        variant = record["case"].removeprefix(row["workload"]).strip("/")
        return f"{time_text(record['median'])} ({time_text(record['first'])})" + (f" {variant}" if variant else "")

    def ratio(row, tier, other):
        found = row["ratios"].get(tier, {}).get(other)
        if not found:
            return "–"
        extremes = f"({found['lowest']:.2f} – {found['highest']:.2f})"
        return f"{found['median']:.2f} {extremes} [{found['undisturbed']:.2f}]"

    def compilation(row, tier):
        found = row["ratios"].get(tier, {}).get("compileOfJAX")
        return f"{found:.0f}" if found else "–"

    titles = ["workload", *tiers, "fastest peer", *[f"{tier} ÷ {o}" for tier in tiers for o in OTHERS.values()]]
    titles += [f"compiling, JAX ÷ {tier}" for tier in tiers] + ["hand-written C", *peers]
    lines = ["| " + " | ".join(titles) + " |", "|---" * len(titles) + "|"]
    for row in rows:
        cells = [row["workload"], *[cell(row, tier) for tier in tiers], row["fastest"] or "–"]
        cells += [ratio(row, tier, other) for tier in tiers for other in OTHERS]
        cells += [compilation(row, tier) for tier in tiers]
        cells += [cell(row, HAND), *[cell(row, peer) for peer in peers]]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def summary(rows, tiers):
    lines = []
    for tier in tiers:
        for other, name in OTHERS.items():
            found = {r["workload"]: r["ratios"][tier][other] for r in rows if r["ratios"].get(tier, {}).get(other)}
            if not found:
                continue
            worst = max(found, key=lambda workload: found[workload]["median"])
            means = [geometric_mean([r[figure] for r in found.values()]) for figure in ("median", "undisturbed")]
            lines.append(
                f"- {tier} ÷ {name}: geometric mean {means[0]:.2f} [{means[1]:.2f}] over {len(found)} workloads,"
                f" at worst {found[worst]['median']:.2f} [{found[worst]['undisturbed']:.2f}] ({worst})"
            )
    return lines


def memory_lines(rows, workloads=("W6", "W13")):
    """Peak memory above what was there before compilation, while compiling and while calling."""
    lines = []
    for row in rows:
        if row["workload"] not in workloads:
            continue
        figures = []
        for name, record in row["best"].items():
            memory = record.get("memory")
            if memory:
                growth = (max(memory["calling"], memory["compiling"]) - memory["before"]) / 1e6
                figures.append(f"{name} {growth:.0f} MB")
        lines.append(f"- {row['workload']}: " + ", ".join(figures))
    return lines


def limit_lines(limits):
    if not limits:
        return []
    rates = {"sgemm": "flop/s", "dgemm": "flop/s", "fmaF32OneThread": "flop/s", "fmaF64OneThread": "flop/s",
             "triadBytes": "B/s", "readBytes": "B/s"}  # fmt: skip
    figures = [f"{name} {limits[name] / 1e9:.1f} G{unit}" for name, unit in rates.items()]
    return [f"The machine's limits ({limits['blas']}): " + ", ".join(figures) + ".", ""]


def write(measurements, folder):
    """Writes report.md, report.json and a plot for every number of threads, and prints the first."""
    everything = measurements.records()
    records, limits = latest(everything)
    text, data = ["# GradC and its peers", ""], []
    for threads in sorted({r["threads"] for r in records}):
        mine = [r for r in records if r["threads"] == threads]
        workloads = sorted({r["workload"] for r in mine}, key=workload_order)
        with_threads = [r for r in everything if r["threads"] == threads]
        rows = [compared(w, [r for r in mine if r["workload"] == w], with_threads) for w in workloads]
        names = list(dict.fromkeys(r["contender"] for r in mine))
        tiers = [n for n in names if n.startswith("gradc")]
        peers = [n for n in names if not n.startswith("gradc") and n != HAND]
        text += [f"## {threads} thread{'s' if threads > 1 else ''}", "", HEADING, ""]
        text += [*table(rows, tiers, peers), "", *summary(rows, tiers), ""]
        text += limit_lines(limits.get(threads))
        if lines := memory_lines(rows):
            text += ["Peak memory above that before compilation:", "", *lines, ""]
        failures = [f"- {name}: {why}" for row in rows for name, why in row["failures"].items()]
        if failures:
            text += ["Left out:", "", *failures, ""]
        data.append({"threads": threads, "limits": limits.get(threads), "rows": rows})
        (folder / f"report-{threads}.svg").write_text(plot.svg(rows, tiers, peers, threads))
    (folder / "report.md").write_text("\n".join(text))
    (folder / "report.json").write_text(json.dumps(data, indent=1))
    print("\n".join(text))


def workload_order(name):
    head, *rest = name.removeprefix("W").replace("/", "_").split("_")
    return int(head), [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in rest]
