"""The report of GradBench's evals: a table in Markdown, and the same as JSON."""

import json

from .gradbench import MINE
from .report import geometric_mean, paired_ratio, time_text


def row(records):
    """An input of a function: the fastest of the others, and GradC's ratios to it, below 1 where GradC is faster."""
    by_tool = {r["tool"]: r for r in records if r.get("rounds") and "failure" not in r}
    others = {name: r for name, r in by_tool.items() if name not in MINE}
    fastest = min(others, key=lambda name: others[name]["median"], default=None)
    ratios = {}
    for name in MINE:
        if fastest and name in by_tool:
            # Of one who is measured in one round only, that round is compared.
            ratios[name] = paired_ratio(by_tool[name], others[fastest])
    return {"records": by_tool, "fastest": fastest, "ratios": ratios,
            "isValid": all(r.get("valid") is not False and r.get("same") is not False for r in records),
            "failures": {r["tool"]: r["failure"] for r in records if "failure" in r}}  # fmt: skip


def rows(everything):
    """The records of the last session for every input of a function: who took turns."""
    latest = {}
    for record in everything:
        found = latest.setdefault((record["function"], record["workload"]), {})
        if any(r.get("session") != record.get("session") for r in found.values()):
            found.clear()
        found[record["tool"]] = record
    return {key: row(list(found.values())) for key, found in latest.items()}


def mean_lines(found):
    lines = []
    for tier in MINE:
        ratios = {key: r["ratios"][tier] for key, r in found.items() if tier in r["ratios"]}
        if not ratios:
            continue
        means = [geometric_mean([r[figure] for r in ratios.values()]) for figure in ("median", "undisturbed")]
        behind = [key for key, r in ratios.items() if r["median"] > 1]
        lines.append(
            f"- {tier} ÷ fastest other: geometric mean {means[0]:.2f} [{means[1]:.2f}] over {len(ratios)} inputs of functions,"
            f" behind in {len(behind)}: " + ", ".join(f"{f} {w} {ratios[f, w]['median']:.2f}" for f, w in behind)
        )
    return lines


def write(measurements, folder):
    """Writes gradbench.md and gradbench.json, and prints the first."""
    found = rows(measurements.records())
    names = list(dict.fromkeys(name for r in found.values() for name in r["records"]))
    others = [name for name in names if name not in MINE]
    titles = ["function", "input", *MINE, "tier1 prepares", "fastest other", *[f"{t} ÷ it" for t in MINE], *others]
    lines = ["# GradC and other tools on GradBench", "", "Medians. Ratios: the median over rounds, in square brackets that of"
             " the fastest tenths of runs. A question mark: the eval refused GradC's answer.", ""]  # fmt: skip
    lines += ["| " + " | ".join(titles) + " |", "|---" * len(titles) + "|"]
    for (function, workload), entry in found.items():
        records = entry["records"]
        cells = [function + ("" if entry["isValid"] else " ?"), workload]
        cells += [time_text(records.get(name, {}).get("median")) for name in MINE]
        cells += [time_text(records.get(MINE[-1], {}).get("prepare")), entry["fastest"] or "–"]
        for tier in MINE:
            ratio = entry["ratios"].get(tier)
            cells.append(f"{ratio['median']:.2f} [{ratio['undisturbed']:.2f}]" if ratio else "–")
        cells += [time_text(records.get(name, {}).get("median")) for name in others]
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", *mean_lines(found), ""]
    (folder / "gradbench.md").write_text("\n".join(lines))
    data = [{"function": f, "workload": w, **entry} for (f, w), entry in found.items()]
    (folder / "gradbench.json").write_text(json.dumps(data, indent=1))
    print("\n".join(lines))
