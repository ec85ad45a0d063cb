"""Documents, and what draws those that are made from the code: `python -m docs.draw`."""
