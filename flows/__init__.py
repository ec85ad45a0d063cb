"""When things happen. A flow is a loop over ids and decides nothing; it never sees a child's details.

Prefect keeps parameters, results, logs and exception texts for days in a database of its own, so only ids and
counts pass through it, and every error leaves as `flows.quiet.FlowFailed` with a code.
"""
