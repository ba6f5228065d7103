"""The static site of a release: pages that show data files, readable from a folder or any web server."""
