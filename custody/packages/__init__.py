"""Packages of research data: tables in the forms that people use, with all that is needed to read and to trust them."""

from custody.packages.content import Holds, Package, PackageColumn, PackageTable
from custody.packages.making import package, zipped
from custody.packages.tables import harmless, write_csv, write_parquet

__all__ = [
    "Holds",
    "Package",
    "PackageColumn",
    "PackageTable",
    "harmless",
    "package",
    "write_csv",
    "write_parquet",
    "zipped",
]
