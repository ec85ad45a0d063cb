"""The CME database and everything that decides by it. Importing this package needs no Django."""
