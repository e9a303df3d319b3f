"""What can go wrong, in words for members and staff: a module a subject."""
