"""Takes personal data and secrets out of texts before they leave: rules a module a family."""
