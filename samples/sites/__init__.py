"""Sample portals of every family of sites, with their quirks: written from neutral descriptions of publications."""
