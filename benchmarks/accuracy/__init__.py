"""The accuracy bench: made documents with a known truth, gouji and its peers side by side."""
