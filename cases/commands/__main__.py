"""`python -m cases.commands`: the same as `cme`, where the console script is not on the path."""

from cases.commands import run

if __name__ == "__main__":
    run()
