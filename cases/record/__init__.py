"""The one writer. Nothing outside this package saves, changes or deletes a row.

Split by noun: `entries` (timeline and audit), `ledger` (arrivals, bytes, the lease), `children`,
`cases`, `letters`, `people`, `officer` (what the pages write). Every function that changes something
takes who does it and when, and writes the entry that tells it in the same transaction.
"""
