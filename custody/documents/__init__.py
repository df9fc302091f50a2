"""Documents of statistics: tables as they leave the house, written as spreadsheets, data files, JSON and PDF.

Knows tables, not families: whoever fills a document has already made its figures safe.
"""
