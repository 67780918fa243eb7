"""One file out: tables as CSV, a workbook or JSON."""
