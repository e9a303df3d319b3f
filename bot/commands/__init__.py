"""The commands of the command line, a module a subject; ``bot.cli`` gathers them."""
