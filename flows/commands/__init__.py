"""The commands of `gouji`, a few to a file; heavy libraries are imported where a command needs them."""
