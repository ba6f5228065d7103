"""One table spec -> Arrow, Parquet, docs; staging, gate, release, quarantine, query."""
