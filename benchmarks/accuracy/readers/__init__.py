"""gouji and its peers behind one door: a file's path -> the reports found in it."""
