"""Nothing shared beyond `province.py`, which the kill test's child processes import too."""
