"""What Marv can do; imports models, errors and ports only."""
