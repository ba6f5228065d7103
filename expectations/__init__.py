"""The rules as data, one evaluator, the Great Expectations suites."""
