"""The sample province: consistent reports, their portal, planted faults, the truth."""
