"""What people receive: the digest and the mail."""
