"""How reports are published: families of sites, the registry of units, fetching, captures."""
